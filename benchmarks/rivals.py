"""The same laws as a user of the bare statsmodels base class, of scipy.stats and of NumPy has them."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import special, stats
from statsmodels.base.model import GenericLikelihoodModel

#: The methods of `GenericLikelihoodModel.fit` that need no more than the log likelihood.
METHODS = ("nm", "bfgs", "lbfgs", "newton", "ncg", "cg", "powell")
#: A method is accurate if its log likelihood is within this of the best: 0.01 standard errors from the maximum.
ACCURATE = 5e-5
#: Parameters of the samples that are fitted.
TRUTH = {"shape": 2.0, "scale": 3.0}


class GammaModel(GenericLikelihoodModel):
    """Gamma law: shape, scale."""

    def loglikeobs(self, params: np.ndarray) -> np.ndarray:
        shape, scale = params
        return (shape - 1) * np.log(self.endog) - self.endog / scale - special.gammaln(shape) - shape * np.log(scale)


class WeibullModel(GenericLikelihoodModel):
    """Weibull law: shape, scale."""

    def loglikeobs(self, params: np.ndarray) -> np.ndarray:
        shape, scale = params
        z = np.log(self.endog) - np.log(scale)
        return np.log(shape) - np.log(scale) + (shape - 1) * z - np.exp(shape * z)


class PoissonRegression(GenericLikelihoodModel):
    """Poisson regression with log link: coefficients."""

    def loglikeobs(self, params: np.ndarray) -> np.ndarray:
        eta = self.exog @ params
        return self.endog * eta - np.exp(eta) - special.gammaln(self.endog + 1)


class GammaRegression(GenericLikelihoodModel):
    """Gamma regression with log link of the scale: coefficients, shape."""

    def loglikeobs(self, params: np.ndarray) -> np.ndarray:
        eta, shape = self.exog @ params[:-1], params[-1]
        return (shape - 1) * np.log(self.endog) - self.endog * np.exp(-eta) - special.gammaln(shape) - shape * eta


@dataclass(frozen=True)
class Law:
    """A law of shape and scale as others have it.

    Attributes
    ----------
    name : str
        In the kit.
    model : type
        On the bare base class.
    start : callable
        `start(y) -> (2,)`, near the maximum.
    scipy : scipy.stats law
    draw : callable
        `draw(rng, shape, size)`: NumPy's draws of scale 1.
    """

    name: str
    model: type[GenericLikelihoodModel]
    start: Callable[[np.ndarray], np.ndarray]
    scipy: Any
    draw: Callable[..., np.ndarray]

    def base_fit(self, y: np.ndarray, method: str | None = None) -> Any:
        """Fit on the base class with its standard errors: as it comes, or by a method from near the maximum."""
        model = self.model(y, extra_params_names=["shape", "scale"])
        return fitted(model, None if method is None else self.start(y), method or "nm")

    def scipy_fit(self, y: np.ndarray) -> tuple[float, ...]:
        """Fit of scipy.stats with the origin held at 0; it gives no standard errors."""
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            return self.scipy.fit(y, floc=0)


def fitted(model: GenericLikelihoodModel, start: np.ndarray | None, method: str) -> Any:
    """Fit of a base-class model with its standard errors."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        results = model.fit(start_params=start, method=method, disp=0)
        results.bse  # noqa: B018  computed when asked for
    return results


def best_method(fits: Callable[[str], Sequence[Any]], methods: Sequence[str] = METHODS, turns: int = 3) -> str:
    """The fastest method that ends near the maximum of every sample.

    Parameters
    ----------
    fits : callable
        `fits(method)`: the results on each of some samples.
    methods : sequence of str
    turns : int
        Timed turns of each; the shortest counts.
    """
    value, seconds = {}, {}
    for method in methods:
        times = []
        for _ in range(turns):
            begin = time.perf_counter()
            results = fits(method)
            times.append(time.perf_counter() - begin)
        value[method] = np.array([result.llf for result in results])
        seconds[method] = min(times)
    highest = np.nanmax(list(value.values()), axis=0)
    accurate = [method for method in methods if np.all(value[method] >= highest - ACCURATE)]
    return min(accurate, key=seconds.__getitem__)


def _gamma_start(y: np.ndarray) -> np.ndarray:
    return np.array([y.mean() ** 2 / y.var(), y.var() / y.mean()])


def _weibull_start(y: np.ndarray) -> np.ndarray:
    shape = np.pi / np.sqrt(6) / np.log(y).std()
    return np.array([shape, np.exp(np.log(y).mean() + np.euler_gamma / shape)])


GAMMA = Law("Gamma", GammaModel, _gamma_start, stats.gamma, lambda rng, shape, size: rng.standard_gamma(shape, size))
WEIBULL = Law(
    "Weibull", WeibullModel, _weibull_start, stats.weibull_min, lambda rng, shape, size: rng.weibull(shape, size)
)
