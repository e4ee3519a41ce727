"""A real data set for demonstrations."""

from __future__ import annotations

import pandas as pd


def strike_durations() -> pd.Series:
    """Durations in days of 62 strikes in US manufacturing, 1968 to 1976, `(62,)`.

    Kennan, J. (1985). The duration of contract strikes in U.S. manufacturing. *Journal of Econometrics* 28, 5-28;
    ships with statsmodels.
    """
    from statsmodels.datasets import strikes

    return strikes.load_pandas().data["duration"].rename("duration")
