"""Which convention each standard error of an audit follows, and which packages print another number by theirs."""

from __future__ import annotations

from collections.abc import Sequence

from likelihood_kit._numerics.printed import significant

#: Digits of a factor.
FACTOR_DIGITS = 4


def convention_notes(kinds: Sequence[str], n: float, k: int, source: str, family: bool) -> tuple[str, ...]:
    """A note on each kind of standard error.

    Parameters
    ----------
    kinds : sequence of str
        "observed", "expected", "outer_product", "sandwich", "cluster".
    n : float
        Observations.
    k : int
        What HC1 counts: coefficients of designs, or all parameters without any.
    source : str
        Where the expected information comes from, or why there is none.
    family : bool
        Whether the model is of a family, or of a `loglikeobs` of its own.

    References
    ----------
    Zeileis, A. (2006). Object-oriented computation of sandwich estimators. *Journal of Statistical Software* 16(9),
    section 2. MacKinnon, J. G. and White, H. (1985). Some heteroskedasticity-consistent covariance matrix estimators
    with improved finite sample properties. *Journal of Econometrics* 29, 305-325. StataCorp, *Stata Programming
    Reference Manual*, entry `_robust`, whose factor is n / (n - 1) by its default `minus(1)`.
    """
    notes = {
        "observed": "observed: minus the Hessian at the estimate, as statsmodels' GenericLikelihoodModel and R's "
        "MASS::fitdistr and survreg have it.",
        "expected": f"expected: by {source}, as in Fisher scoring, by R's glm and statsmodels' GLM; a dispersion these "
        "estimate with n - k, here it is by maximum likelihood.",
        "outer_product": "outer product: of the scores of the rows, without a factor.",
        "sandwich": _sandwich(n, k),
        "cluster": "cluster: of the sums of scores within clusters, with the small-sample factor of the fit, if any.",
    }
    found = [notes[kind] for kind in kinds]
    if family and "expected" not in kinds:
        found.insert(1, f"expected: none, {source.rstrip('.')}.")
    return tuple(found)


def _sandwich(n: float, k: int) -> str:
    """The sandwich, and by how much other small-sample factors change it."""
    text = "sandwich: without a small-sample factor, as R's sandwich() and statsmodels' HC0"
    if not n > k:
        return f"{text}."
    first, second = (significant((n / (n - m)) ** 0.5, FACTOR_DIGITS) for m in (1, k))
    return (
        f"{text}; with n / (n - 1), as Stata's vce(robust), it is {first} times this, with n / (n - k), HC1, {second}."
    )
