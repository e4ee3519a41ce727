"""Whether a likelihood of continuous data has no bound: the law shrinks onto one observation and keeps the others.

A parameter runs to an end of its space while another holds the law at an observation: the scale of a part of a mixture
(Kiefer and Wolfowitz 1956, *Annals of Mathematical Statistics* 27, 887-906, section 6) or of a law with tails so heavy
that one observation pays for all others.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

import numpy as np

from likelihood_kit.maximise.newton import Objective
from likelihood_kit.predictor import Predictor, blocks

#: Where a parameter on its way to an end is looked at, on the scale of a logarithm beside the estimate; nearer where a
#: design holds the law at an observation only to rounding.
ON_THE_WAY = (40.0, 100.0)
ON_THE_WAY_BY_DESIGN = (8.0, 16.0)
#: Least gain of the log likelihood per unit of that way. One observation gains 1, or 1/2 where a shape grows as a scale
#: falls, less what the others lose.
GAIN = 0.2
#: Observations at which it is looked.
OBSERVATIONS = 16
#: Products of the value of a shape with the number of observations at which one observation pays for the others.
HEAVY = 0.25


def without_bound(likelihood: Objective, predictors: Sequence[Predictor], working: np.ndarray, y: np.ndarray) -> str:
    """Where the log likelihood of one sample has no bound, in words; empty where it seems to have one.

    Parameters
    ----------
    likelihood : Objective
    predictors : sequence of Predictor
    working : (k,)
        Near the maximum.
    y : (n,)
    """
    rows = _observations(y)
    for words, near, far, length in ways_to_the_ends(predictors, working, y, rows):
        values = []
        for points in (near, far):
            with np.errstate(all="ignore"):
                values.append(likelihood.value(points))
        with np.errstate(invalid="ignore"):
            gained = (values[1] - values[0]) / length
        if np.any(np.isfinite(gained) & (gained > GAIN)):
            return words
    return ""


def _observations(y: np.ndarray) -> np.ndarray:
    """Rows whose observations are spread over the sample, those that are repeated or close together among them."""
    order = np.argsort(y, kind="stable")
    evenly = order[np.linspace(0, len(y) - 1, min(OBSERVATIONS, len(y))).astype(int)]
    if len(y) < 3:
        return evenly
    gaps = y[order][2:] - y[order][:-2]
    return np.unique([*evenly, order[int(np.argmin(gaps)) + 1]])


def ways_to_the_ends(
    predictors: Sequence[Predictor], working: np.ndarray, y: np.ndarray, rows: np.ndarray
) -> Iterator[tuple[str, np.ndarray, np.ndarray, float]]:
    """Ways to the ends of parameters: words, points `(m, k)` nearer and further along them, and the length between."""
    places = blocks(predictors)
    held = [i for i, p in enumerate(predictors) if p.link.name in ("identity", "log")]
    running = [i for i, p in enumerate(predictors) if p.columns is None and p.link.name == "log"]
    for at in held:
        for value in _targets(predictors[at], y, rows):
            held_there = _held_at(predictors[at], working[places[at]], value, rows)
            base = np.repeat(working[None], len(rows), axis=0)
            base[:, places[at]] = held_there
            down = ON_THE_WAY if predictors[at].columns is None else ON_THE_WAY_BY_DESIGN
            for i, side, heavy in itertools.product(running, (-1, 1), (None, *running)):
                if i == at or heavy in (i, at):
                    continue
                moved = base.copy()
                named = [predictors[i].name]
                if heavy is not None:
                    moved[:, places[heavy]] = np.log(HEAVY / len(y))
                    named.append(predictors[heavy].name)
                way = down if side < 0 else _upwards(float(working[places[i].start]), y)
                ends = []
                for distance in way:
                    point = moved.copy()
                    point[:, places[i]] += side * distance
                    ends.append(point)
                yield _words(named, side, predictors[at].name), ends[0], ends[1], way[1] - way[0]
    if min(y) > 0:
        yield from _joint_ways(predictors, working, y[rows], running, places)


def _upwards(own: float, y: np.ndarray) -> tuple[float, float]:
    """Where a parameter on its way to infinity is looked at, from its own logarithm: beyond the size of the data.

    A scale gains all the way up to it, where the law is held far from them, as at their logarithms.
    """
    further = max(0.0, float(np.log(np.abs(y).max(initial=np.finfo(float).tiny))) - own)
    return ON_THE_WAY_BY_DESIGN[0] + further, ON_THE_WAY_BY_DESIGN[1] + further


def _joint_ways(
    predictors: Sequence[Predictor], working: np.ndarray, y: np.ndarray, running: Sequence[int], places: Sequence[slice]
) -> Iterator[tuple[str, np.ndarray, np.ndarray, float]]:
    """Ways on which a shape grows as a scale falls, and their product stays at an observation."""
    for shape, scale in itertools.permutations(running, 2):
        ends = []
        for distance in ON_THE_WAY_BY_DESIGN:
            point = np.repeat(working[None], len(y), axis=0)
            point[:, places[shape]] = distance
            point[:, places[scale]] = np.log(y)[:, None] - distance
            ends.append(point)
        names = predictors[scale].name, predictors[shape].name
        words = f"has no bound as {names[0]} runs to 0 and {names[1]} to infinity with their product at an observation"
        yield words, ends[0], ends[1], ON_THE_WAY_BY_DESIGN[1] - ON_THE_WAY_BY_DESIGN[0]


def _words(names: Sequence[str], side: int, held: str) -> str:
    runs = "runs" if len(names) == 1 else "run"
    end = "0" if side < 0 else "infinity"
    if len(names) == 2 and side > 0:
        return f"has no bound as {names[0]} runs to infinity and {names[1]} to 0 with {held} at an observation"
    return f"has no bound as {' and '.join(reversed(names))} {runs} to {end} with {held} at an observation"


def _targets(predictor: Predictor, y: np.ndarray, rows: np.ndarray) -> list[np.ndarray]:
    """Linear predictors `(m,)` at which a parameter stands at the observations, or at their logarithms."""
    inside = predictor.space.contains(y[rows])
    with np.errstate(all="ignore"):
        found = [np.where(inside, predictor.link.forward(np.where(inside, y[rows], 1.0)), np.nan)]
        if predictor.link.name == "identity" and y.min() > 0:
            found.append(np.log(y[rows]))
    return [value for value in found if np.isfinite(value).any()]


def _held_at(predictor: Predictor, own: np.ndarray, value: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Entries of working `(m, q)` nearest to the estimate's that give each row its linear predictor.

    The estimate's own for a row without entries in the design, whose linear predictor none moves.
    """
    if predictor.columns is None:
        return value[:, None]
    columns = predictor.columns[rows]
    offset = 0.0 if predictor.offset is None else predictor.offset[0, rows]
    short = value - offset - columns @ own
    squares = np.einsum("mq,mq->m", columns, columns)
    return own + columns * np.where(squares > 0, short / np.where(squares > 0, squares, 1.0), 0.0)[:, None]
