"""Names of scipy.stats, and what they are called here."""

from __future__ import annotations

from collections.abc import Mapping

#: What users of scipy.stats type by habit, and what it is called here.
SCIPY_NAMES: Mapping[str, str] = {
    "pdf": "density",
    "pmf": "density",
    "logpdf": "log_density",
    "logpmf": "log_density",
    "logcdf": "log_cdf",
    "sf": "survival",
    "logsf": "log_survival",
    "rvs": "sample(size, rng, ...)",
    "isf": "ppf(1 - q, ...)",
    "median": "ppf(0.5, ...)",
    "std": "variance(...) ** 0.5",
    "var": "variance",
    "fit": "lk.LikelihoodModel(y, family=...).fit()",
}
