"""Checks of the data before any work, each with one error that names the row or the column and the remedy."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from likelihood_kit.conditioning import centred
from likelihood_kit.errors import DataError
from likelihood_kit.families import Family
from likelihood_kit.families.compositions.censored import EVENT, LIMIT
from likelihood_kit.links import LARGEST, Link
from likelihood_kit.models.columns import checked_column
from likelihood_kit.models.labels import NAMED, rows_in_words
from likelihood_kit.parameters import Space

#: A column is a combination of the others if what they leave of it is below this part of its length.
COLLINEAR = 1e-10
#: Spread of a column relative to its size that is its rounding alone.
LOST_IN_ROUNDING = 64 * np.finfo(float).eps
#: Smallest eigenvalue of the columns' correlations, far above its rounding error, that spares the longer check.
CLEARLY_INDEPENDENT = 1e-8
#: Largest whole number up to which all are numbers of double precision.
LARGEST_COUNT = 2.0**53
#: By so small a part may a time and the end of its observation differ: both are often computed, from dates say.
SAME_TIME = 1e-9
#: Columns of a spline whose sum is constant in each row.
_WITH_CONSTANT = re.compile(r"(cr|cc|cs|te)\(")

#: Size of an offset, in units of its linear predictor, that leaves four of the sixteen digits for what is added to it.
LARGEST_OFFSET = 1e12


def complete_rows(named: Mapping[str, Any], missing: str, endless: Sequence[str] = ()) -> np.ndarray | None:
    """Rows `(n,)` without NaN in any of the data, or None where all are; refuses infinities, but for the `endless`.

    Raises
    ------
    DataError
        For an infinite value; for NaN unless `missing` says what to do with it.
    """
    complete = None
    for argument, values in named.items():
        array = np.asarray(values, dtype=float)
        # One pass: a sum is finite if all its terms are, but for an overflow, which is looked at below.
        with np.errstate(all="ignore"):
            if np.isfinite(array.sum()):
                continue
        infinite = _in_rows(np.isinf(array))
        if infinite.any() and argument not in endless:
            raise DataError(f"{argument} is infinite in {rows_in_words(values, infinite)}; correct or remove it")
        empty = _in_rows(np.isnan(array))
        if not empty.any():
            continue
        if missing != "drop":
            where = rows_in_words(values, empty)
            raise DataError(f"{argument} is NaN in {where}; pass missing='drop' to leave such rows out")
        complete = ~empty if complete is None else complete & ~empty
    if complete is not None and not complete.any():
        raise DataError(f"{' or '.join(named)} is NaN in every row: there is nothing to fit")
    return complete


def _in_rows(flags: np.ndarray) -> np.ndarray:
    return flags if flags.ndim == 1 else np.asarray(flags.any(axis=1))


def check_support(endog: Any, family: Family, data: Mapping[str, Any], *, whole: bool = False) -> None:
    """Refuse values outside the support of the family, naming the first.

    `data` are the known quantities and further columns of the response, by name; `whole` that values are whole numbers.
    """
    values = np.asarray(endog, dtype=float)
    if _well_inside(values, family, whole=whole):
        return
    quantities: dict[str, Any] = {**family.fixed, **data}
    free = [name for name in family.support.depends_on if name not in quantities]
    support = family.support
    if free:
        # An end that moves with a free parameter can be put beyond any value.
        ends = [np.inf if set(_depends(end)) & set(free) else end for end in (support.low, support.high)]
        low = -np.inf if ends[0] is np.inf else ends[0]
        support = replace(support, low=low, high=ends[1])
    outside = ~support.contains(values, quantities)
    if outside.any():
        first = int(np.argmax(outside))
        raise DataError(
            f"endog has {outside.sum()} of {len(values)} values outside the support of {family!r}, "
            f"{_words(family)}; the first is {values[first]:g} in {rows_in_words(endog, outside, 1)}"
            f"{_known_there(family, data, first)}"
        )


def _known_there(family: Family, data: Mapping[str, Any], row: int) -> str:
    """What is known of a row on which the support depends, such as its trials."""
    known = [name for name in family.support.depends_on if name in data]
    said = [f"{name} is {np.asarray(data[name], dtype=float)[row]:g}" for name in known]
    return f", where {' and '.join(said)}" if said else ""


def _well_inside(values: np.ndarray, family: Family, *, whole: bool) -> bool:
    """Whether the extremes show already that all values lie in the support."""
    support = family.support
    if (support.whole and not whole) or support.depends_on or not values.size:
        return False
    low, high = support.numbers
    if support.whole:
        low, high = low - 1, high + 1
    return bool(low < values.min() and values.max() < high)


def _depends(end: Any) -> tuple[str, ...]:
    return Space(low=end).depends_on


def endless_columns(family: Family) -> tuple[str, ...]:
    """Known quantities that may be infinite, as the `limit` of an observation that is never ended."""
    return tuple(name for name, space in family.law.known.items() if space.unlimited)


def check_columns_inside(family: Family, data: Mapping[str, Any], *, gaps: bool = False) -> None:
    """Refuse values of known quantities and further columns of the response outside their spaces; NaN unless `gaps`."""
    for name, values in data.items():
        space = {**family.law.known, **family.law.observed, **family.spaces}[name]
        array = np.atleast_1d(np.asarray(values, dtype=float))
        outside = ~space.contains(array)
        if gaps:
            outside &= ~np.isnan(array)
        if name in endless_columns(family):
            outside &= array != np.inf
        if outside.any():
            first = int(np.argmax(outside))
            coded = "; it is 1 where the response was seen, 0 where it was censored" if name == EVENT else ""
            raise DataError(
                f"{name} has {outside.sum()} of {len(outside)} values outside {space!r}; the first is "
                f"{array[first]:g} in {rows_in_words(values, outside, 1)}{coded}"
            )


def check_limit(endog: Any, family: Family, columns: Mapping[str, Any]) -> None:
    """Refuse ends of observation that what was seen of their rows contradicts."""
    known = {**family.fixed, **columns}
    if LIMIT not in known or LIMIT not in endless_columns(family) or EVENT not in known:
        return
    y, event, limit = (np.asarray(values, dtype=float) for values in (endog, known[EVENT], known[LIMIT]))
    with np.errstate(invalid="ignore"):
        room = SAME_TIME * np.maximum(np.abs(y), np.where(np.isinf(limit), 0.0, np.abs(limit)))
    late, early = y > limit + room, (event == 0) & (y < limit - room)
    if late.any():
        raise DataError(
            f"{LIMIT} lies before endog in {rows_in_words(endog, late)}: nothing is seen after its observation ended"
        )
    if early.any():
        raise DataError(
            f"{LIMIT} lies beyond endog in {rows_in_words(endog, early)}, where {EVENT} is 0 and so the observation "
            f"ended at endog; {LIMIT} is endog in such rows"
        )


def checked_weights(values: Any, argument: str, rows: int) -> Any:
    """Weights of the rows, `(n,)`: none negative; frequencies are whole numbers. They may still be missing."""
    weights = checked_column(values, argument, rows)
    array = np.asarray(weights, dtype=float)
    with np.errstate(invalid="ignore"):
        wrong = array < 0
        if argument == "freq_weights":
            wrong |= np.isfinite(array) & (array != np.floor(array))
    if wrong.any():
        negative = (array < 0).any()
        where = rows_in_words(weights, array < 0 if negative else wrong)
        raise DataError(
            f"{argument} must be not negative: it is negative in {where}"
            if negative
            else f"{argument} must be a whole number of observations: it is not in {where}; for sampling weights write "
            "prob_weights="
        )
    return weights


def check_some_weight(weights: Mapping[str, Any]) -> None:
    """Refuse weights, by argument, that are zero in every row, or more than can be counted."""
    for argument, values in weights.items():
        largest = LARGEST_COUNT if argument == "freq_weights" else np.finfo(float).max
        with np.errstate(over="ignore"):
            total = np.asarray(values).sum()
        if not total <= largest:
            raise DataError(f"{argument} add up to more than {largest:.0e}, the end of exact sums; divide them")
        if not np.asarray(values).any():
            raise DataError(f"{argument} is zero in every row: there is nothing to fit")


def check_spread(endog: Any, family: Family, free: int, count: float, *, identical: bool) -> None:
    """Refuse samples on which the likelihood has no bound: too few observations, or all values equal.

    Parameters
    ----------
    endog : (n,)
    family : Family
    free : int
        Entries of params.
    count : float
        Observations.
    identical : bool
        Whether all parameters are the same for all rows.
    """
    values = np.asarray(endog, dtype=float)
    if not free:
        raise DataError(f"{family!r} has no free parameter: there is nothing to fit")
    if count < free:
        rows = "one observation" if count == 1 else f"{count:g} observations"
        raise DataError(f"{rows} cannot determine {free} parameters of {family!r}; hold some fixed, or add data")
    constant = identical and not family.discrete and free > 1 and not family.law.observed
    if constant and values[0] == values[-1] and np.ptp(values) == 0:
        raise DataError(
            f"endog is constant (all {len(values)} values are {values[0]:g}): the likelihood of {family!r} grows "
            "without bound as the density concentrates there; hold a scale parameter fixed, or use a discrete family"
        )


def check_offset(offset: np.ndarray | None, link: Link, endog: Any, argument: str) -> None:
    """Refuse an offset beside which coefficients are lost in rounding.

    Raises
    ------
    DataError
        Names the argument and the row.
    """
    if offset is None:
        return
    unit = max(1.0, float(np.max(np.abs(np.asarray(endog, dtype=float)), initial=0.0))) if link.has_unit else 1.0
    most = LARGEST_OFFSET * unit if link.name == "identity" or not link.has_unit else LARGEST
    row = int(np.argmax(np.abs(offset)))
    if not abs(offset[row]) <= most:
        raise DataError(
            f"{argument} is {offset[row]:g} in row {row}: what is added to it is lost in rounding; it must be on the "
            f"scale of the linear predictor ({link.name} link), at most {most:.3g} in size"
        )


def check_columns(exog: Any, names: Sequence[str], argument: str = "exog") -> None:
    """Refuse a design whose columns are linearly dependent, naming them."""
    matrix = np.asarray(exog, dtype=float)
    with np.errstate(over="ignore", under="ignore"):
        lengths = np.sqrt((matrix**2).sum(axis=0))
    sizes = np.abs(matrix).max(axis=0)
    unmeasured = ~np.isfinite(lengths) | ((lengths == 0) & (sizes > 0))
    if unmeasured.any():
        j = int(np.argmax(unmeasured))
        raise DataError(f"{argument}: column {names[j]} has values of size {sizes[j]:.0e}, too far from 1; rescale it")
    if (lengths == 0).any():
        raise DataError(f"{argument}: column {names[int(np.argmax(lengths == 0))]} is zero throughout; leave it out")
    if matrix.shape[0] < matrix.shape[1]:
        raise DataError(
            f"{argument} has {matrix.shape[1]} columns but only {matrix.shape[0]} rows{_widest(names)}; "
            "leave some columns out"
        )
    # A mean is no rounding error, but beside one of 1e10 a spread of 1 would look like one.
    moved, _ = centred(matrix)
    spreads = np.sqrt((moved**2).sum(axis=0))
    rounded = spreads <= LOST_IN_ROUNDING * lengths
    scaled = np.where(rounded, matrix / lengths, moved / np.where(rounded, 1.0, spreads))
    if np.linalg.eigvalsh(scaled.T @ scaled)[0] > CLEARLY_INDEPENDENT:
        return
    triangle = np.linalg.qr(scaled, mode="r")
    dependent = np.flatnonzero(np.abs(np.diag(triangle)) < COLLINEAR)
    if not dependent.size:
        return
    j = int(dependent[0])
    weights = np.linalg.lstsq(scaled[:, :j], scaled[:, j], rcond=None)[0]
    others = [names[int(i)] for i in np.flatnonzero(np.abs(weights) > 1e-8)] or names[:j]
    listing = ", ".join(others[:NAMED]) + (f" and {len(others) - NAMED} more" if len(others) > NAMED else "")
    raise DataError(f"{argument}: column {names[j]} is a linear combination of {listing}; {_cure(names[j])}")


def _widest(names: Sequence[str]) -> str:
    """Which term makes most of the columns, in words; empty where each makes one."""
    (term, count), *_ = Counter(str(name).partition("[")[0] for name in names).most_common(1)
    return f", of which {term} makes {count}" if count > 1 else ""


def _cure(name: str) -> str:
    """What to do about a column that others make up; of a spline no column can be left out."""
    spline = _WITH_CONSTANT.match(name)
    if not spline:
        return "leave one of them out"
    return (
        f"the columns of {spline[1]} add up to the constant: write {spline[1]}(..., constraints='center'), "
        "or leave the constant out by - 1 in the formula"
    )


def _words(family: Family) -> str:
    space = family.support
    words = ["the whole numbers" if space.whole else "the numbers"]
    ends = ((space.low, "from", "above"), (space.high, "to", "below"))
    for (end, at, beyond), closed in zip(ends, space.closed, strict=True):
        end = family.fixed.get(end, end) if isinstance(end, str) else end
        if not isinstance(end, (int, float)):
            words.append(
                f"{at if closed else beyond} {end if isinstance(end, str) else getattr(end, '__name__', 'an end')}"
            )
        elif np.isfinite(end):
            words.append(f"{at if closed else beyond} {end:g}")
    return " ".join(words)
