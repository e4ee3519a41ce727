"""Penalised likelihood of a model as a function of a point: its value, gradient and curvature."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from likelihood_kit.diagnostics.ascent import Shape, Summit, ascended
from likelihood_kit.diagnostics.jeffreys_penalty import JeffreysPenalised, log_rate_terms, logit_terms
from likelihood_kit.diagnostics.restricted_ascent import SCALES, axes
from likelihood_kit.families.catalogue.bernoulli import Bernoulli
from likelihood_kit.families.catalogue.binomial import Binomial
from likelihood_kit.families.catalogue.poisson import Poisson
from likelihood_kit.models import at_params
from likelihood_kit.models.adjusted_scores import AdjustedScores
from likelihood_kit.models.covariances import frequencies
from likelihood_kit.predictor import params_from_working

#: Terms of rows in closed form, by family and link.
CLOSED = (((Bernoulli, Binomial), "logit", logit_terms), ((Poisson,), "log", log_rate_terms))


@dataclass(frozen=True, eq=False)
class PenalisedSurface:
    """Penalised likelihood of a model, but for a constant, at a point of well-conditioned coordinates.

    Of logits of probabilities and logs of Poisson rates in closed form, which is exact where a probability rounds to 0
    or 1; of other families by the adjusted score, with the information for a curvature.
    """

    scores: AdjustedScores

    @cached_property
    def closed(self) -> JeffreysPenalised | None:
        """The closed form, where there is one."""
        rows, model = self.scores.rows, self.scores.model
        for families, link, terms in CLOSED:
            if type(model.family) in families and len(rows.predictors) == 1:
                predictor = rows.predictors[0]
                if predictor.columns is not None and predictor.link.name == link:
                    return _closed(model, rows, terms)
        return None

    def at(self, point: np.ndarray) -> Shape | None:
        """Value and derivatives at a point `(k,)`; None where there are none."""
        if self.closed is not None:
            with np.errstate(all="ignore"):
                return self.closed.at(point)
        here = self.scores.at(point)
        if here is None:
            return None
        value = summed_value(self.scores, point)
        if not np.isfinite(value):
            return None
        return Shape(value, here.score, here.expected, here.expected)

    def ascents(self, points: list[np.ndarray]) -> list[Summit]:
        """Maxima by ascents from points `(k,)`, multiples of them and 0, and aside of the highest, in closed form."""
        if self.closed is None:
            return []
        starts = [*points, np.zeros_like(points[0]), *(scale * point for point in points for scale in SCALES)]
        found = [one for one in (ascended(self.at, start) for start in starts) if one is not None and one.solved]
        top = max(found, key=lambda one: one.value).point if found else points[0]
        here = self.at(top)
        if here is not None:
            aside = [ascended(self.at, top + move) for move in axes(here.metric)]
            found += [one for one in aside if one is not None and one.solved]
        return found


def _closed(model: Any, rows: Any, terms: Callable[..., Any]) -> JeffreysPenalised:
    predictor, n = rows.predictors[0], rows.sample.rows
    trials = {**model.family.fixed, **model.known}.get("trials", 1.0)
    columns, weights = predictor.columns, frequencies(rows, n)
    offset = np.zeros((1, n)) if predictor.offset is None else predictor.offset
    y = next(iter(rows.sample.columns.values()))
    wide = [np.broadcast_to(np.asarray(part, dtype=float), (n,)) for part in (offset[0], np.ravel(y), trials, weights)]
    found = JeffreysPenalised(terms, columns, *wide)
    counts = found.weights > 0
    return found if counts.all() else replace(
        found, columns=columns[counts], offset=found.offset[counts], y=found.y[counts], trials=found.trials[counts],
        weights=found.weights[counts],
    )  # fmt: skip


def summed_value(scores: AdjustedScores, point: np.ndarray) -> float:
    """Log likelihood and penalty, of the user's params, at a point, by the well-conditioned designs."""
    rows, model = scores.rows, scores.model
    params = params_from_working(rows.predictors, point)
    information = at_params.expected_information(rows, params, model.family, model.known)
    penalty = np.linalg.slogdet(information)[1] / 2 - np.linalg.slogdet(scores.transform)[1]
    return float(scores.summed.value(point[None])[0]) + float(penalty)
