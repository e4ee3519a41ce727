"""Logarithms of the distribution and survival functions of a law, as formulas that a composition can hold.

In closed form, where the author gives one that is exact in that tail and every function in it has its derivative.
Elsewhere by quadrature of conditional moments: with s the score and H the Hessian of the log density, the derivatives
of log P(Y > y) are E[s | Y > y] and E[H + s s' | Y > y] - E[s | .] E[s | .]' (Louis 1982, *Journal of the Royal
Statistical Society B* 44, 226-233, eqs. 3.1 and 3.2), integrated over the side with less mass. That holds only where
the support does not move with a parameter.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from likelihood_kit._numerics import FromEnd, expectations, lower_pairs
from likelihood_kit.calculus import DATUM, Kernels, is_differentiable
from likelihood_kit.errors import NotAvailableError
from likelihood_kit.families import compiled, declared_forms, fallbacks, integrable, seen_from
from likelihood_kit.families.law import Law, with_signature

#: Closed forms that give a tail without loss of digits there, and what makes its logarithm of them.
_CLOSED: Mapping[str, tuple[tuple[str, Callable[[Any], Any]], ...]] = {
    "log_survival": (
        ("log_survival", lambda value: value),
        ("survival", lambda value: np.log(value)),
        ("log_cdf", lambda value: np.log(-np.expm1(value))),
    ),
    "log_cdf": (
        ("log_cdf", lambda value: value),
        ("cdf", lambda value: np.log(value)),
        ("log_survival", lambda value: np.log(-np.expm1(value))),
    ),
}


@dataclass(frozen=True)
class Tail:
    """Logarithm of P(Y > y), or of P(Y <= y), of a law.

    Attributes
    ----------
    law : Law
    kind : {"log_survival", "log_cdf"}
    function : callable
        `function(y, values)`, of canonical parameters and known quantities by name; elementwise, and traceable.
    exact : bool
        Whether it is a closed form.
    opaque : dict of str to callable
        What its trace holds by name; empty for a closed form.
    """

    law: Law
    kind: str
    function: Callable[[Any, Mapping[str, Any]], Any]
    exact: bool
    opaque: Mapping[str, Callable[..., Any]] = field(default_factory=dict)

    def __call__(self, y: Any, values: Mapping[str, Any]) -> Any:
        return self.function(y, values)

    @cached_property
    def as_law(self) -> Law:
        """The tail in place of the log density, for rows of which no more is known."""
        names = tuple(self.law.quantities)

        def log_density(y: Any, *operands: Any) -> Any:
            return self.function(y, dict(zip(names, operands, strict=True)))

        return replace(
            self.law,
            pattern=f"{self.kind}({self.law.pattern})",
            log_density=with_signature(log_density, (DATUM, *names)),
            functions={},
            theorems=(),
            origin="",
            opaque=self.opaque,
        )

    @property
    def kernels(self) -> Kernels:
        """Kernels of the tail, in canonical parameters."""
        return compiled.kernels(self.as_law, tuple(self.law.parameters))


def tail_of(law: Law, kind: str) -> Tail:
    """A tail of a law.

    Raises
    ------
    NotAvailableError
        For a response of several columns, or a support that moves with a parameter and no closed form.
    """
    fallbacks.one_column(law, "survival function")
    declared_forms.require_probabilities(law)
    for name, transform in _CLOSED[kind]:
        if name in law.functions:

            def closed(y: Any, values: Mapping[str, Any], name: str = name, transform: Any = transform) -> Any:
                return transform(law.call(name, (y,), values))

            tail = Tail(law, kind, closed, True)
            if is_differentiable(tail.as_law.formula(tuple(law.parameters))):
                return tail
    moving = [name for name in law.support.depends_on if name in law.parameters]
    if moving:
        raise NotAvailableError(
            f"{law.title}: its support moves with {' and '.join(moving)}, so that the derivatives of its {kind} cannot "
            f"be had by quadrature; add a static method {kind} in functions that have derivatives"
        )
    integrable.require_density(law)
    name = f"{kind}_of_{law.name}"
    moments = ConditionalMoments(law, kind, name)

    def derived(y: Any, values: Mapping[str, Any]) -> Any:
        return moments(y, *(values[quantity] for quantity in law.quantities if quantity in values))

    return Tail(law, kind, derived, False, {name: moments})


class ConditionalMoments:
    """Logarithm of a tail and its derivatives to the second order by quadrature, one evaluation for all of them.

    Called with `y` and the known quantities and parameters of the law in order; `orders` is the order of the derivative
    in each operand, none in y or a known quantity.
    """

    def __init__(self, law: Law, kind: str, name: str) -> None:
        self.law, self.kind, self.name = law, kind, name
        self._last: tuple[tuple[Any, ...], list[np.ndarray]] | None = None

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_last": None}

    def __call__(self, y: Any, *operands: Any, orders: tuple[int, ...] | None = None) -> Any:
        for operand in (y, *operands):
            hook = getattr(operand, "__opaque__", None)
            if hook is not None:
                return hook(self.name, y, *operands)
        known = len(self.law.known)
        orders = orders or (0,) * (1 + len(operands))
        raised = [i for i, order in enumerate(orders[1 + known :]) for _ in range(order)]
        if any(orders[: 1 + known]) or len(raised) > 2:
            raise NotAvailableError(f"the {self.kind} of {self.law.title} has derivatives to the second order only")
        p = len(self.law.parameters)
        found = self._evaluated(np.asarray(y, dtype=float), [np.asarray(o, dtype=float) for o in operands])
        if len(raised) < 2:
            return found[0] if not raised else found[1 + raised[0]]
        pair = max(raised), min(raised)
        return found[1 + p + lower_pairs(p).index(pair)]

    def _evaluated(self, y: np.ndarray, operands: list[np.ndarray]) -> list[np.ndarray]:
        """Value, scores and Hessian entries, lower triangle by rows."""
        key = (y.tobytes(), y.shape, *(part for o in operands for part in (o.tobytes(), o.shape)))
        if self._last is None or self._last[0] != key:
            self._last = key, self._derivatives(y, operands)
        return self._last[1]

    def _derivatives(self, y: np.ndarray, operands: list[np.ndarray]) -> list[np.ndarray]:
        law, p = self.law, len(self.law.parameters)
        y, *operands = np.broadcast_arrays(y, *operands)
        shape, y, operands = y.shape, np.ravel(y), [np.ravel(operand) for operand in operands]
        values = dict(zip(law.quantities, operands, strict=True))
        low, high = (np.broadcast_to(np.asarray(end, dtype=float), y.shape) for end in law.support.ends(values))
        at = np.clip(np.floor(y) if law.whole else y, low - law.whole, high)
        upper = self.kind == "log_survival"
        lower_mass = fallbacks.lower_share(law, at, values)
        # Over the side with less mass; where that is the other one, P = 1 - Q and its derivatives are those of -Q.
        small_is_upper = lower_mass > 0.5
        begin, end = np.where(small_is_upper, at + law.whole, low), np.where(small_is_upper, high, at)
        inside = begin <= end if law.whole else begin < end
        mass, *moments = (np.zeros(y.shape) for _ in range(1 + p + p * (p + 1) // 2))
        for side in (-1, 1):
            # Each side on its own: the end of the support that it has may be one with a pole.
            chosen = inside & (small_is_upper == (side > 0))
            if not chosen.any():
                continue
            found = self._integrals(begin[chosen], end[chosen], [operand[chosen] for operand in operands], side)
            for total, part in zip((mass, *moments), found, strict=True):
                total[chosen] = part
        wanted = small_is_upper == upper
        with np.errstate(all="ignore"):
            value = np.where(wanted, np.log(mass), np.log1p(-mass))
            share = np.where(wanted, 1 / mass, -1 / (1 - mass))
            score = [moment * share for moment in moments[:p]]
            hessian = [
                moment * share - score[i] * score[j] for moment, (i, j) in zip(moments[p:], lower_pairs(p), strict=True)
            ]
        return [part.reshape(shape) for part in (value, *score, *hessian)]

    def _integrals(self, low: np.ndarray, high: np.ndarray, operands: list[np.ndarray], side: int) -> list[np.ndarray]:
        """Mass between low and high, and integrals over it of the scores and of `H + s s'`.

        On `side` -1 low is the lower end of the support, on 1 high is the upper one.
        """
        law, names = self.law, tuple(self.law.parameters)

        def from_end(own: int) -> FromEnd | None:
            found = seen_from.kernels_from(law, side, names) if own == side else None
            return None if found is None else self._functions(found)

        integrands, log_density = self._functions(compiled.kernels(law, names))
        what = f"{law.title}: the {self.kind.replace('_', ' ')}"
        return expectations(
            integrands, log_density, low, high, operands, whole=law.whole, part=True, what=what, from_end=from_end
        )

    def _functions(self, kernels: Kernels) -> FromEnd:
        """What is integrated, and the log density, by these kernels, as functions of the datum of which they are."""
        law, p, known = self.law, len(self.law.parameters), len(self.law.known)

        def at(y: np.ndarray, rest: tuple[np.ndarray, ...]) -> Any:
            data = {**dict(zip(law.known, rest, strict=False)), DATUM: y}
            return kernels.rows.derivatives_at((data[name] for name in law.data), rest[known:])

        def score(i: int) -> Callable[..., np.ndarray]:
            return lambda y, *rest: at(y, rest)[1][i] + np.zeros(y.shape)

        def second(i: int, j: int) -> Callable[..., np.ndarray]:
            place = lower_pairs(p).index((i, j))

            def evaluate(y: np.ndarray, *rest: np.ndarray) -> np.ndarray:
                _, s, h = at(y, rest)
                return h[place] + s[i] * s[j] + np.zeros(y.shape)

            return evaluate

        integrands = [lambda y, *_: np.ones_like(y), *map(score, range(p)), *(second(i, j) for i, j in lower_pairs(p))]
        return integrands, lambda y, *rest: at(y, rest)[0]
