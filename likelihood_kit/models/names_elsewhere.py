"""What results are asked for by the names of R, scikit-learn and others, and what it is called here."""

from __future__ import annotations

from collections.abc import Mapping

_PARAMS = "params, or estimates with standard errors and intervals"
_RESIDUALS = "resid, resid_pearson or resid_quantile"
#: By the name in small letters without underscores and dots.
NAMES_ELSEWHERE: Mapping[str, str] = {
    **dict.fromkeys(("coef", "coefs", "coeff", "coefficients"), _PARAMS),
    **dict.fromkeys(("confint", "confidenceinterval", "confidenceintervals", "ci"), "conf_int()"),
    **dict.fromkeys(("vcov", "cov", "covariance", "covparams", "covmatrix"), "cov_params()"),
    **dict.fromkeys(("loglik", "loglike", "loglikelihood", "logl"), "llf"),
    **dict.fromkeys(("residuals", "residual", "resids"), _RESIDUALS),
    **dict.fromkeys(("residresponse",), "resid"),
    **dict.fromkeys(("residdeviance", "residdev"), "resid_quantile, standard normal whatever the law"),
    "deviance": "-2 * llf, without the log likelihood of a saturated model",
    **dict.fromkeys(("fitted", "fittedvalue"), "fittedvalues"),
    **dict.fromkeys(("se", "stderr", "stderrs", "stderror", "stderrors", "standarderrors", "sd"), "bse"),
    **dict.fromkeys(("pvalue", "pval", "pvals"), "pvalues"),
    **dict.fromkeys(("zvalue", "zvalues", "zstat", "tvalue", "tstat", "tstats"), "tvalues"),
    **dict.fromkeys(("n", "nobservations", "numobs"), "nobs, which is a number"),
    **dict.fromkeys(("dfresidual",), "df_resid"),
    **dict.fromkeys(("aic", "bic", "aicc", "llf", "bse", "params"), "{plain}"),
}
#: What least squares has, of results of statsmodels.
OF_LEAST_SQUARES = ("ssr", "ess", "rss", "tss", "centeredtss", "uncenteredtss", "mseresid", "msemodel", "msetotal")
#: What is announced for results, and not there yet.
TO_COME = ("study",)


def why_there_is_none(name: str) -> str:
    """What to write instead of an attribute that results lack; empty where nothing is known of it."""
    if name in TO_COME:
        return f"results have no {name} yet"
    plain = name.lower().replace("_", "").replace(".", "")
    if plain in OF_LEAST_SQUARES:
        return (
            f"results have no {name}, which is of least squares: compare fits by likelihood_ratio_test(smaller), test "
            "terms by wald_test_terms()"
        )
    if plain not in NAMES_ELSEWHERE or name.startswith("_"):
        return ""
    return f"results have no {name}: it is called {NAMES_ELSEWHERE[plain].format(plain=plain)}"
