"""The displacement at which the bound of Chapman and Robbins is highest, or the limit in which it is."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from scipy import optimize

from likelihood_kit._numerics import stacked_inverse
from likelihood_kit._numerics.quadrature import TRUSTED_ERROR
from likelihood_kit.calculus import gradient
from likelihood_kit.diagnostics.bounds import Question
from likelihood_kit.diagnostics.ratio_covariances import TRUSTED, covariances
from likelihood_kit.diagnostics.ratio_nodes import ratio_nodes
from likelihood_kit.errors import ArgumentError, LikelihoodKitError, NotAvailableError
from likelihood_kit.families import Family

#: First displacements of a search: these parts of the distance at which the ratio of n observations has variance 1.
FIRST = (0.03, 0.3, 1.0, 2.0)
#: Doublings and halvings in search of that distance.
DOUBLINGS = 200
#: Whole numbers looked at to either side of a parameter that is one.
WHOLE = 50
#: Variance of the ratio below which no displacement is looked at: the bound is within such a part of its limit.
LEAST = 1e-4
#: A bound that grows like h^2 does so 16 times where h is 4 times as long: one that grows by this much, in all of the
#: FARTHER steps beyond the first BEGINNING, has no supremum.
FOURFOLD, BEGINNING, FARTHER = 8.0, 4, 7
#: One that grows like 1 / h does so 10 times where h is a tenth: by this much in all NEARER steps, it has none.
TENTH, NEARER = 5.0, 4
#: Part of Cramer and Rao's bound that a small displacement gives, unless what is estimated has no derivative.
SMOOTH = 0.9


def number(of: Callable[..., Any], theta: Mapping[str, float]) -> float:
    """Value of a function of the parameters, one finite number."""
    try:
        value = float(of(**theta))
    except LikelihoodKitError:
        raise
    except Exception as error:
        raise ArgumentError(f"of cannot be evaluated at {dict(theta)}: {type(error).__name__}: {error}") from error
    if not np.isfinite(value):
        raise ArgumentError(f"of must return a finite number; at {dict(theta)} it is {value}")
    return value


class Search:
    """Search for the displacement at which the bound is highest."""

    def __init__(self, family: Family, question: Question, n: float) -> None:
        self.family, self.question, self.n = family, question, n
        self.names, self.truth = list(question.theta), np.array(list(question.theta.values()))
        self.whole = np.array([family.spaces[name].whole for name in self.names])
        self.kept: dict[tuple[float, ...], float] = {}
        self.rounded = False
        self.nodes = ratio_nodes(family, question)
        self.first, self.least = np.ones(len(self.names)), np.zeros(len(self.names))

    def place(self, moved: np.ndarray) -> dict[str, float]:
        """Parameters at a displacement."""
        return dict(zip(self.names, (self.truth + moved).tolist(), strict=True))

    def variance(self, moved: np.ndarray) -> float:
        """Of the ratio of likelihoods at a displacement; NaN where rounding decides."""
        key = tuple(float(entry) for entry in moved)
        if key not in self.kept:
            place = self.place(moved)
            lost = place == self.question.theta or bool((np.abs(moved) < self.least).all())
            if not lost:
                found = covariances(self.family, self.question, [place], self.n, self.nodes)
                whole, error = (float(part[0, 0]) for part in found)
                lost = bool(np.isfinite(whole)) and not error <= TRUSTED * whole
            self.rounded |= lost
            self.kept[key] = np.nan if lost else whole
        return self.kept[key]

    def bound(self, of: Callable[..., Any], value: float, moved: np.ndarray) -> float:
        """Variance bound by one displacement; 0 where it says nothing."""
        variance = self.variance(moved)
        if not 0 < variance < np.inf:
            return 0.0
        place = self.place(moved)
        change = number(of, place) - value
        if abs(change) <= np.finfo(float).eps * abs(value) / TRUSTED and not _is_entry(of, place):
            return 0.0
        return change**2 / variance

    def unit(self, direction: np.ndarray) -> float:
        """Distance in a direction at which the ratio has a variance of about 1, or 0 where none is found."""
        distance = first = float(self.first[np.argmax(direction != 0)])
        for _ in range(DOUBLINGS):
            variance = self.variance(distance * direction)
            if np.isnan(variance) or variance < 0.25:
                if self.variance(2 * distance * direction) >= 2:
                    return 0.0 if np.isnan(variance) else distance
                distance *= 2
            elif variance < 2:
                return distance
            else:
                distance /= 2
        return distance if distance > first else 0.0

    def highest(self, of: Callable[..., Any], value: float) -> tuple[float, np.ndarray]:
        """The bound, and its displacement: zeros for the limit, infinite where the bound is."""
        limit, towards = self.limit(of)
        small = [sign * towards for sign in (-1.0, 1.0) if limit > 0]
        starts = [*self.starts(), *small]
        bounds = [self.bound(of, value, moved) for moved in starts]
        nothing = np.zeros(len(self.names))
        told = [self.variance(moved) for moved in small]
        if limit > 0 and np.isfinite(told).any() and max(bounds[len(bounds) - len(small) :]) < SMOOTH * limit:
            limit = 0.0
        best = max(bounds, default=0.0)
        if best == 0.0 and limit == 0.0:
            self.require_told(starts)
            return 0.0, nothing
        at = starts[int(np.argmax(bounds))] if best > 0 else nothing
        if best > 0 and not self.whole.any():
            for moved in [*self.axes(), at]:
                if self.grows_inwards(of, value, moved):
                    return np.inf, nothing
            best, at = self.refined(of, value, best, at)
        for moved in [*self.axes(), at]:
            if self.grows_outwards(of, value, moved):
                return np.inf, np.where(moved != 0, np.copysign(np.inf, moved), 0.0)
        return (best, at) if best > limit * (1 + TRUSTED) else (limit, nothing)

    def require_told(self, starts: list[np.ndarray]) -> None:
        """Refuse where no displacement says anything."""
        told = [self.variance(moved) for moved in starts]
        if any(0 < variance < np.inf for variance in told):
            return
        if self.rounded:
            raise NotAvailableError(
                f"the Chapman-Robbins bound of {self.family.name} is not known for n = {self.n:g}: the displacements "
                "at which that many observations have a finite ratio are so near to theta that rounding decides"
            )
        raise NotAvailableError(
            f"{self.family.name} has no Chapman-Robbins bound here: no law at other parameters lives within the "
            "support of this one with a finite ratio of densities"
        )

    def limit(self, of: Callable[..., Any]) -> tuple[float, np.ndarray]:
        """Cramer and Rao's bound, the limit of small displacements, and one that has it but for 0.1 percent.

        0 where there is none.
        """
        none = 0.0, np.zeros(len(self.names))
        if self.whole.any():
            return none
        law = self.family.law
        known = {
            name: v for name, v in self.question.values.items() if name in law.known and name not in self.family.fixed
        }
        try:
            self.family.require_regular("Cramer-Rao bound")
            with np.errstate(all="ignore"):
                information = self.n * self.family.expected_information(**self.question.theta, **known)
                covariance = stacked_inverse(information)
            if not np.isfinite(covariance).all():
                return none
            self.first = 1 / np.sqrt(np.diag(information))
            # The logarithm of the ratio of one observation is there so small that quadrature sees its rounding.
            self.least = self.first * np.sqrt(float(self.n)) * np.finfo(float).eps / TRUSTED_ERROR
            spaces = [self.family.spaces[name].numbers for name in self.names]
            steps = list(np.sqrt(np.diag(covariance)) / 4)
            slopes = gradient(of, self.question.theta, spaces, steps)[1]
        except LikelihoodKitError:
            return none
        least = float(slopes @ covariance @ slopes)
        if not 0 < least < np.inf:
            return none
        return least, FIRST[0] * (covariance @ slopes) / np.sqrt(least)

    def grows_outwards(self, of: Callable[..., Any], value: float, moved: np.ndarray) -> bool:
        """Whether the bound grows without end as the displacement does."""
        last = 0.0
        for step in range(BEGINNING + FARTHER):
            try:
                here = self.bound(of, value, 4.0**step * moved)
            except LikelihoodKitError:
                return False
            if here == 0.0 or (step >= BEGINNING and here < FOURFOLD * last):
                return False
            last = here
        return True

    def grows_inwards(self, of: Callable[..., Any], value: float, moved: np.ndarray) -> bool:
        """Whether the bound grows without end as the displacement vanishes: where what is estimated jumps."""
        last = 0.0
        for step in range(NEARER):
            here = self.bound(of, value, 0.1**step * moved)
            if here == 0.0 or here < TENTH * last:
                return False
            last = here
        return True

    def refined(self, of: Callable[..., Any], value: float, best: float, at: np.ndarray) -> tuple[float, np.ndarray]:
        """The highest bound near a displacement, and where."""
        scale = np.where(at != 0, np.abs(at), max(float(np.abs(at).max()), np.finfo(float).tiny))

        def lost(x: np.ndarray) -> float:
            moved = x * scale
            return 0.0 if self.variance(moved) < LEAST else -self.bound(of, value, moved) / best

        start = at / scale
        simplex = np.vstack([start, start + 0.25 * np.eye(len(start))])
        found = optimize.minimize(
            lost, start, method="Nelder-Mead", options={"initial_simplex": simplex, "xatol": 1e-6, "fatol": 1e-10}
        )
        return (-float(found.fun) * best, found.x * scale) if -found.fun >= 1 else (best, at)

    def axes(self) -> list[np.ndarray]:
        """Displacements along each parameter at which the ratio has a variance of about 1."""
        p = len(self.names)
        signs = itertools.product(range(p), (-1.0, 1.0))
        steps = [self.unit(sign * np.eye(p)[at]) * sign * np.eye(p)[at] for at, sign in signs if not self.whole[at]]
        return [moved for moved in steps if moved.any()]

    def starts(self) -> list[np.ndarray]:
        """Displacements along each parameter and along pairs of them."""
        p = len(self.names)
        found: list[np.ndarray] = []
        units = np.zeros((p, 2))
        for at, (which, sign) in itertools.product(range(p), enumerate((-1.0, 1.0))):
            direction = sign * np.eye(p)[at]
            if self.whole[at]:
                found += [step * direction for step in range(1, WHOLE + 1)]
                units[at, which] = 1.0
                continue
            units[at, which] = self.unit(direction)
            found += [part * units[at, which] * direction for part in FIRST if units[at, which] > 0]
        for (i, j), a, b, part in itertools.product(itertools.combinations(range(p), 2), (0, 1), (0, 1), FIRST):
            moved = np.zeros(p)
            moved[i], moved[j] = (2 * a - 1) * units[i, a] * part, (2 * b - 1) * units[j, b] * part
            if moved.any() and not self.whole[[i, j]].any():
                found.append(moved)
        return found


def _is_entry(of: Callable[..., Any], place: Mapping[str, float]) -> bool:
    """Whether a function gives back one of the parameters, whose differences are exact."""
    return number(of, place) in place.values()
