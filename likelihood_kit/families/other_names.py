"""What families of the catalogue are called elsewhere: SciPy, R, textbooks; small letters, without hyphens."""

from __future__ import annotations

from collections.abc import Mapping

OTHER_NAMES: Mapping[str, str] = {
    **dict.fromkeys(("gaussian", "norm", "gauss"), "Normal"),
    **dict.fromkeys(("lognorm", "lnorm", "galton"), "LogNormal"),
    **dict.fromkeys(("expon", "exp"), "Exponential"),
    **dict.fromkeys(("t", "students", "tdist"), "StudentT"),
    **dict.fromkeys(("weibullmin", "weibull2"), "Weibull"),
    **dict.fromkeys(("gev", "genextreme", "extremevalue"), "GeneralizedExtremeValue"),
    **dict.fromkeys(("gpd", "genpareto"), "GeneralizedPareto"),
    **dict.fromkeys(("gumbelr", "gumbelright"), "Gumbel"),
    **dict.fromkeys(("invgamma",), "InverseGamma"),
    **dict.fromkeys(("invgauss", "wald"), "InverseGaussian"),
    **dict.fromkeys(("fisk", "loglogistic"), "LogLogistic"),
    **dict.fromkeys(("nbinom", "negbin", "negbinomial", "nb", "nb2", "gammapoisson"), "NegativeBinomial"),
    **dict.fromkeys(("betabinom",), "BetaBinomial"),
    **dict.fromkeys(("geom",), "Geometric"),
    **dict.fromkeys(("logser", "logarithmic"), "LogSeries"),
    **dict.fromkeys(("binom",), "Binomial"),
    **dict.fromkeys(("logit", "binary"), "Bernoulli"),
    **dict.fromkeys(("pois", "count"), "Poisson"),
    **dict.fromkeys(("unif", "rectangular"), "Uniform"),
    **dict.fromkeys(("doubleexponential", "laplacian", "dexp"), "Laplace"),
    **dict.fromkeys(("logis", "sech2"), "Logistic"),
    **dict.fromkeys(("lorentz", "lorentzian"), "Cauchy"),
    **dict.fromkeys(("sexp", "exp2", "twoparameterexponential", "expon2"), "ShiftedExponential"),
    **dict.fromkeys(("burr12", "singhmaddala"), "Burr"),
    **dict.fromkeys(("exponnorm", "emg"), "ExGaussian"),
}

_A_FAMILY = "write it as a family of your own, a class with its log_density"
#: What is announced and not there yet, and what to do until then; what the catalogue has by now is none of it.
TO_COME: Mapping[str, str] = {
    **dict.fromkeys(
        ("InverseGamma", "LogLogistic", "Rayleigh", "HalfNormal", "Gumbel"),
        _A_FAMILY,
    ),
    **dict.fromkeys(
        ("GeneralizedPareto", "Pareto", "InverseGaussian", "SkewNormal", "VonMises", "ExGaussian", "Gompertz", "Burr"),
        _A_FAMILY,
    ),
    **dict.fromkeys(("Geometric", "BetaBinomial", "GeneralizedPoisson", "LogSeries"), _A_FAMILY),
    **dict.fromkeys(("DiscreteUniform", "Categorical", "Ordinal"), _A_FAMILY),
    **dict.fromkeys(("zero_inflated", "hurdle", "mixture", "from_scipy"), _A_FAMILY),
    **dict.fromkeys(("grid",), ""),
}
