r"""Right-censored laws.

The response is the pair of a time y and `event`: 1 where y was seen, 0 where all that is known is that Y > y. Its log
density is that of the law where event = 1 and the logarithm of its survival function where event = 0. `limit` is where
the observation of a row would have ended; expected information, samples and studies need it, a fit does not. Moments,
quantiles and the distribution function are those of the law without censoring.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from likelihood_kit._numerics import expectations, lower_pairs
from likelihood_kit.calculus import DATUM
from likelihood_kit.errors import ArgumentError
from likelihood_kit.families import compiled
from likelihood_kit.families.compositions.part import checked_part, density_of, kept, over, refuse_others
from likelihood_kit.families.family import Family
from likelihood_kit.families.law import Case, Law, with_signature
from likelihood_kit.families.tails import Tail, tail_of
from likelihood_kit.parameters import Integers, Interval

EVENT, LIMIT = "event", "limit"
#: Closed forms of the law without censoring that stand for the censored one.
_KEPT = ("cdf", "log_cdf", "survival", "log_survival", "ppf", "moments")


def censored(family: Family, *, limit: float | None = None, **others: Any) -> Family:
    """The family under right censoring: its response is the pair y and `event`.

    Parameters
    ----------
    family : Family
        Its coordinates, links and fixed values are kept.
    limit : float, optional
        Where the observation of every row ends, in the units of the response, infinite for never; by default a known
        quantity of each row.

    Raises
    ------
    ArgumentError
        For a family with a quantity called `event` or `limit`.
    ParameterError
        For a limit below the support.

    Returns
    -------
    Family
        With the further column `event` of the response (1 seen, 0 means Y > y), and the known quantity `limit`, where
        the observation of a row would have ended.

    Examples
    --------
    >>> from likelihood_kit.families import Exponential
    >>> family = censored(Exponential())
    >>> family.log_density([2.0, 3.0], event=[1, 0], scale=2.0)
    array([-1.69314718, -1.5       ])
    >>> censored(Exponential(), limit=3.0).expected_information(scale=2.0)  # (1 - exp(-3/2)) / 4
    array([[0.19421746]])
    """
    if EVENT in others:
        raise ArgumentError(
            "censored takes no argument 'event': it belongs to the model, LikelihoodModel(..., event=...)"
        )
    refuse_others("censored", others, {LIMIT: ("high", "upper", "right", "at")})
    law = checked_part(family, "censored")
    for name in (EVENT, LIMIT):
        if name in law.quantities:
            raise ArgumentError(
                f"censored: {law.title} has a quantity called {name!r}, as censoring has; give it another name"
            )
    composed = kept(law, ("censored",), lambda: _censored(law))
    return over(family, composed, {} if limit is None else {LIMIT: limit})


def uncensored(family: Family) -> Family:
    """The family without its censoring, whose response is the time alone; any other family as it is."""
    law = next((case.law for case in family.law.cases if (case.column, case.value) == (EVENT, 1)), None)
    if law is None:
        return family
    coordinates = None if family.coordinate_names == tuple(family.law.parameters) else family.coordinate_names
    fixed = {name: value for name, value in family.fixed.items() if name != LIMIT}
    return Family.of(law, coordinates, family.chosen_links, fixed)


def is_censored(family: Family) -> bool:
    """Whether a family is a censored one, and its column `event` says which rows were seen."""
    return any(case.column == EVENT for case in family.law.cases)


def _censored(law: Law) -> Law:
    survival = tail_of(law, "log_survival")
    density = density_of(law)
    quantities = tuple(law.quantities)
    low, _ = law.support.numbers

    def log_density(y: Any, event: Any, *operands: Any) -> Any:
        values = dict(zip(quantities, operands, strict=True))
        return np.where(event == 1, density(y, values), survival(y, values))

    return replace(
        law,
        pattern=f"censored({law.pattern})",
        log_density=with_signature(log_density, (DATUM, EVENT, *quantities)),
        observed={EVENT: Integers(0, 1)},
        known={**law.known, LIMIT: replace(Interval(low, np.inf), closed=(law.whole, False), unlimited=True)},
        added=(LIMIT,),
        functions=_functions(law, survival),
        theorems=tuple(theorem for theorem in law.theorems if theorem.censored),
        origin="",
        opaque={**law.opaque, **survival.opaque},
        cases=(Case(EVENT, 1, law), Case(EVENT, 0, survival.as_law)),
    )


def _functions(law: Law, survival: Tail) -> dict[str, Any]:
    """Closed forms of the censored law."""
    quantities = tuple(law.quantities)
    found = {name: law.functions[name] for name in _KEPT if name in law.functions}
    if "start" in law.functions or "method_of_moments" in law.functions:
        # As if all had been seen: near enough for the search.
        found["start"] = law.functions.get("start") or law.functions["method_of_moments"]

    def sample(rng: Any, size: Any, limit: Any, *operands: Any) -> dict[str, np.ndarray]:
        from likelihood_kit.families import sampling

        values = dict(zip(quantities, operands, strict=True))
        drawn = sampling.sample(law, rng, size, values)
        return {DATUM: np.minimum(drawn, limit), EVENT: (drawn <= limit).astype(np.int64)}

    def expected_information(limit: Any, *operands: Any) -> list[np.ndarray]:
        return _information(law, survival, limit, dict(zip(quantities, operands, strict=True)))

    found["sample"] = with_signature(sample, ("rng", "size", LIMIT, *quantities))
    found["expected_information"] = with_signature(expected_information, (LIMIT, *quantities))
    return found


def _information(law: Law, survival: Tail, limit: Any, values: dict[str, Any]) -> list[np.ndarray]:
    """Expected information of one observation, lower triangle by rows: E[s s'; Y <= limit] + S(limit) t t'.

    `s` is the score of the law and `t` that of its log survival at the limit.
    """
    names, known = tuple(law.parameters), tuple(law.known)
    kernels = compiled.kernels(law, names)
    limit, *operands = np.broadcast_arrays(np.asarray(limit, dtype=float), *(values[name] for name in (*known, *names)))
    named = dict(zip((*known, *names), operands, strict=True))
    low, high = (np.broadcast_to(np.asarray(end, dtype=float), limit.shape) for end in law.support.ends(named))
    end = np.clip(np.floor(limit) if law.whole else limit, low, high)

    def at(y: np.ndarray, rest: tuple[np.ndarray, ...]) -> Any:
        data = {**dict(zip(known, rest, strict=False)), DATUM: y}
        return kernels.rows.derivatives_at((data[name] for name in law.data), rest[len(known) :])

    integrands = [lambda y, *rest, i=i, j=j: at(y, rest)[1][i] * at(y, rest)[1][j] for i, j in lower_pairs(len(names))]
    seen = expectations(
        integrands, lambda y, *rest: at(y, rest)[0], low, end, operands, whole=law.whole,
        what=f"censored({law.title}): the expected information",
    )  # fmt: skip
    data = [end, *(named[name] for name in known)]
    beyond, score, _ = survival.kernels.rows.derivatives_at(data, (named[name] for name in names))
    mass = np.where(end < high, np.exp(beyond), 0.0)
    with np.errstate(invalid="ignore"):
        return [
            part + np.where(mass > 0, mass * score[i] * score[j], 0.0)
            for part, (i, j) in zip(seen, lower_pairs(len(names)), strict=True)
        ]
