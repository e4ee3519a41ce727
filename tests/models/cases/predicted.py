"""Models of formulas, and the law of each new row by scipy at linear predictors typed out."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from scipy import special, stats

import likelihood_kit as lk

ROWS = 90


def frame(seed: int = 12) -> pd.DataFrame:
    """Predictors in unequal units and places, none of them centred, and responses of every kind."""
    rng = np.random.default_rng(seed)
    data = pd.DataFrame({"x": rng.normal(1.0, 2.0, ROWS), "z": rng.uniform(-1.0, 3.0, ROWS)})
    data["g"] = rng.choice([*"abc"], ROWS, p=[0.5, 0.3, 0.2])
    data["time"], data["m"] = rng.uniform(0.5, 8.0, ROWS), rng.integers(2, 15, ROWS)
    data["log_time"] = np.log(data["time"])
    data["group"] = np.where(data["g"] == "c", 0.7, np.where(data["g"] == "b", -0.4, 0.0))
    data["duration"] = np.exp(0.5 + 0.3 * data["x"] + data["group"]) * rng.weibull(np.exp(0.3 + 0.2 * data["z"]))
    data["level"] = 3.0 - 1.5 * data["x"] + np.exp(0.2 + 0.4 * data["z"]) * rng.normal(size=ROWS)
    data["cost"] = rng.gamma(2.5, np.exp(1.0 + 0.25 * data["x"]) / 2.5)
    data["count"] = rng.poisson(data["time"] * np.exp(-0.5 + 0.2 * data["x"]))
    data["successes"] = rng.binomial(data["m"], special.expit(-0.4 + 0.3 * data["x"]))
    data["end"] = rng.uniform(1.0, 12.0, ROWS)
    data["seen"] = (data["duration"] <= data["end"]).astype(float)
    data["until"] = np.minimum(data["duration"], data["end"])
    return data


NEW = pd.DataFrame(
    {
        "x": [-2.0, 0.25, 1.5, 4.0],
        "z": [2.5, -0.5, 0.0, 1.25],
        "g": ["c", "a", "b", "c"],
        "time": [1.0, 3.0, 0.5, 7.0],
        "m": [3, 20, 7, 11],
    },
    index=["fourth", "first", "third", "second"],
).assign(log_time=lambda new: np.log(new["time"]))


@dataclass(frozen=True)
class Case:
    """A model of formulas, and the law of each new row by scipy.

    Attributes
    ----------
    family, formula, more
        Of `from_formula`.
    parameters : callable
        Natural parameters at params, in the order of the family, from designs typed out.
    law : callable
        Scipy's law with those parameters, and the known quantities of the new rows.
    value : float
        A value that the response may have.
    linear : callable
        The link of the predicted parameter.
    predicted : str
    """

    family: lk.Family
    formula: str
    parameters: Any
    law: Any
    value: float
    linear: Any
    predicted: str
    more: dict = field(default_factory=dict)

    def at(self, params):
        return self.law(*self.parameters(np.asarray(params, dtype=float), NEW))

    def fit(self, **more):
        return lk.LikelihoodModel.from_formula(self.formula, frame(), family=self.family, **self.more).fit(**more)


def factors(p, new):
    return p[0] + p[1] * (new["g"] == "b").to_numpy() + p[2] * (new["g"] == "c").to_numpy() + p[3] * new["x"].to_numpy()


def line(p, column):
    return p[0] + p[1] * NEW[column].to_numpy()


CASES = {
    "weibull, both": Case(
        lk.Weibull(), "duration ~ C(g) + x",
        lambda p, new: (np.exp(line(p[:2], "z")), np.exp(factors(p[2:], new))),
        lambda shape, scale: stats.weibull_min(shape, scale=scale),
        1.75, np.log, "scale", {"formulas": {"shape": "~ z"}},
    ),
    "normal, both": Case(
        lk.Normal(), "level ~ x",
        lambda p, new: (line(p[:2], "x"), np.exp(line(p[2:], "z"))),
        stats.norm, 0.5, lambda mean: mean, "mean", {"formulas": {"sd": "~ z"}},
    ),
    "gamma, its mean": Case(
        lk.Gamma(parameters=("mean", "shape")), "cost ~ x",
        lambda p, new: (np.exp(line(p[:2], "x")), np.full(4, p[2])),
        lambda mean, shape: stats.gamma(shape, scale=mean / shape), 2.25, np.log, "mean",
    ),
    "gamma, its scale": Case(
        lk.Gamma(), "cost ~ x",
        lambda p, new: (np.full(4, p[0]), np.exp(line(p[1:], "x"))),
        lambda shape, scale: stats.gamma(shape, scale=scale), 2.25, np.log, "scale",
    ),
    "a fixed df": Case(
        lk.StudentT(df=5.0), "level ~ x",
        lambda p, new: (line(p[:2], "x"), np.full(4, p[2])),
        lambda loc, scale: stats.t(5.0, loc, scale), 0.5, lambda loc: loc, "loc",
    ),
    "counts": Case(
        lk.Poisson(), "count ~ x",
        lambda p, new: (np.exp(line(p, "x") + new["log_time"].to_numpy()),),
        stats.poisson, 2.0, np.log, "rate", {"offset": "log_time"},
    ),
    "successes": Case(
        lk.Binomial(), "successes ~ x",
        lambda p, new: (special.expit(line(p, "x")),),
        lambda probability: stats.binom(NEW["m"].to_numpy(), probability), 3.0, special.logit, "probability",
        {"trials": "m"},
    ),
    "under censoring": Case(
        lk.censored(lk.Weibull()), "until ~ x",
        lambda p, new: (np.full(4, p[0]), np.exp(line(p[1:], "x"))),
        lambda shape, scale: stats.weibull_min(shape, scale=scale), 1.75, np.log, "scale", {"event": "seen"},
    ),
}  # fmt: skip
CONTINUOUS = {name: case for name, case in CASES.items() if not case.family.discrete}
UNCENSORED = {name: case for name, case in CASES.items() if not case.family.law.observed}

#: What is asked for, and the same of scipy's law.
TARGETS = {
    "mean": ({}, lambda case, law: law.mean()),
    "variance": ({"which": "variance"}, lambda case, law: law.var()),
    "median": ({"which": "median"}, lambda case, law: law.ppf(0.5)),
    "upper quantile": ({"quantile": 0.9}, lambda case, law: law.ppf(0.9)),
    "lower quantile": ({"quantile": 0.15}, lambda case, law: law.ppf(0.15)),
}


def probability(case, law):
    return law.pmf(case.value) if case.family.discrete else law.pdf(case.value)
