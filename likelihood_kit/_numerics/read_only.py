"""Arrays and dicts of results: they cannot be changed, so that what is printed of them later is what was found."""

from __future__ import annotations

from typing import Any, NoReturn

import numpy as np


def read_only_array(array: np.ndarray) -> np.ndarray:
    """The array, or a copy where others could write to it."""
    if array.flags.writeable or not array.flags.owndata:
        array = np.array(array)
        array.setflags(write=False)
    return array


class ReadOnlyDict(dict[Any, Any]):
    """A dict that refuses to be changed.

    Examples
    --------
    >>> ReadOnlyDict(shape=2.0)["shape"] = 3.0
    Traceback (most recent call last):
    TypeError: it cannot be changed; dict(...) of it makes a copy that can
    """

    def _refuse(self, *_: Any, **__: Any) -> NoReturn:
        raise TypeError("it cannot be changed; dict(...) of it makes a copy that can")

    __setitem__ = __delitem__ = __ior__ = _refuse
    update = setdefault = pop = popitem = clear = _refuse

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (dict(self),)  # a dict of another class is filled anew, item by item
