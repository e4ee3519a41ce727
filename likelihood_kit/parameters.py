"""Spaces of quantities and of the response: intervals of the real line, or the whole numbers in one.

A link carries the open interval of a parameter onto the whole line (see `links`).
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from likelihood_kit._numerics import as_floats, is_number
from likelihood_kit.calculus.author import called
from likelihood_kit.errors import ArgumentError, FormulaError, near_names, shown
from likelihood_kit.links import LINE, Link, known_links, link_of

#: An end of a space: a number, the name of a quantity, or a function of quantities, which are its arguments.
End = float | str | Callable[..., Any]
#: Arguments that a function can be given in their order.
POSITIONAL = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


@dataclass(frozen=True)
class Space:
    """Interval `(low, high)` of the real line, open unless `closed`; or the whole numbers from low to high.

    Where the space is a support, an end may be the name of a quantity, or a function of quantities by their names. An
    `unlimited` one also holds infinity, as the limit of what is never ended.
    """

    low: End = -np.inf
    high: End = np.inf
    closed: tuple[bool, bool] = (False, False)
    whole: bool = False
    unlimited: bool = False
    name: str = field(default="", compare=False)

    def __repr__(self) -> str:
        return f"lk.{self.name or self._written}"

    @property
    def _written(self) -> str:
        """How a space that was not typed with its ends is made."""
        ends = ", ".join(f"{end:g}" if isinstance(end, (int, float)) else _text(end) for end in (self.low, self.high))
        if self.whole:
            return f"Integers({ends})"
        plain = {(-np.inf, np.inf): "Real()", (0.0, np.inf): "Positive()", (0.0, 1.0): "UnitInterval()"}
        if not self.moves and self.closed == (False, False) and self.numbers in plain:
            return plain[self.numbers]
        usual = isinstance(self.low, str), isinstance(self.high, str)
        return f"Interval({ends})" if self.closed == usual else f"Interval({ends}, closed={self.closed})"

    def ends(self, values: Mapping[str, Any] | None = None) -> tuple[Any, Any]:
        """Both ends, numbers or arrays, at the `values` of the quantities that they depend on, by name."""
        return _at(self.low, values or {}), _at(self.high, values or {})

    @property
    def depends_on(self) -> tuple[str, ...]:
        """Names of the quantities with which an end moves."""
        return tuple(dict.fromkeys((*_names(self.low), *_names(self.high))))

    @property
    def moves(self) -> bool:
        """Whether an end depends on quantities."""
        return any(isinstance(end, str) or callable(end) for end in (self.low, self.high))

    @property
    def numbers(self) -> tuple[float, float]:
        """Both ends where they are numbers; infinite where they move."""
        low = -np.inf if _names(self.low) else float(self.low)  # type: ignore[arg-type]
        return low, np.inf if _names(self.high) else float(self.high)  # type: ignore[arg-type]

    def at(self, values: Mapping[str, Any]) -> Space:
        """The same space with numbers for the ends that these values of quantities determine."""
        low, high = (
            float(_at(end, values)) if _names(end) and all(name in values for name in _names(end)) else end
            for end in (self.low, self.high)
        )
        return replace(self, low=low, high=high, name="")

    def contains(self, values: Any, quantities: Mapping[str, Any] | None = None) -> Any:
        """Which of the values lie in the space; False for NaN; boolean array of the broadcast shape.

        Raises
        ------
        ArgumentError
            For values that are no numbers.
        """
        try:
            values = as_floats(values)
        except TypeError as error:
            raise ArgumentError(f"{self!r}: what lies in it must be numbers, {error}") from None
        low, high = self.ends(quantities)
        above = values >= low if self.closed[0] else values > low
        below = values <= high if self.closed[1] else values < high
        inside = (above & below & np.isfinite(values)) | (self.unlimited & (values == np.inf))
        return inside & (values == np.floor(values)) if self.whole else inside

    def link(self, name: str | None = None) -> Link:
        """Link onto the real line: the default one, or by name.

        Raises
        ------
        ArgumentError
            For a name that the space does not know.
        """
        low, high = self.numbers
        known = known_links(low, high)
        if name is None:
            name = known[0]
        if not isinstance(name, str) or name not in known:
            raise ArgumentError(f"link {name!r} does not fit the space {self!r}: {near_names(name, known)}")
        return link_of(low, high, name)

    def onto_the_line(self, link: Link) -> Link:
        """A link of which every linear predictor has a parameter: this one, or the default one of the space."""
        return link if link.image == LINE else self.link()

    @property
    def latex(self) -> str:
        r"""Set notation, such as `(0, \infty)`."""
        low, high = _latex_end(self.low), _latex_end(self.high)
        if not self.whole:
            return f"{'[' if self.closed[0] else '('}{low}, {high}{']' if self.closed[1] else ')'}"
        if not isinstance(self.low, (int, float)) or self.low == -np.inf:
            first = low
        elif isinstance(self.high, (int, float)) and self.high - self.low == 1:
            return rf"\{{{low}, {high}\}}"
        else:
            first = f"{low}, {_latex_end(self.low + 1)}"
        return rf"\{{{first}, \ldots\}}" if self.high == np.inf else rf"\{{{first}, \ldots, {high}\}}"


def _names(end: End) -> tuple[str, ...]:
    """Names of the quantities that an end depends on."""
    if isinstance(end, str):
        return (end,)
    return tuple(inspect.signature(end).parameters) if callable(end) else ()


def _at(end: End, values: Mapping[str, Any]) -> Any:
    if isinstance(end, str):
        return values[end]
    return _called(end, [values[name] for name in _names(end)]) if callable(end) else end


def _called(end: Callable[..., Any], operands: list[Any]) -> Any:
    """What a function for an end returns; refuses what is no number for each of the values that it is called with."""
    what = f"the end {_text(end)}({', '.join(_names(end))}) of a support"
    found = called(end, operands, what)
    array = isinstance(found, (np.ndarray, np.generic))
    good = found.dtype.kind in "biuf" if array else found is not None and not isinstance(found, (str, bytes, complex))
    if good and array and found.ndim:
        shapes = [np.shape(operand) for operand in operands]
        good = found.shape in (*shapes, np.broadcast_shapes(*shapes))
    if not good:
        raise FormulaError(f"{what} is {shown(found)}; it must be one number for each of the values of its arguments")
    return found


def _latex_end(end: End) -> str:
    if isinstance(end, str):
        return rf"\mathrm{{{end}}}"
    if callable(end):
        name = getattr(end, "__name__", "end").replace("<lambda>", "end").replace("_", r"\_")
        return rf"\mathrm{{{name}}}({', '.join(_latex_end(name) for name in _names(end))})"
    if np.isinf(end):
        return r"\infty" if end > 0 else r"-\infty"
    return f"{float(end):g}"


@dataclass(frozen=True)
class Known:
    """A quantity of a formula that is never estimated: given for each row, or held fixed.

    Attributes
    ----------
    space : Space
        Its values.
    """

    space: Space

    def __post_init__(self) -> None:
        require_space("Known", self.space)


@dataclass(frozen=True)
class Observed:
    """A further column of the response of a formula.

    Attributes
    ----------
    space : Space
        Its values.
    """

    space: Space

    def __post_init__(self) -> None:
        require_space("Observed", self.space)


def require_space(what: str, space: Any) -> None:
    """Refuse what is no space with numbers for its ends, which `what` takes.

    Raises
    ------
    ArgumentError
        Says what to write.
    """
    if not isinstance(space, Space):
        called = f"; write {space.__name__}(), with parentheses" if space in (Real, Positive, UnitInterval) else ""
        raise ArgumentError(f"{what} takes a space such as lk.Positive(), not {shown(space)}{called}")
    if space.moves:
        raise ArgumentError(f"{what}: the ends of {space!r} must be numbers; only those of a support move")


def Real() -> Space:
    """The whole real line; default link identity."""
    return Space(name="Real()")


def Positive() -> Space:
    """The numbers greater than zero; default link log."""
    return Space(low=0.0, name="Positive()")


def UnitInterval() -> Space:
    """The numbers between zero and one, both excluded; default link logit."""
    return Space(low=0.0, high=1.0, name="UnitInterval()")


def Interval(low: End, high: End, *, closed: tuple[bool, bool] | None = None) -> Space:
    """The numbers between low and high.

    Parameters
    ----------
    low, high : float, str or callable
        Ends; in a support also the name of the quantity that is this end, or a function of quantities that gives it,
        whose arguments are their names.
    closed : pair of bool, optional
        Whether each end belongs to it. By default an end that is named does, another does not.
    """
    _check_ends("Interval", low, high)
    if closed is None:
        closed = (isinstance(low, str), isinstance(high, str))
    if not isinstance(closed, (tuple, list)) or [type(side) for side in closed] != [bool, bool]:
        raise ArgumentError(f"Interval: closed = {shown(closed)} is no pair of True or False, such as (True, False)")
    return Space(low, high, (closed[0], closed[1]), name=f"Interval({_text(low)}, {_text(high)})")


def Integers(low: End, high: End) -> Space:
    """The whole numbers from low to high, both included; `np.inf` for no end, a name for a quantity that is one."""
    _check_ends("Integers", low, high, least=0.0)
    for argument, end in (("low", low), ("high", high)):
        if is_number(end) and np.isfinite(float(end)) and end != int(end):  # type: ignore[arg-type]
            raise ArgumentError(f"Integers: {argument} = {end} is no whole number")
    return Space(low, high, (True, True), whole=True, name=f"Integers({_text(low)}, {_text(high)})")


def _check_ends(name: str, low: End, high: End, least: float = np.finfo(float).tiny) -> None:
    """Refuse ends that are no numbers, names or functions, or out of order."""
    for argument, end in (("low", low), ("high", high)):
        if callable(end):
            _check_function(name, argument, end)
        elif isinstance(end, str):
            if not end.isidentifier():
                raise ArgumentError(f"{name}: {argument} = {end!r} is no name of a quantity")
        elif not is_number(end) or np.isnan(float(end)):
            raise ArgumentError(
                f"{name}: {argument} = {shown(end)} is no number, name of a quantity, or function of them"
            )
    if not (isinstance(low, str) or callable(low) or isinstance(high, str) or callable(high)):
        low, high = float(low), float(high)
        if not high - low >= least:
            raise ArgumentError(f"{name}: low = {low:g} is not below high = {high:g}")


def _check_function(name: str, argument: str, end: Callable[..., Any]) -> None:
    """Refuse a function for an end whose arguments cannot be the names of quantities."""
    try:
        taken = inspect.signature(end).parameters.values()
    except (TypeError, ValueError):
        taken = ()  # type: ignore[assignment]
    if isinstance(end, type) or not taken or any(one.kind not in POSITIONAL for one in taken):
        raise ArgumentError(
            f"{name}: {argument} = {_text(end)} is no function of quantities by their names, such as "
            "`lambda loc, scale: loc - scale`; an end that is always the same is a number"
        )


def _text(end: End) -> str:
    return getattr(end, "__name__", repr(end)) if callable(end) else str(end)
