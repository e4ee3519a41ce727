"""Labels of rows: data that have them are put together by them, or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from likelihood_kit._numerics.frames import as_pandas
from likelihood_kit.errors import ArgumentError, DataError, near_names, shown
from likelihood_kit.models.columns import as_flag

#: Rows named in a message; the rest are counted.
NAMED = 5
#: The small-sample correction of a clustered covariance that adjusts its scores, as `use_correction`.
CR2 = "CR2"


def rows_in_words(values: Any, chosen: np.ndarray, most: int = NAMED) -> str:
    """Rows by position, and by index label where pandas gives another."""
    places = np.flatnonzero(chosen)
    index = values.index if isinstance(values, (pd.Series, pd.DataFrame)) else None
    words = []
    for place in places[:most]:
        label = "" if index is None or np.array_equal(index[place], place) else f" (index {index[place]!r})"
        words.append(f"{place}{label}")
    rest = f" and {len(places) - most} more" if len(places) > most > 1 else ""
    return f"row{'s' if len(places) > 1 and most > 1 else ''} {', '.join(words)}{rest}"


def check_index(data: Mapping[str, Any]) -> None:
    """Refuse data of which pandas labels the rows differently, by argument."""
    labelled = {name: values.index for name, values in data.items() if isinstance(values, (pd.Series, pd.DataFrame))}
    first = next(iter(labelled), "")
    for argument, index in labelled.items():
        if not index.equals(labelled[first]):
            raise DataError(
                f"{first} and {argument} have different indices, so that their rows do not match; align them, "
                "or pass arrays where the order is right"
            )


def aligned(values: Any, argument: str, index: pd.Index | None, whose: str) -> Any:
    """Values in the order of an index, by their labels where both have some; others as they are.

    Raises
    ------
    DataError
        Where a label has no value, or several.
    """
    if index is None or not isinstance(values, (pd.Series, pd.DataFrame)) or values.index.equals(index):
        return values
    if not values.index.is_unique or not index.isin(values.index).all():
        raise DataError(
            f"{whose} and {argument} have different indices, so that their rows do not match; align them, "
            f"or pass {argument} as an array where the order is right"
        )
    return values.loc[index]


def checked_groups(cov_kwds: Any, model: Any) -> np.ndarray:
    """Codes `(n,)` of the clusters in `cov_kwds`: labels of the model's rows, or the name of a column of its data."""
    if not isinstance(cov_kwds, Mapping) or "groups" not in cov_kwds:
        raise ArgumentError("cov_type='cluster' needs cov_kwds={'groups': labels}, one label per observation")
    unknown = [name for name in cov_kwds if name not in ("groups", "use_correction")]
    if unknown:
        raise ArgumentError(f"cov_kwds: {unknown[0]!r} is unknown; it takes groups and use_correction")
    correction = cov_kwds.get("use_correction", True)
    if not (isinstance(correction, str) and correction == CR2):
        if isinstance(correction, str):
            raise ArgumentError(f"cov_kwds: use_correction = {shown(correction)}: give True, False or {CR2!r}")
        as_flag(correction, "cov_kwds: use_correction")
    groups, rows = _in_order(cov_kwds["groups"], model), len(model.endog)
    if groups.shape != (rows,):
        raise DataError(f"groups has shape {groups.shape}; it must hold one label for each of {rows} rows")
    try:
        codes, found = pd.factorize(groups)
    except TypeError as error:
        raise DataError(f"groups holds what is no label: {error}; use numbers or text") from None
    if (codes < 0).any():
        raise DataError(f"groups has no label in {rows_in_words(groups, codes < 0)}; every row belongs to a cluster")
    if len(found) < 2:
        raise DataError("groups holds one cluster only; a clustered covariance needs at least two")
    return codes


def _in_order(groups: Any, model: Any) -> np.ndarray:
    """Labels of clusters in the order of the model's rows, None or NaN where one is missing."""
    frame, complete, labels = getattr(model.data, "frame", None), model.complete, model.data.row_labels
    if isinstance(groups, str):
        names = () if frame is None else tuple(map(str, frame.columns))
        if groups not in names:
            raise DataError(f"groups: the data have no column {groups!r}: {near_names(groups, names)}")
        groups = frame.iloc[:, names.index(groups)]  # type: ignore[union-attr]
    groups = as_pandas(groups)
    if isinstance(groups, pd.DataFrame) and groups.shape[1] == 1:
        groups = groups.iloc[:, 0]
    if not isinstance(groups, pd.Series):
        array = _as_labels(groups)
        return array if complete is None or array.shape != complete.shape else array[complete]
    whole = complete is not None and len(groups) == len(complete)
    if whole and (labels is None or groups.index[complete].equals(labels)):
        groups = groups[complete]
    return _as_labels(aligned(groups, "groups", labels, "endog"))


def _as_labels(groups: Any) -> np.ndarray:
    """Labels as an array; refuses records, complex numbers and ragged lists."""
    if isinstance(groups, np.ma.MaskedArray) and groups.ndim == 1:
        groups = pd.Series(groups.data).mask(np.ma.getmaskarray(groups))
    try:
        array = np.asarray(groups)
    except ValueError:
        raise DataError("groups has rows of different lengths; it must hold one label for each row") from None
    if array.dtype.kind in "Vc":
        raise DataError(f"groups holds what is no label (dtype {array.dtype}); use numbers or text")
    return array
