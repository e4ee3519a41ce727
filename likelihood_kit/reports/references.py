"""Publications that the reports cite, and the software they name."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version

from likelihood_kit.reports.document import Reference

AKAIKE = Reference(
    "Akaike, H. (1974). A new look at the statistical model identification. IEEE Transactions on Automatic Control 19, "
    "716–723.",
    "10.1109/TAC.1974.1100705",
)
CRAMER = Reference("Cramér, H. (1946). Mathematical Methods of Statistics. Princeton University Press, section 32.3.")
DUNN_SMYTH = Reference(
    "Dunn, P. K. and Smyth, G. K. (1996). Randomized quantile residuals. Journal of Computational and Graphical "
    "Statistics 5, 236–244.",
    "10.1080/10618600.1996.10474708",
)
ANDERSON_DARLING = Reference(
    "Anderson, T. W. and Darling, D. A. (1954). A test of goodness of fit. Journal of the American Statistical "
    "Association 49, 765–769.",
    "10.1080/01621459.1954.10501232",
)
REDUCTIONS = {
    "firth": Reference(
        "Kosmidis, I. and Firth, D. (2009). Bias reduction in exponential family nonlinear models. Biometrika 96, "
        "793–804.",
        "10.1093/biomet/asp055",
    ),
    "cox_snell": Reference(
        "Cox, D. R. and Snell, E. J. (1968). A general definition of residuals. Journal of the Royal Statistical "
        "Society B 30, 248–275.",
        "10.1111/j.2517-6161.1968.tb00724.x",
    ),
}
HOROWITZ = Reference(
    "Horowitz, J. L. (1994). Bootstrap-based critical values for the information matrix test. Journal of Econometrics "
    "61, 395–411.",
    "10.1016/0304-4076(94)90092-2",
)
EFRON_HINKLEY = Reference(
    "Efron, B. and Hinkley, D. V. (1978). Assessing the accuracy of the maximum likelihood estimator: observed versus "
    "expected Fisher information. Biometrika 65, 457–482.",
    "10.1093/biomet/65.3.457",
)
HURVICH_TSAI = Reference(
    "Hurvich, C. M. and Tsai, C.-L. (1989). Regression and time series model selection in small samples. Biometrika "
    "76, 297–307.",
    "10.1093/biomet/76.2.297",
)
KENNEY_KEEPING = Reference(
    "Kenney, J. F. and Keeping, E. S. (1951). Mathematics of Statistics, part 2, 2nd edition. Van Nostrand, p. 189."
)
MORRIS = Reference(
    "Morris, T. P., White, I. R. and Crowther, M. J. (2019). Using simulation studies to evaluate statistical methods. "
    "Statistics in Medicine 38, 2074–2102.",
    "10.1002/sim.8086",
)
SMOOTH_TESTS = Reference(
    "Rayner, J. C. W., Thas, O. and Best, D. J. (2009). Smooth Tests of Goodness of Fit, 2nd edition. Wiley, section "
    "6.2.",
    "10.1002/9780470824443",
)
SCHWARZ = Reference(
    "Schwarz, G. (1978). Estimating the dimension of a model. The Annals of Statistics 6, 461–464.",
    "10.1214/aos/1176344136",
)
VAN_DER_VAART = Reference(
    "van der Vaart, A. W. (1998). Asymptotic Statistics. Cambridge University Press, chapters 5 and 9.",
    "10.1017/CBO9780511802256",
)
WHITE = Reference(
    "White, H. (1982). Maximum likelihood estimation of misspecified models. Econometrica 50, 1–25.", "10.2307/1912526"
)


def software() -> str:
    """The kit and what it computes with, with versions, for the methods paragraph of a paper."""
    below = ", ".join(map(_named, ("numpy", "scipy", "statsmodels")))
    return f"{_named('likelihood_kit')} (Python {platform.python_version()}, {below})"


def _named(package: str) -> str:
    names = {"numpy": "NumPy", "scipy": "SciPy"}
    try:
        return f"{names.get(package, package)} {version(package)}"
    except PackageNotFoundError:  # run from its source tree
        return names.get(package, package)
