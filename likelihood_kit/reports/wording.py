"""What the axes of a figure are called: names as they are, or as the user writes them, with units."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from likelihood_kit.errors import ArgumentError, near_names, shown
from likelihood_kit.reports.style import plain

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True)
class Wording:
    """Words for names.

    Attributes
    ----------
    labels : dict of name to str
        In matplotlib's notation: what is between dollars is a formula.
    units : dict of name to str
    """

    labels: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)

    def of(self, name: object) -> str:
        r"""The words for a name on an axis, with its unit in parentheses.

        >>> print(Wording({"scale": r"$\sigma$"}, {"scale": "days"}).of("scale"))
        $\sigma$ (days)
        """
        words = self.labels.get(str(name), plain(name))
        unit = self.units.get(str(name))
        return words if unit is None else f"{words} ({unit})"


PLAIN = Wording()


def wording(labels: Any, units: Any, names: Iterable[object]) -> Wording:
    """Checked words for the names of a figure.

    Raises
    ------
    ArgumentError
        For what is no dict of such names to text that can be drawn.
    """
    known = [str(name) for name in names]
    checked = {}
    for argument, given in {"labels": labels, "units": units}.items():
        if given is None:
            given = {}
        if not isinstance(given, Mapping):
            raise ArgumentError(f"{argument} must be a dict of name to text, such as {{{known[0]!r}: 'days'}}")
        for name, text in given.items():
            if name not in known:
                near = near_names(name, known)
                raise ArgumentError(f"{argument}: nothing in the figure is called {shown(name)}: {near}")
            if not isinstance(text, str) or not _can_be_drawn(text):
                raise ArgumentError(f"{argument}: {shown(text)} for {name!r} is no text that can be drawn")
        checked[argument] = dict(given)
    return Wording(**checked)


def _can_be_drawn(text: str) -> bool:
    """Whether matplotlib can print a text, and the formulas in it."""
    from matplotlib.mathtext import MathTextParser

    if not text.strip() or not text.isprintable():
        return False
    try:
        if text.replace(r"\$", "").count("$") and not text.replace(r"\$", "").count("$") % 2:
            MathTextParser("path").parse(text)
    except (ValueError, RuntimeError):
        return False
    return True


def own_axes(ax: Any, counts: Mapping[int, str]) -> list[Axes]:
    """The user's axes to draw into.

    Parameters
    ----------
    ax : Axes, or sequence or array of Axes
    counts : dict of int to str
        Numbers of axes that a figure can be drawn into, and what is then drawn.

    Raises
    ------
    ArgumentError
    """
    from matplotlib.axes import Axes

    several = list(ax.flat) if isinstance(ax, np.ndarray) else list(ax) if isinstance(ax, (list, tuple)) else [ax]
    if not several or not all(isinstance(one, Axes) for one in several):
        raise ArgumentError(f"ax must be axes of matplotlib, as plt.subplots() gives them, not {shown(ax)}")
    if len(set(map(id, several))) < len(several):
        raise ArgumentError("ax holds the same axes twice")
    if len(several) not in counts:
        possible = ", or ".join(f"{count} for {what}" for count, what in counts.items())
        raise ArgumentError(f"ax holds {len(several)} axes; give {possible}")
    return several
