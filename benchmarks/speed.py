"""Speed of the kit beside NumPy, statsmodels and scipy, as a Markdown table.

    python benchmarks/speed.py                 some three minutes
    python benchmarks/speed.py --quick         under one
    python benchmarks/speed.py fit start       some parts: study, fit, regression, start

Each line compares the medians of two that took turns, on one thread. The ratio is the median of the ratios within a
turn, with its quartiles: it depends far less on the machine than the times do.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

import numpy as np
import rivals
import statsmodels.api as sm
from race import Row, markdown, race

import likelihood_kit as lk

TRUTH = {"shape": 2.0, "scale": 3.0}
SIZES = (20, 50, 100, 200, 500, 1000)
REPLICATIONS = 10_000
#: Largest ratio of a study's time to that of drawing its numbers.
DRAWING_TARGETS = {"Gamma": 2.5, "Weibull": 5.0}

#: Threads of linear algebra that compete with what else the machine does make times wander tenfold.
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")

FIT_ROWS = 1000
REGRESSION_ROWS, COLUMNS = 100_000, 10


def study(quick: bool) -> list[Row]:
    """Whole studies by maximum likelihood, beside drawing their numbers and beside loops of single fits."""
    return [row for law in (rivals.GAMMA, rivals.WEIBULL) for row in study_of(law, quick)]


def study_of(law: rivals.Law, quick: bool) -> list[Row]:
    """The study of one law."""
    family = getattr(lk, law.name)()
    plan = lk.Study(family, truth=TRUTH, sizes=SIZES, replications=REPLICATIONS, estimators=("mle",), seed=2026)
    rng = np.random.default_rng(1)
    # Replications that the loops of single fits really make, of every size.
    sampled = 3 if quick else 10
    samples = [y for n in SIZES for y in family.sample((sampled, n), rng, **TRUTH)]
    scale = REPLICATIONS / sampled
    method = rivals.best_method(lambda method: [law.base_fit(y, method) for y in samples])
    seconds = race(
        {
            "kit": lambda: plan.run(progress=False),
            "draw": lambda: [TRUTH["scale"] * law.draw(rng, TRUTH["shape"], (REPLICATIONS, n)) for n in SIZES],
            "plain": lambda: [law.base_fit(y) for y in samples],
            "best": lambda: [law.base_fit(y, method) for y in samples],
            "scipy": lambda: [law.scipy_fit(y) for y in samples],
        },
        3 if quick else 7,
    )
    label = f"study, {law.name}, {len(SIZES)} sizes of {REPLICATIONS:,} samples"
    loop = f"loop (from {len(samples)} fits)"
    return [
        Row(label, seconds["kit"], "NumPy draws the numbers", seconds["draw"], DRAWING_TARGETS[law.name]),
        Row(label, seconds["kit"], f"base class as it comes, {loop}", scale * seconds["plain"], 0.01),
        Row(label, seconds["kit"], f"base class, good start, {method}, {loop}", scale * seconds["best"], 0.01),
        Row(label, seconds["kit"], f"scipy.stats fit, {loop}", scale * seconds["scipy"]),
    ]


def fit(quick: bool) -> list[Row]:
    """One fit of an iid sample with certificate and standard errors, beside single fits of others."""
    return [row for law in (rivals.GAMMA, rivals.WEIBULL) for row in fit_of(law, quick)]


def fit_of(law: rivals.Law, quick: bool) -> list[Row]:
    """The fit of one law."""
    family = getattr(lk, law.name)()
    y = family.sample(FIT_ROWS, 1, **TRUTH)
    method = rivals.best_method(lambda method: [law.base_fit(y, method)], turns=30)

    def certified() -> tuple[bool, np.ndarray]:
        results = lk.LikelihoodModel(y, family=family).fit()
        return results.certificate.ok, results.bse

    def all_errors() -> tuple[bool, object]:
        results = lk.LikelihoodModel(y, family=family).fit()
        return results.certificate.ok, results.information_audit().table

    def base_errors() -> list[np.ndarray]:
        results = law.base_fit(y, method)
        return [results.bse, results.bsejac, results.bsejhj]

    seconds = race(
        {
            "kit": certified,
            "all": all_errors,
            "plain": lambda: law.base_fit(y),
            "best": lambda: law.base_fit(y, method),
            "best all": base_errors,
            "scipy": lambda: law.scipy_fit(y),
        },
        30 if quick else 200,
    )
    label = f"fit, {law.name}, n = {FIT_ROWS:,}, certified"
    best = f"base class, good start, {method}"
    return [
        Row(f"{label}, standard errors", seconds["kit"], "base class as it comes", seconds["plain"], 1.0),
        Row(f"{label}, standard errors", seconds["kit"], best, seconds["best"], 1.0),
        Row(f"{label}, standard errors of 4 kinds", seconds["all"], f"{best}, 3 kinds", seconds["best all"], 1.0),
        Row(f"{label}, standard errors", seconds["kit"], "scipy.stats fit, no standard errors", seconds["scipy"]),
    ]


def regression(quick: bool) -> list[Row]:
    """Regressions with many rows, beside the base class and statsmodels' own GLM."""
    rng = np.random.default_rng(2)
    x = np.column_stack([np.ones(REGRESSION_ROWS), rng.standard_normal((REGRESSION_ROWS, COLUMNS - 1))])
    eta = x @ np.r_[1.0, np.linspace(-0.3, 0.3, COLUMNS - 1)]
    slopes = np.zeros(COLUMNS - 1)
    repetitions = 3 if quick else 9
    counts = rng.poisson(np.exp(eta))
    poisson = regression_of(
        "Poisson",
        lambda: lk.LikelihoodModel(counts, x, family=lk.Poisson()),
        lambda: rivals.PoissonRegression(counts, x),
        np.r_[np.log(counts.mean()), slopes],
        lambda: sm.GLM(counts, x, family=sm.families.Poisson()),
        repetitions,
    )
    waits = rng.gamma(2.0, np.exp(eta))
    gamma = regression_of(
        "Gamma",
        lambda: lk.LikelihoodModel(waits, x, family=lk.Gamma()),
        lambda: rivals.GammaRegression(waits, x, extra_params_names=["shape"]),
        np.r_[np.log(waits.var() / waits.mean()), slopes, waits.mean() ** 2 / waits.var()],
        lambda: sm.GLM(waits, x, family=sm.families.Gamma(sm.families.links.Log())),
        repetitions,
    )
    return poisson + gamma


def regression_of(
    name: str,
    kit: Callable[[], Any],
    base: Callable[[], Any],
    start: np.ndarray,
    glm: Callable[[], Any],
    repetitions: int,
) -> list[Row]:
    """The regressions of one law, from functions that make the models."""
    # The other methods take numeric Hessians or search without derivatives: in ten dimensions, several times as long.
    method = rivals.best_method(lambda method: [rivals.fitted(base(), start, method)], ("bfgs", "lbfgs"), turns=2)
    seconds = race(
        {
            "kit": lambda: kit().fit().bse,
            "base": lambda: rivals.fitted(base(), start, method),
            "glm": lambda: glm().fit().bse,
        },
        repetitions,
    )
    label = f"regression, {name}, n = {REGRESSION_ROWS:,}, {COLUMNS} columns, certified"
    return [
        Row(label, seconds["kit"], f"base class, good start, {method}", seconds["base"], 0.2),
        Row(label, seconds["kit"], "sm.GLM", seconds["glm"]),
    ]


IMPORT_KIT = "import likelihood_kit"
IMPORT_BASE = "import statsmodels.base.model"
DATA = "import numpy as np\ny = np.random.default_rng(1).gamma(2.0, 3.0, 1000)\n"
FIRST_KIT = f"""{DATA}
import likelihood_kit as lk
print(lk.LikelihoodModel(y, family=lk.Gamma()).fit().bse)
"""
FIRST_BASE = f"""{DATA}
from scipy import special
from statsmodels.base.model import GenericLikelihoodModel
class Gamma(GenericLikelihoodModel):
    def loglikeobs(self, params):
        shape, scale = params
        return (shape - 1) * np.log(self.endog) - self.endog / scale - special.gammaln(shape) - shape * np.log(scale)
print(Gamma(y, extra_params_names=["shape", "scale"]).fit(disp=0).bse)
"""


def start(quick: bool) -> list[Row]:
    """Fresh processes: the import, and a first fit."""
    scripts = {"kit": IMPORT_KIT, "base": IMPORT_BASE, "kit fit": FIRST_KIT, "base fit": FIRST_BASE}

    def process(script: str) -> None:
        subprocess.run([sys.executable, "-c", script], check=True, capture_output=True)

    runners = {name: lambda script=script: process(script) for name, script in scripts.items()}
    seconds = race(runners, 5 if quick else 15)
    return [
        Row("fresh process, import", seconds["kit"], "import statsmodels.base.model", seconds["base"], 1.1),
        Row("fresh process, first fit, Gamma", seconds["kit fit"], "base class as it comes", seconds["base fit"], 1.3),
    ]


PARTS = {"study": study, "fit": fit, "regression": regression, "start": start}


def machine() -> str:
    """What the times were taken on, in one line."""
    packages = ", ".join(f"{name} {version(name)}" for name in ("numpy", "scipy", "statsmodels"))
    python = platform.python_version()
    return (
        f"{os.cpu_count()} cores ({platform.machine()}), Python {python}, likelihood_kit {lk.__version__}, {packages}"
    )


def main(arguments: list[str] | None = None) -> list[Row]:
    """Print the table of the chosen parts, and return its lines."""
    parser = argparse.ArgumentParser(description="Speed beside NumPy, statsmodels and scipy, as a Markdown table.")
    parser.add_argument("parts", nargs="*", metavar="part", help=f"{', '.join(PARTS)} (all)")
    parser.add_argument("--quick", action="store_true", help="fewer repetitions")
    options = parser.parse_args(arguments)
    unknown = [part for part in options.parts if part not in PARTS]
    if unknown:
        parser.error(f"no part {unknown[0]!r}: choose from {', '.join(PARTS)}")
    rows = []
    for part in options.parts or PARTS:
        print(f"{part} ...", file=sys.stderr, flush=True)
        rows += PARTS[part](options.quick)
    print(f"{machine()}\n\n{markdown(rows)}")
    return rows


if __name__ == "__main__":
    if all(name in os.environ for name in THREADS):
        main()
    else:
        # Read once, when NumPy is loaded: so in a new process.
        environment = {**dict.fromkeys(THREADS, "1"), **os.environ}
        sys.exit(subprocess.run([sys.executable, *sys.argv], env=environment, check=False).returncode)
