"""A table with one verdict in words per estimator and parameter."""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Verdicts:
    """A table with one verdict in words per estimator and parameter.

    Attributes
    ----------
    table : DataFrame
    verdicts : dict of (estimator, parameter) to str
    """

    title: ClassVar[str] = ""

    table: pd.DataFrame
    verdicts: Mapping[tuple[str, str], str]

    def __str__(self) -> str:
        words = [f"{estimator}, {name}: {text}" for (estimator, name), text in self.verdicts.items()]
        return "\n".join([self.title, self.table.to_string(index=False, float_format="{:.4g}".format), *words])

    def _repr_html_(self) -> str:
        words = "".join(
            f"<li><b>{html.escape(estimator)}, {html.escape(name)}</b>: {html.escape(text)}</li>"
            for (estimator, name), text in self.verdicts.items()
        )
        table = self.table.to_html(index=False, float_format="{:.4g}".format)
        return f"<h4>{html.escape(self.title)}</h4>{table}<ul>{words}</ul>"


def figure(value: float, mcse: float) -> str:
    """Value with its Monte Carlo standard error in brackets, to two digits of the latter.

    >>> figure(-0.50321, 0.0123)
    '-0.503 (0.012)'
    >>> figure(1234.5, 67.8)
    '1234 (68)'
    """
    if not (np.isfinite(mcse) and mcse > 0 and np.isfinite(value)):
        return f"{value:.4g}"
    digits = max(0, 1 - int(np.floor(np.log10(mcse))))
    if digits > 6:
        return f"{value:.6g} ({mcse:.1e})"
    return f"{value:.{digits}f} ({mcse:.{digits}f})"
