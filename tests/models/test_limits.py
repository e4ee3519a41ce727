"""Ends of observation: what was seen of a row may not contradict them, and a row may have none."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

import likelihood_kit as lk
from likelihood_kit.errors import DataError

ROWS, END = 40, 6.0
LIFE = np.random.default_rng(2).gamma(2.0, 3.0, ROWS)
EVENT, Y = (LIFE <= END).astype(int), np.minimum(LIFE, END)
FAMILY = lk.censored(lk.Weibull())
SOME = np.where(EVENT == 1, np.inf, END)

REFUSED = {
    "before all": (0.01, EVENT, "limit lies before endog in rows 0, 1, 2, 3, 4 and 35 more"),
    "outside the support": (-5.0, EVENT, "limit has 40 of 40 values outside"),
    "before one": (np.where(np.arange(ROWS) == 7, Y[7] / 2, END), EVENT, "limit lies before endog in row 7:"),
    "beyond the censored": (2 * END, EVENT, "limit lies beyond endog in rows .* where event is 0"),
    "never, though censored": (np.inf, EVENT, "limit lies beyond endog in rows .* where event is 0"),
    "minus infinity": (-np.inf, EVENT, "limit has 40 of 40 values outside"),
}


@pytest.mark.parametrize(("limit", "event", "words"), REFUSED.values(), ids=REFUSED)
def test_refused(limit, event, words):
    """Expected information was computed as if what was seen could not have been."""
    with pytest.raises(DataError, match=words):
        lk.LikelihoodModel(Y, family=FAMILY, event=event, limit=limit)


@pytest.mark.parametrize("limit", [END, END * (1 - 1e-12), np.where(EVENT == 1, 2 * END, END), SOME])
def test_taken(limit):
    lk.LikelihoodModel(Y, family=FAMILY, event=EVENT, limit=limit)


def test_a_row_without_an_end_is_never_censored():
    """`np.inf` was refused; its information is that of the law without censoring."""
    model = lk.LikelihoodModel(LIFE, family=FAMILY, event=np.ones(ROWS), limit=np.inf)
    whole = lk.LikelihoodModel(LIFE, family=lk.Weibull())
    assert_allclose(model.fit(cov_type="expected").bse, whole.fit(cov_type="expected").bse, rtol=1e-7)
    mixed = lk.LikelihoodModel(Y, family=FAMILY, event=EVENT, limit=SOME)
    params = dict(zip(("shape", "scale"), mixed.fit().params, strict=True))
    at = [FAMILY.expected_information(limit=end, **params) for end in (np.inf, END)]
    wanted = EVENT.sum() * at[0] + (ROWS - EVENT.sum()) * at[1]
    assert_allclose(mixed.information(list(params.values())), wanted, rtol=1e-8)


def test_a_limit_with_a_gap():
    limit = np.where(np.arange(ROWS) == 3, np.nan, END)
    with pytest.raises(DataError, match="limit is NaN in row 3; pass missing='drop'"):
        lk.LikelihoodModel(Y, family=FAMILY, event=EVENT, limit=limit)
    assert lk.LikelihoodModel(Y, family=FAMILY, event=EVENT, limit=limit, missing="drop").rows_dropped == 1
