"""Locations move with the response and scales are stretched with it, among the parameters that are free."""

import pytest

import likelihood_kit as lk
from likelihood_kit.families import roles_of

CASES = {
    "t": (lk.StudentT(), ("loc",), ("scale",)),
    "t of a held scale": (lk.StudentT(scale=2.0), ("loc",), ()),
    "t of held df": (lk.StudentT(df=5.0), ("loc",), ("scale",)),
    "Gamma": (lk.Gamma(), (), ("scale",)),
    "counts": (lk.Poisson(), (), ("rate",)),
}


@pytest.mark.parametrize(("family", "locations", "scales"), CASES.values(), ids=CASES)
def test_degrees_of_freedom_are_no_scale_where_that_is_held(family, locations, scales):
    found = roles_of(family)
    assert (found.locations, found.scales) == (locations, scales)
