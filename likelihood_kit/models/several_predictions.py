"""Several quantiles or probabilities at once: a table with a column for each, with standard errors and intervals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from likelihood_kit.diagnostics.intervals import ALPHA
from likelihood_kit.models.predicted_laws import PRINTED, Prediction
from likelihood_kit.models.targets import Target


def several_table(values: np.ndarray, target: Target, index: pd.Index | None) -> pd.DataFrame:
    """Predictions `(m, q)` of rows, a column for each value that was asked for, under the name of the argument."""
    return pd.DataFrame(values, index=index, columns=pd.Index(target.several, name=target.asked_as))


@dataclass(frozen=True, repr=False)
class SeveralPredictions:
    """Predictions at several values of one argument, with standard errors and intervals.

    Attributes
    ----------
    target : Target
        What was asked for: `target.several` holds the levels of the quantiles, or the values whose probabilities they
        are.
    each : tuple of q Prediction
    """

    target: Target
    each: tuple[Prediction, ...]

    @property
    def predicted(self) -> np.ndarray:
        """The predictions, `(m, q)`."""
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
        """Intervals of each prediction, `(m, q, 2)`, inside its space."""
        return self._stacked(lambda one: one.conf_int(alpha))

    def summary_frame(self, alpha: float = ALPHA) -> pd.DataFrame:
        """Predictions, standard errors and intervals side by side, by the value that was asked for."""
        frames = dict(zip(self.target.several, (one.summary_frame(alpha) for one in self.each), strict=True))
        return pd.concat(frames, axis=1, names=[self.target.asked_as, None])

    def _stacked(self, part: Callable[[Prediction], np.ndarray]) -> np.ndarray:
        return np.stack([part(one) for one in self.each], axis=1)

    @property
    def _heading(self) -> str:
        rows = len(self.each[0].predicted)
        listing = ", ".join(f"{value:g}" for value in self.target.several)
        what = f"the {listing} quantiles"
        if self.target.kind != "quantile":
            what = ", ".join(one.what for one in self.each)
        return f"Prediction of {what}, {rows} row{'s' if rows > 1 else ''}"

    def __repr__(self) -> str:
        note = f"\n{self.note}" if self.note else ""
        return f"<{self._heading}>\n{self.summary_frame().to_string(max_rows=PRINTED)}{note}"

    def _repr_html_(self) -> str:
        note = f"<p>{self.note}</p>" if self.note else ""
        heading = self._heading.replace("P(Y >", "P(Y &gt;")
        return f"<p>{heading}</p>{self.summary_frame().to_html(max_rows=PRINTED)}{note}"
