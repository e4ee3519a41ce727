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
