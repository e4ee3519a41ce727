"""Terms that vanish with a distance become products; others stay as they are written."""

import pytest
import sympy

from likelihood_kit.calculus.cancellation import without_cancellation

D, A = sympy.symbols("d a", positive=True)
CASES = {
    "a difference that vanishes": (sympy.log((A + D) - A * (1 + D), evaluate=False), sympy.log(D * (1 - A))),
    "one that does not": (sympy.log(A * (1 + D) - D), sympy.log(A * (1 + D) - D)),
}


@pytest.mark.parametrize(("expression", "found"), CASES.values(), ids=CASES)
def test_a_term_that_does_not_vanish_keeps_its_form(expression, found):
    """Multiplied out it would have the cancellation that its author avoided."""
    assert without_cancellation(expression, D) == found
