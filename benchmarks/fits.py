"""Single fits of a sample: small beside the base class, large beside one pass over the data, and their memory."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Callable
from typing import Any

import numpy as np
import rivals
from race import Row, Skipped, race

import likelihood_kit as lk
from likelihood_kit import diagnostics
from likelihood_kit.models.results import INFORMATIONS

SMALL = 1000
#: Largest ratio of the time of a small fit to that of the base class.
SMALL_TARGETS = {"Gamma": 0.5, "Weibull": 0.8}

GAMMA_ROWS, GAMMA_TARGET = 200_000, 6.0
COUNTS, COUNTS_TARGET, MEAN_COUNT = 1_000_000, 8.0, 4.0

MEMORY_ROWS, MEMORY_TARGET = 2_000_000, 6.0

CENSORED_ROWS, CENSORED_TARGET = 2000, 10.0
#: Quantile of the law at which observation ends: so much of the sample is an event.
OBSERVED = 0.7


def small(quick: bool) -> list[Row]:
    """Fits of 1,000 observations with certificate and all standard errors, beside single fits of others."""
    return [row for law in (rivals.GAMMA, rivals.WEIBULL) for row in small_of(law, quick)]


def small_of(law: rivals.Law, quick: bool) -> list[Row]:
    """The small fit of one law."""
    family = getattr(lk, law.name)()
    y = family.sample(SMALL, 1, **rivals.TRUTH)
    method = rivals.best_method(lambda method: [law.base_fit(y, method)], turns=10 if quick else 30)

    def base_errors(method: str) -> list[np.ndarray]:
        results = law.base_fit(y, method)
        return [results.bse, results.bsejac, results.bsejhj]

    seconds = race(
        {
            "all": lambda: all_errors(lk.LikelihoodModel(y, family=family)),
            "observed": lambda: observed_errors(lk.LikelihoodModel(y, family=family)),
            "bfgs": lambda: law.base_fit(y, "bfgs"),
            "bfgs all": lambda: base_errors("bfgs"),
            "plain": lambda: law.base_fit(y),
            "best": lambda: law.base_fit(y, method),
            "scipy": lambda: law.scipy_fit(y),
        },
        30 if quick else 200,
    )
    label = f"fit, {law.name}, n = {SMALL:,}, certified"
    every, one = f"{label}, standard errors of 4 kinds", f"{label}, observed standard errors"
    start = "base class, good start"
    return [
        Row(every, seconds["all"], f"{start}, bfgs", seconds["bfgs"], SMALL_TARGETS[law.name]),
        Row(every, seconds["all"], f"{start}, bfgs, standard errors of 3 kinds", seconds["bfgs all"]),
        Row(one, seconds["observed"], f"{start}, bfgs", seconds["bfgs"]),
        Row(one, seconds["observed"], f"{start}, {method} (its fastest)", seconds["best"]),
        Row(one, seconds["observed"], "base class as it comes", seconds["plain"]),
        Row(one, seconds["observed"], "scipy.stats fit, no standard errors", seconds["scipy"]),
    ]


def all_errors(model: Any) -> tuple[bool, np.ndarray, list[np.ndarray]]:
    """Certificate, and standard errors of every kind; the audit, which also tests the model, is not among them."""
    results = model.fit()
    observed, expected, outer = (results.information(kind).to_numpy() for kind in INFORMATIONS)
    bread = diagnostics.covariance(observed)
    others = diagnostics.covariance(expected), diagnostics.covariance(outer), bread @ outer @ bread
    return results.certificate.ok, results.bse, [np.sqrt(np.diag(matrix)) for matrix in others]


def observed_errors(model: Any) -> tuple[bool, np.ndarray]:
    """Certificate and observed standard errors."""
    results = model.fit()
    return results.certificate.ok, results.bse


def large(quick: bool) -> list[Row]:
    """Fits of many observations, beside one pass over the data that leaves nothing more to be known of them.

    For the Gamma law that pass is the sum of the observations and of their logarithms. For counts it is their
    frequencies, `np.bincount(y)`: of the readings tried it comes nearest to the ratio of 192 from which the target was
    set (`bincount` 220, `y.sum()` 1100 to 2000, `y.sum(), log(y + 1).sum()` 100 to 120,
    `y.sum(), gammaln(y + 1).sum()` 14, on the machine where the Gamma fit's 337 was measured as 410).
    """
    rng = np.random.default_rng(3)
    y = rng.gamma(rivals.TRUTH["shape"], rivals.TRUTH["scale"], GAMMA_ROWS)
    counts = rng.poisson(MEAN_COUNT, COUNTS)
    repetitions = 5 if quick else 25

    def beside(name: str, data: np.ndarray, passes: str, one_pass: Callable[[], Any], target: float) -> list[Row]:
        family = getattr(lk, name)()
        seconds = race(
            {
                "kit": lambda: observed_errors(lk.LikelihoodModel(data, family=family)),
                "all": lambda: all_errors(lk.LikelihoodModel(data, family=family)),
                "pass": one_pass,
            },
            repetitions,
        )
        label = f"fit, {name}, n = {len(data):,}, certified"
        rival = f"one pass, {passes}"
        return [
            Row(f"{label}, observed standard errors", seconds["kit"], rival, seconds["pass"], target),
            Row(f"{label}, standard errors of 4 kinds", seconds["all"], rival, seconds["pass"]),
        ]

    return [
        *beside("Gamma", y, "`log(y).sum(), y.sum()`", lambda: (np.log(y).sum(), y.sum()), GAMMA_TARGET),
        *beside("Poisson", counts, "`bincount(y)`", lambda: np.bincount(counts), COUNTS_TARGET),
    ]


def memory(quick: bool) -> list[Row]:
    """Peak of what a fit allocates, beside the size of its data; the same in every repetition, and so taken once."""
    y = np.random.default_rng(4).weibull(rivals.TRUTH["shape"], MEMORY_ROWS) * rivals.TRUTH["scale"]
    # What is loaded or cached once is not of the fit.
    observed_errors(lk.LikelihoodModel(y[:SMALL].copy(), family=lk.Weibull()))
    gc.collect()
    tracemalloc.start()
    try:
        observed_errors(lk.LikelihoodModel(y, family=lk.Weibull()))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    label = f"peak memory of a fit, Weibull, n = {MEMORY_ROWS:,}"
    sizes = np.array([float(peak)]), np.array([float(y.nbytes)])
    return [Row(label, sizes[0], "its data", sizes[1], MEMORY_TARGET, "bytes")]


def censored(quick: bool) -> list[Row | Skipped]:
    """A Gamma fit of partly censored observations, beside the fit of the same sample observed to its end."""
    label = f"fit, censored Gamma, n = {CENSORED_ROWS:,}, {1 - OBSERVED:.0%} censored"
    if not hasattr(lk, "censored"):
        return [Skipped(label, "no lk.censored in this version", CENSORED_TARGET)]
    law = lk.Gamma()
    y = law.sample(CENSORED_ROWS, 5, **rivals.TRUTH)
    limit = float(law.ppf(OBSERVED, **rivals.TRUTH))
    event, times = y <= limit, np.minimum(y, limit)
    family = lk.censored(lk.Gamma())
    seconds = race(
        {
            "censored": lambda: observed_errors(lk.LikelihoodModel(times, family=family, event=event)),
            "whole": lambda: observed_errors(lk.LikelihoodModel(y, family=law)),
        },
        5 if quick else 30,
    )
    return [Row(label, seconds["censored"], "the uncensored sample", seconds["whole"], CENSORED_TARGET)]
