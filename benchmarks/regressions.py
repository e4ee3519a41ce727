"""Regressions with many rows, beside statsmodels' own GLM and the base class."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import rivals
import statsmodels.api as sm
from race import Row, race

import likelihood_kit as lk


@dataclass(frozen=True)
class Size:
    """How large a regression is, and what is wanted of it.

    Attributes
    ----------
    rows, columns : int
    target : float
        Largest ratio of the time to that of `sm.GLM`.
    repetitions, quick : int
        Turns, and those of a quick run.
    """

    rows: int
    columns: int
    target: float
    repetitions: int
    quick: int


LARGE = Size(200_000, 12, 0.9, 11, 3)
LARGEST = Size(1_000_000, 20, 0.8, 5, 1)
#: The base class takes numeric derivatives: its fit is compared at a size where it comes to an end within seconds.
BESIDE_BASE = Size(100_000, 10, 0.2, 3, 1)
GAMMA_SHAPE = 2.0


@dataclass(frozen=True)
class Regression:
    """One law's regression on one design, as everyone fits it.

    Attributes
    ----------
    name : str
    kit, glm, base : callables without arguments that make the model
    start : array
        Near the maximum, for the base class.
    """

    name: str
    kit: Callable[[], Any]
    glm: Callable[[], Any]
    base: Callable[[], Any]
    start: np.ndarray


def large(quick: bool) -> list[Row]:
    """Regressions on 12 columns beside `sm.GLM`, and on 10 beside the base class."""
    return beside_glm(LARGE, quick) + beside_base(BESIDE_BASE, quick)


def largest(quick: bool) -> list[Row]:
    """Regressions of a million rows on 20 columns beside `sm.GLM`."""
    return beside_glm(LARGEST, quick)


def regressions(size: Size) -> list[Regression]:
    """Gamma and Poisson responses on one design of so many rows and columns."""
    rng = np.random.default_rng(2)
    x = np.column_stack([np.ones(size.rows), rng.standard_normal((size.rows, size.columns - 1))])
    slopes = np.zeros(size.columns - 1)
    eta = x @ np.r_[1.0, np.linspace(-0.3, 0.3, size.columns - 1)]
    waits, counts = rng.gamma(GAMMA_SHAPE, np.exp(eta)), rng.poisson(np.exp(eta))
    log_link = sm.families.links.Log()
    return [
        Regression(
            "Gamma",
            lambda: lk.LikelihoodModel(waits, x, family=lk.Gamma()),
            lambda: sm.GLM(waits, x, family=sm.families.Gamma(log_link)),
            lambda: rivals.GammaRegression(waits, x, extra_params_names=["shape"]),
            np.r_[np.log(waits.var() / waits.mean()), slopes, waits.mean() ** 2 / waits.var()],
        ),
        Regression(
            "Poisson",
            lambda: lk.LikelihoodModel(counts, x, family=lk.Poisson()),
            lambda: sm.GLM(counts, x, family=sm.families.Poisson()),
            lambda: rivals.PoissonRegression(counts, x),
            np.r_[np.log(counts.mean()), slopes],
        ),
    ]


def beside_glm(size: Size, quick: bool) -> list[Row]:
    """The regressions of one size beside `sm.GLM(...).fit().bse`."""
    rows = []
    for regression in regressions(size):
        seconds = race(
            {
                "kit": lambda regression=regression: regression.kit().fit().bse,
                "glm": lambda regression=regression: regression.glm().fit().bse,
            },
            size.quick if quick else size.repetitions,
        )
        rows.append(Row(label(regression, size), seconds["kit"], "sm.GLM", seconds["glm"], size.target))
    return rows


def beside_base(size: Size, quick: bool) -> list[Row]:
    """The regressions of one size beside the base class, by the faster of its methods that manage ten dimensions."""
    rows = []
    for regression in regressions(size):

        def base(method: str, regression: Regression = regression) -> Any:
            return rivals.fitted(regression.base(), regression.start, method)

        method = rivals.best_method(lambda method, base=base: [base(method)], ("bfgs", "lbfgs"), turns=1)
        seconds = race(
            {
                "kit": lambda regression=regression: regression.kit().fit().bse,
                "base": lambda base=base, method=method: base(method),
            },
            size.quick if quick else size.repetitions,
        )
        rival = f"base class, good start, {method}"
        rows.append(Row(label(regression, size), seconds["kit"], rival, seconds["base"]))
    return rows


def label(regression: Regression, size: Size) -> str:
    """What is measured, in words."""
    return f"regression, {regression.name}, n = {size.rows:,}, {size.columns} columns, certified"
