"""Whole studies by maximum likelihood, beside drawing their numbers and beside loops of single fits."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import rivals
from race import Row, race

import likelihood_kit as lk

SIZES = (20, 50, 100, 200, 500, 1000)
REPLICATIONS = 10_000
#: Largest ratio of a study's time to that of drawing its numbers.
TARGETS = {"Gamma": 1.4, "Weibull": 2.5, "StudentT": 3.0}
DEGREES_OF_FREEDOM = 4.0
STUDENT_TRUTH = {"loc": 2.0, "scale": 3.0}


def studies(quick: bool) -> list[Row]:
    """The studies of all laws."""
    return [*beside_loops(rivals.GAMMA, quick), *beside_loops(rivals.WEIBULL, quick), *student(quick)]


def plan_of(family: lk.Family, truth: Mapping[str, float]) -> lk.Study:
    """The study that is timed."""
    return lk.Study(family, truth=truth, sizes=SIZES, replications=REPLICATIONS, estimators=("mle",), seed=2026)


def drawn(draw: Callable[[int], np.ndarray]) -> None:
    """All numbers of a study, from `draw(n) -> (REPLICATIONS, n)`."""
    for n in SIZES:
        draw(n)


def label_of(name: str) -> str:
    """What is measured, in words."""
    return f"study, {name}, {len(SIZES)} sizes of {REPLICATIONS:,} samples"


def beside_loops(law: rivals.Law, quick: bool) -> list[Row]:
    """The study of one law, beside drawing and beside loops."""
    family = getattr(lk, law.name)()
    plan = plan_of(family, rivals.TRUTH)
    rng = np.random.default_rng(1)
    shape, scale = rivals.TRUTH["shape"], rivals.TRUTH["scale"]
    # Replications that the loops of single fits really make, of every size.
    sampled = 3 if quick else 10
    samples = [y for n in SIZES for y in family.sample((sampled, n), rng, **rivals.TRUTH)]
    whole = REPLICATIONS / sampled
    method = rivals.best_method(lambda method: [law.base_fit(y, method) for y in samples], turns=1 if quick else 3)
    seconds = race(
        {
            "kit": lambda: plan.run(progress=False),
            "draw": lambda: drawn(lambda n: scale * law.draw(rng, shape, (REPLICATIONS, n))),
            "plain": lambda: [law.base_fit(y) for y in samples],
            "best": lambda: [law.base_fit(y, method) for y in samples],
            "scipy": lambda: [law.scipy_fit(y) for y in samples],
        },
        3 if quick else 9,
    )
    label, loop = label_of(law.name), f"loop (from {len(samples)} fits)"
    return [
        Row(label, seconds["kit"], "NumPy draws the numbers", seconds["draw"], TARGETS[law.name]),
        Row(label, seconds["kit"], f"base class as it comes, {loop}", whole * seconds["plain"]),
        Row(label, seconds["kit"], f"base class, good start, {method}, {loop}", whole * seconds["best"]),
        Row(label, seconds["kit"], f"scipy.stats fit, {loop}", whole * seconds["scipy"]),
    ]


def student(quick: bool) -> list[Row]:
    """The study of a Student t law of known degrees of freedom, beside drawing."""
    plan = plan_of(lk.StudentT(df=DEGREES_OF_FREEDOM), STUDENT_TRUTH)
    rng = np.random.default_rng(1)
    loc, scale = STUDENT_TRUTH["loc"], STUDENT_TRUTH["scale"]
    seconds = race(
        {
            "kit": lambda: plan.run(progress=False),
            "draw": lambda: drawn(lambda n: loc + scale * rng.standard_t(DEGREES_OF_FREEDOM, (REPLICATIONS, n))),
        },
        3 if quick else 9,
    )
    name = f"StudentT(df={DEGREES_OF_FREEDOM:g})"
    return [Row(label_of(name), seconds["kit"], "NumPy draws the numbers", seconds["draw"], TARGETS["StudentT"])]
