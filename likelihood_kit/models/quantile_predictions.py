"""Several quantiles of the response at once: a table with a column for each, with standard errors and intervals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from likelihood_kit.diagnostics.intervals import ALPHA
from likelihood_kit.models.predicted_laws import PRINTED, Prediction

#: Name of the columns' index in tables.
QUANTILE = "quantile"


def quantile_table(values: np.ndarray, levels: tuple[float, ...], index: pd.Index | None) -> pd.DataFrame:
    """Quantiles `(m, q)` of rows, a column for each level."""
    return pd.DataFrame(values, index=index, columns=pd.Index(levels, name=QUANTILE))


@dataclass(frozen=True, repr=False)
class QuantilePredictions:
    """Predictions of several quantiles with standard errors and intervals.

    Attributes
    ----------
    levels : tuple of q float
    each : tuple of q Prediction
    """

    levels: tuple[float, ...]
    each: tuple[Prediction, ...]

    @property
    def predicted(self) -> np.ndarray:
        """The quantiles, `(m, q)`."""
        return self._stacked(lambda one: one.predicted)

    @property
    def se(self) -> np.ndarray:
        """Their standard errors, `(m, q)`; NaN where the delta method gives none."""
        return self._stacked(lambda one: one.se)

    @property
    def note(self) -> str:
        """Why there are no standard errors, or no intervals; empty where there is nothing to say."""
        return "; ".join(dict.fromkeys(one.note for one in self.each if one.note))

    def conf_int(self, alpha: float = ALPHA) -> np.ndarray:
        """Intervals of each quantile, `(m, q, 2)`, inside the support."""
        return self._stacked(lambda one: one.conf_int(alpha))

    def summary_frame(self, alpha: float = ALPHA) -> pd.DataFrame:
        """Predictions, standard errors and intervals side by side, by quantile."""
        frames = dict(zip(self.levels, (one.summary_frame(alpha) for one in self.each), strict=True))
        return pd.concat(frames, axis=1, names=[QUANTILE, None])

    def _stacked(self, part: Callable[[Prediction], np.ndarray]) -> np.ndarray:
        return np.stack([part(one) for one in self.each], axis=1)

    @property
    def _heading(self) -> str:
        rows = len(self.each[0].predicted)
        listing = ", ".join(f"{level:g}" for level in self.levels)
        return f"Prediction of the {listing} quantiles, {rows} row{'s' if rows > 1 else ''}"

    def __repr__(self) -> str:
        note = f"\n{self.note}" if self.note else ""
        return f"<{self._heading}>\n{self.summary_frame().to_string(max_rows=PRINTED)}{note}"

    def _repr_html_(self) -> str:
        note = f"<p>{self.note}</p>" if self.note else ""
        return f"<p>{self._heading}</p>{self.summary_frame().to_html(max_rows=PRINTED)}{note}"
