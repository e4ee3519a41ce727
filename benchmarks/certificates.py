"""Certificates on samples whose likelihood has several maxima, beside searches that share nothing with the kit's.

    python benchmarks/certificates.py                     2,400 samples
    python benchmarks/certificates.py --number 20 mixture some of a kind, of those in `KINDS`

Student t likelihoods are searched by the EM algorithm (Lange, Little and Taylor 1989, *JASA* 84, 881-896) from every
observation and hundreds of exact fits to few rows, those of one location also on a dense grid; normal mixtures by EM
(Redner and Walker 1984, *SIAM Review* 26, 195-239) from every window of the sorted sample. Counted are
certificates "global" or "highest found" of a point below another interior maximum, "local" ones below the highest, and
refusals of what is the maximum. The exit status is 1 where one is false, or more than 2 % of the maxima are refused.
"""

from __future__ import annotations

import argparse
import sys
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from scipy import optimize, special, stats

import likelihood_kit as lk

#: Difference of log likelihoods from which a point lies below another.
BELOW = 1e-4
#: Part of refused maxima that is too many.
MOST_REFUSED = 0.02
#: Steps of the EM algorithm, and increase of the log likelihood at which it ends.
EM_STEPS, EM_INCREASE = 3000, 1e-11
#: Scale, relative to the spread of the sample, below which an end has shrunk onto observations and is no maximum.
SHRUNK = 1e-7


class TwoNormals(lk.Family):
    """A user's own mixture of two normal laws."""

    weight = lk.UnitInterval()
    mean_1, sd_1, mean_2, sd_2 = lk.Real(), lk.Positive(), lk.Real(), lk.Positive()

    @staticmethod
    def log_density(y, weight, mean_1, sd_1, mean_2, sd_2):
        first = np.log(weight) - np.log(sd_1) - ((y - mean_1) / sd_1) ** 2 / 2
        second = np.log1p(-weight) - np.log(sd_2) - ((y - mean_2) / sd_2) ** 2 / 2
        return np.logaddexp(first, second) - 0.5 * np.log(2 * np.pi)


@dataclass(frozen=True)
class Case:
    """One sample: the model, and the log likelihood of its highest interior maximum by another search."""

    family: lk.Family
    y: np.ndarray
    exog: np.ndarray | None
    highest: Callable[[], float]


def t_value(residual: np.ndarray, scale: np.ndarray, df: float) -> np.ndarray:
    """Log likelihoods `(m,)` of residuals `(m, n)` under Student t laws."""
    z = residual / scale[:, None]
    rows = -special.betaln(0.5, df / 2) - np.log(df) / 2 - (df + 1) / 2 * np.log1p(z**2 / df)
    return rows.sum(axis=1) - residual.shape[1] * np.log(scale)


def t_highest(
    y: np.ndarray, exog: np.ndarray, df: float, scale: float | None, coefficients: np.ndarray, scales: np.ndarray
) -> float:
    """Highest end of the EM algorithm from coefficients `(m, q)` and scales `(m,)`."""
    beta, s = coefficients.copy(), np.full(len(coefficients), scale) if scale else scales.copy()
    least = SHRUNK * np.ptp(y)
    value = t_value(y - beta @ exog.T, s, df)
    active = np.ones(len(s), dtype=bool)
    for _ in range(EM_STEPS):
        at = np.flatnonzero(active)
        if not at.size:
            break
        residual = y - beta[at] @ exog.T
        weights = (df + 1) / (df + (residual / s[at, None]) ** 2)
        gram = np.einsum("mn,ni,nj->mij", weights, exog, exog)
        right = np.einsum("mn,ni,n->mi", weights, exog, y)
        beta[at] = np.linalg.solve(gram + 1e-300 * np.eye(exog.shape[1]), right[..., None])[..., 0]
        residual = y - beta[at] @ exog.T
        if not scale:
            s[at] = np.sqrt(np.maximum((weights * residual**2).mean(axis=1), least**2))
        fresh = t_value(residual, s[at], df)
        active[at] = (fresh - value[at] > EM_INCREASE) & ((s[at] > 2 * least) | bool(scale))
        value[at] = fresh
    sound = np.isfinite(value) & ((s > 1e3 * least) | bool(scale))
    return float(value[sound].max(initial=-np.inf))


def of_location(rng: np.random.Generator, y: np.ndarray, df: float, scale: float | None) -> Case:
    """A location law, its scale known or free."""

    def highest() -> float:
        spread = np.ptp(y)
        scales = spread * np.array([0.001, 0.01, 0.05, 0.2, 0.5, 1.0])
        places = np.concatenate([y, np.linspace(y.min(), y.max(), 40)])
        loc, s = (part.ravel() for part in np.meshgrid(places, scales))
        best = t_highest(y, np.ones((len(y), 1)), df, scale, loc[:, None], s)
        if scale:
            grid = np.linspace(y.min(), y.max(), 20_001)
            values = np.concatenate([
                t_value(y - part[:, None], np.full(len(part), scale), df) for part in np.array_split(grid, 40)
            ])  # fmt: skip
            best = max(best, float(values.max()))
        return best

    fixed = {"df": df} | ({} if scale is None else {"scale": scale})
    return Case(lk.StudentT(**fixed), y, None, highest)


def clustered(rng: np.random.Generator, n: int) -> np.ndarray:
    """Observations in two to five clusters."""
    groups = rng.integers(2, 6)
    centres, widths = rng.uniform(-30, 30, groups), 10 ** rng.uniform(-1.5, 0.5, groups)
    which = rng.integers(groups, size=n)
    return centres[which] + widths[which] * rng.normal(size=n)


def clusters(rng: np.random.Generator) -> Case:
    """Clusters under a t law of known scale, or of so few degrees of freedom that no theorem holds."""
    y = clustered(rng, int(rng.integers(8, 80)))
    if rng.random() < 0.7:
        return of_location(rng, y, float(rng.choice([1.0, 1.5, 2.0, 3.0, 5.0])), float(10 ** rng.uniform(-0.5, 0.5)))
    return of_location(rng, y, float(rng.choice([0.3, 0.5, 0.8, 1.0, 2.0])), None)


def cauchy(rng: np.random.Generator) -> Case:
    """Three to fifty Cauchy observations."""
    y = rng.standard_cauchy(int(rng.integers(3, 51)))
    return of_location(rng, y, 1.0, 1.0 if rng.random() < 0.8 else None)


def regression(rng: np.random.Generator) -> Case:
    """A t regression with leverage points."""
    n, q = int(rng.integers(10, 60)), int(rng.integers(2, 5))
    x = rng.normal(size=(n, q - 1))
    far = rng.random(n) < rng.uniform(0.05, 0.3)
    x[far] = rng.normal(scale=3, size=q - 1) * rng.uniform(1, 4) + 0.3 * rng.normal(size=(far.sum(), q - 1))
    y = x @ rng.normal(size=q - 1) + rng.normal() + rng.standard_t(3, n) * 0.5
    y[far] += rng.normal() * rng.uniform(2, 20)
    exog = np.column_stack([np.ones(n), x])
    df = float(rng.choice([1.0, 2.0, 3.0, 4.0]))
    scale = None if rng.random() < 0.5 else 1.0

    def highest() -> float:
        own = np.random.default_rng(n)
        fits = []
        for _ in range(400):
            chosen = own.choice(n, size=q, replace=False)
            try:
                fits.append(np.linalg.solve(exog[chosen], y[chosen]))
            except np.linalg.LinAlgError:
                continue
        fits.append(np.linalg.lstsq(exog, y, rcond=None)[0])
        beta = np.array(fits)
        middle = np.median(np.abs(y - beta @ exog.T), axis=1)
        return max(t_highest(y, exog, df, scale, beta, np.maximum(part * middle, 1e-6)) for part in (0.3, 1.5))

    return Case(lk.StudentT(df=df, **({} if scale is None else {"scale": scale})), y, exog, highest)


def mixture_value(y: np.ndarray, theta: tuple[np.ndarray, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Log likelihoods `(m,)` and probabilities of the first part `(m, n)`."""
    w, m1, s1, m2, s2 = (part[:, None] for part in theta)
    with np.errstate(divide="ignore"):
        first = np.log(w) + stats.norm.logpdf(y, m1, s1)
        both = np.logaddexp(first, np.log1p(-w) + stats.norm.logpdf(y, m2, s2))
    return both.sum(axis=1), np.exp(first - both)


def mixture_highest(y: np.ndarray) -> float:
    """Highest interior end of the EM algorithm from all windows of the sorted sample beside the rest."""
    ordered, starts = np.sort(y), []
    n, least = len(y), SHRUNK * np.ptp(y)
    for size in range(2, n - 1):
        for left in range(0, n - size + 1, max(1, size // 6)):
            inside, outside = ordered[left : left + size], np.delete(ordered, slice(left, left + size))
            starts.append((size / n, inside.mean(), inside.std(), outside.mean(), outside.std()))
    theta = tuple(np.maximum(part, 1e-9) if i in (2, 4) else part for i, part in enumerate(np.array(starts).T))
    value, share = mixture_value(y, theta)
    active = np.ones(len(value), dtype=bool)
    for _ in range(EM_STEPS):
        at = np.flatnonzero(active)
        if not at.size:
            break
        first, second = share[at], 1 - share[at]
        a, b = first.sum(axis=1) + 1e-300, second.sum(axis=1) + 1e-300
        m1, m2 = first @ y / a, second @ y / b
        s1 = np.sqrt((first * (y - m1[:, None]) ** 2).sum(axis=1) / a)
        s2 = np.sqrt((second * (y - m2[:, None]) ** 2).sum(axis=1) / b)
        moved = (a / n, m1, np.maximum(s1, least), m2, np.maximum(s2, least))
        for part, new in zip(theta, moved, strict=True):
            part[at] = new
        fresh, share[at] = mixture_value(y, moved)
        active[at] = (fresh - value[at] > EM_INCREASE) & (np.minimum(s1, s2) > 2 * least)
        value[at] = fresh
    w, _, s1, _, s2 = theta
    # A part without observations of its own is no maximum either.
    sound = np.isfinite(value) & (np.minimum(s1, s2) > 1e3 * least) & (np.minimum(w, 1 - w) > 1e-3 / n)
    return float(value[sound & ~active].max(initial=-np.inf))


def mixture(rng: np.random.Generator) -> Case:
    """Two normal laws, near or far, with standard deviations of their own: the likelihood has no bound."""
    n = int(rng.integers(15, 80))
    first = rng.random(n) < rng.uniform(0.2, 0.8)
    y = np.where(first, rng.normal(0, 1, n), rng.normal(rng.uniform(0, 8), 10 ** rng.uniform(-1, 1), n))
    return Case(TwoNormals(), y, None, lambda: mixture_highest(y))


def free_t(rng: np.random.Generator) -> Case:
    """A t law with free degrees of freedom: the likelihood has no bound."""
    n = int(rng.integers(8, 80))
    y = clustered(rng, n) if rng.random() < 0.3 else rng.standard_t(rng.uniform(0.7, 3), n)

    def highest() -> float:
        def minus(v: np.ndarray) -> float:
            return -float(stats.t.logpdf(y, np.exp(min(v[2], 50)), v[0], np.exp(min(v[1], 50))).sum())

        spread, best = np.ptp(y), -np.inf
        for loc in np.quantile(y, np.linspace(0.02, 0.98, 12)):
            for scale in spread * np.array([0.002, 0.05, 0.3]):
                for df in (0.3, 1.0, 4.0):
                    start = np.array([loc, np.log(scale), np.log(df)])
                    end = optimize.minimize(minus, start, method="BFGS", options={"gtol": 1e-6})
                    inside = SHRUNK * spread < np.exp(end.x[1]) and 0.02 < np.exp(end.x[2]) < 1e4
                    if inside and np.abs(end.jac).max() < 1e-3:
                        best = max(best, -end.fun)
        # Higher still where df runs to infinity: then no maximum is the highest.
        return best if best > stats.norm.logpdf(y, y.mean(), y.std()).sum() else -np.inf

    return Case(lk.StudentT(), y, None, highest)


KINDS = {"clusters": clusters, "cauchy": cauchy, "regression": regression, "mixture": mixture, "free_t": free_t}


@dataclass
class Tally:
    """Counts of one kind.

    Attributes
    ----------
    samples, maxima, certified : int
        `maxima`: those of the samples in which the other search found one.
    false : list of str
        Certificates of points below another, in words.
    refused : list of str
        Maxima that were refused.
    seconds : float
        That the fits took.
    """

    samples: int = 0
    maxima: int = 0
    certified: int = 0
    false: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    seconds: float = 0.0
    grades: dict[str, int] = field(default_factory=dict)

    def add(self, label: str, case: Case) -> None:
        """Fit one sample and compare."""
        began = time.perf_counter()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            fit = lk.LikelihoodModel(case.y, case.exog, family=case.family).fit()
        self.seconds += time.perf_counter() - began
        highest, certificate = case.highest(), fit.certificate
        self.samples += 1
        self.maxima += np.isfinite(highest)
        self.certified += certificate.ok
        self.grades[certificate.grade] = self.grades.get(certificate.grade, 0) + 1
        words = f"{label} {case.family!r} n={len(case.y)}: {fit.llf:.5f} beside {highest:.5f}; {certificate}"
        if certificate.ok and highest > fit.llf + BELOW:
            self.false.append(words)
        if not certificate.ok and np.isfinite(highest) and highest <= fit.llf + BELOW:
            self.refused.append(words)
        if not certificate.ok and highest > fit.llf + BELOW:
            self.refused.append(f"(and below) {words}")

    def __str__(self) -> str:
        graded = ", ".join(f"{number} {grade or 'none'}" for grade, number in sorted(self.grades.items()))
        return (
            f"{self.samples} samples, {self.maxima} with a maximum, {self.certified} certified ({graded}), "
            f"{len(self.false)} false, {len(self.refused)} refused; {1e3 * self.seconds / max(self.samples, 1):.0f} ms "
            "a fit"
        )


def main(arguments: list[str] | None = None) -> int:
    """Print what was found, and return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kinds", nargs="*", metavar="kind", help=f"{', '.join(KINDS)} (all)")
    parser.add_argument("--number", type=int, default=480, help="samples of each kind")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--words", action="store_true", help="print each false certificate and each refusal")
    options = parser.parse_args(arguments)
    bad = False
    for kind in options.kinds or KINDS:
        tally = Tally()
        for i in range(options.number):
            tally.add(f"{kind} {i}", KINDS[kind](np.random.default_rng([options.seed, i, len(kind)])))
        print(f"{kind}: {tally}", flush=True)
        if options.words:
            print("\n".join([f"  FALSE {w}" for w in tally.false] + [f"  refused {w}" for w in tally.refused]))
        bad |= bool(tally.false) or len(tally.refused) > MOST_REFUSED * tally.maxima
    return int(bad)


if __name__ == "__main__":
    sys.exit(main())
