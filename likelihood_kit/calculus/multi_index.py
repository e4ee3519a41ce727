"""Partial derivatives of any order, by multi-index: how often each variable is differentiated."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator

MultiIndex = tuple[int, ...]


def multi_indices(p: int, order: int) -> list[MultiIndex]:
    """All of p variables up to an order, from order 1 on, the lower orders first.

    >>> multi_indices(2, 2)
    [(1, 0), (0, 1), (2, 0), (1, 1), (0, 2)]
    """
    found = [
        index
        for total in range(1, order + 1)
        for index in itertools.product(range(total, -1, -1), repeat=p)
        if sum(index) == total
    ]
    return found


def below(index: MultiIndex) -> Iterator[MultiIndex]:
    """Multi-indices up to one, in each entry, 0 and itself included."""
    return itertools.product(*(range(entry + 1) for entry in index))


def ways(index: MultiIndex, part: MultiIndex) -> int:
    """Product of the binomial coefficients of the entries: in how many ways a part is chosen."""
    return math.prod(math.comb(n, k) for n, k in zip(index, part, strict=True))


def plus(index: MultiIndex, variable: int) -> MultiIndex:
    """Once more in one variable."""
    return tuple(entry + (at == variable) for at, entry in enumerate(index))


def minus(index: MultiIndex, other: MultiIndex) -> MultiIndex:
    """What is left of one."""
    return tuple(a - b for a, b in zip(index, other, strict=True))


def last_variable(index: MultiIndex) -> int:
    """The last variable that is differentiated."""
    return max(at for at, entry in enumerate(index) if entry)
