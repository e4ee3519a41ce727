r"""The modified signed root r* of a likelihood ratio, whose law is the standard normal one to third order.

:math:`r^* = r + \log(u / r) / r`, with the signed root :math:`r = \mathrm{sign}(\hat\psi - \psi)
[2 \{\ell(\hat\theta) - \ell(\tilde\theta)\}]^{1/2}`, :math:`\tilde\theta` the maximum among parameters of the value
:math:`\psi` of the interest. All is in standard coordinates: the estimate is 0, its observed information the identity.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from likelihood_kit._numerics.in_words import InWords
from likelihood_kit._numerics.printed import significant

#: Signed root below which log(u / r) / r, whose rounding errors grow as 1 / r^2, is found between neighbours.
NEAR = 0.1
#: Where these are: in standard errors from the estimate. A polynomial errs by 6e-7 of the sixth derivative.
NEIGHBOURS = (-0.45, -0.3, -0.15, 0.15, 0.3, 0.45)


@dataclass(frozen=True, repr=False)
class RStar(InWords):
    """Modified signed root of the likelihood ratio at a value of a parameter, or of a function of the parameters.

    Attributes
    ----------
    name : str
    value, estimate : float
    r : float
        Signed root of the likelihood ratio: positive where the estimate is above the value.
    u : float
        What it is compared with; not a number at the estimate itself, where both are 0.
    r_star : float
    pvalue : float
        Two-sided.
    pvalue_less, pvalue_greater : float
        Of the value against smaller and against larger ones.
    first_order : float
        The two-sided p-value by r alone.
    form : str
        Which form it is, in words.
    note : str
        What else is to be said of it; often empty.
    """

    name: str
    value: float
    estimate: float
    r: float
    u: float
    r_star: float
    pvalue: float
    pvalue_less: float
    pvalue_greater: float
    first_order: float
    form: str
    note: str = ""

    def _words(self) -> str:
        said = (
            f"{self.name} = {significant(self.value)}: r* = {significant(self.r_star)}, p = "
            f"{significant(self.pvalue, 3)}; by r = {significant(self.r)} alone, p = "
            f"{significant(self.first_order, 3)} ({self.form})"
        )
        return f"{said}; {self.note}" if self.note else said


def r_star_of(
    name: str, value: float, estimate: float, roots: tuple[float, float, float], form: str, note: str = ""
) -> RStar:
    """The p-values of r, u and r*."""
    r, u, modified = roots
    less, greater = float(special.ndtr(modified)), float(special.ndtr(-modified))
    two_sided, first = 2 * min(less, greater), 2 * float(special.ndtr(-abs(r)))
    return RStar(name, value, estimate, r, u, modified, two_sided, less, greater, first, form, note)


def u_statistic(
    moved: np.ndarray, log_ratio: float, gradient: np.ndarray, hessian: np.ndarray, curvature: np.ndarray, slope: float
) -> float:
    r"""The statistic u at a point of a profile.

    In a full exponential family of canonical parameter :math:`\varphi` it is

    .. math:: \frac{|\varphi(\hat\theta) - \varphi(\tilde\theta),\ \varphi_\lambda(\tilde\theta)|}
        {|\varphi_\theta(\hat\theta)|} \left\{\frac{|j(\hat\theta)|}{|j_{\lambda\lambda}(\tilde\theta)|}\right\}^{1/2}

    (Barndorff-Nielsen 1986, *Biometrika* 73, 307-322; Brazzale, Davison and Reid 2007, *Applied Asymptotics*, chapters
    2 and 8), and Skovgaard's (1996, *Bernoulli* 2, 145-165; 2001, *Scandinavian Journal of Statistics* 28, 3-32;
    Severini 2000, *Likelihood Methods in Statistics*, section 7.5)
    :math:`[S^{-1} q]_\psi |j(\hat\theta)|^{1/2} |i(\hat\theta)|^{-1} |S| |j_{\lambda\lambda}(\tilde\theta)|^{-1/2}`
    elsewhere: the same with :math:`S^{-1} q` for :math:`\varphi_\theta(\tilde\theta)^{-1} \{\varphi(\hat\theta) -
    \varphi(\tilde\theta)\}` and :math:`|S| / |i|` for
    :math:`|\varphi_\theta(\tilde\theta)| / |\varphi_\theta(\hat\theta)|`.

    Parameters
    ----------
    moved : (q,)
        The former of these two.
    log_ratio : float
        Logarithm of the latter.
    gradient, curvature : (q,), (q, q)
        Of the interest at the point; a curvature of 0 dimensions where it vanishes.
    hessian : (q, q)
        Of the log likelihood at the point.
    slope : float
        Of the profile log likelihood in the interest.
    """
    unit = gradient / np.sqrt(gradient @ gradient)
    across = np.linalg.svd(unit[None])[2][1:].T
    # The surface on which the interest has its value is curved: so much of the score is along a path in it.
    inside = across.T @ (slope * curvature - hessian) @ across if across.size else np.eye(0)
    sign, log_information = np.linalg.slogdet(inside) if across.size else (1.0, 0.0)
    if not sign > 0:
        return float("nan")
    return float((moved @ unit) * np.exp(log_ratio - log_information / 2))


def correction(root: np.ndarray, u: np.ndarray) -> np.ndarray:
    """`log(u / r) / r`, elementwise; not a number where u and r have not one sign."""
    with np.errstate(all="ignore"):
        ratio = u / root
        return np.where(ratio > 0, np.log(ratio) / root, np.nan)


def between(levels: np.ndarray, corrections: np.ndarray, level: float) -> float:
    """The correction at a level near 0, by the polynomial through those at other levels that are known."""
    known = np.isfinite(corrections)
    levels, corrections = levels[known], corrections[known]
    if len(levels) < 4 or not levels.min() < 0 < levels.max():
        return float("nan")
    factors = [np.prod((level - np.delete(levels, j)) / (levels[j] - np.delete(levels, j))) for j in range(len(levels))]
    return float(np.array(factors) @ corrections)
