"""Files of others, read with distrust: arrays of an `.npz`, held to type and shape before they are made, and JSON.

Nothing is unpickled or unpacked, and no array is made before the file itself says that it is the one that is wanted.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import stat
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

#: Bit of a part of an archive that is encrypted (PKWARE, APPNOTE.TXT 6.3.10, section 4.4.4).
_ENCRYPTED = 0x1


class MalformedError(ValueError):
    """What is in the file is not what it should hold."""


class Archive:
    """Parts of an `.npz`, open to be read, none of them compressed, encrypted or larger than the file.

    Attributes
    ----------
    names : tuple of str
    """

    def __init__(self, archive: zipfile.ZipFile, size: int) -> None:
        members = archive.infolist()
        self._archive = archive
        self._members: Mapping[str, zipfile.ZipInfo] = {m.filename.removesuffix(".npy"): m for m in members}
        if len(self._members) != len(members):
            raise MalformedError("two of its parts have one name")
        for name, member in self._members.items():
            if member.compress_type != zipfile.ZIP_STORED or member.file_size != member.compress_size:
                raise MalformedError(f"{name} is compressed, which this kit does not do")
            if member.flag_bits & _ENCRYPTED:
                raise MalformedError(f"{name} is encrypted, which this kit does not do")
        if sum(member.file_size for member in members) > size:
            raise MalformedError("its parts are said to be larger than the file")

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the parts."""
        return tuple(self._members)

    def array(self, name: str, shape: tuple[int, ...], kind: str, what: str) -> np.ndarray:
        """An array, once its file says that it has the type and shape, and the bytes of one; cannot be written to."""
        member = self._member(name)
        with self._archive.open(member) as file:
            found, dtype = _layout(file)
            if dtype != np.dtype(kind):
                raise MalformedError(f"{what} are of type {dtype}, not {np.dtype(kind)}")
            if found != shape:
                raise MalformedError(f"{what} have shape {found}, not {shape}")
            if math.prod(shape) * dtype.itemsize != member.file_size - file.tell():
                raise MalformedError(f"{what} are cut short")
        return self._read(member)

    def text(self, name: str) -> str:
        """A part that is one text."""
        member = self._member(name)
        with self._archive.open(member) as file:
            shape, kind = _layout(file)
            if shape != () or kind.kind != "U" or kind.itemsize != member.file_size - file.tell():
                raise MalformedError(f"its {name} is no text")
        return str(self._read(member))

    def _member(self, name: str) -> zipfile.ZipInfo:
        if name not in self._members:
            raise MalformedError(f"there is no {name!r}")
        return self._members[name]

    def _read(self, member: zipfile.ZipInfo) -> np.ndarray:
        with self._archive.open(member) as file:
            array = np.lib.format.read_array(file, allow_pickle=False)
            file.read(1)  # at its end the archive compares the sum of its bytes
        array.setflags(write=False)
        return array


@contextlib.contextmanager
def reading(path: Path) -> Iterator[Archive]:
    """The parts of an `.npz`; all that its bytes make go wrong within is one error.

    Raises
    ------
    MalformedError
        Where it is something else, was cut short or was changed by hand.
    OSError
        Where it cannot be read.
    """
    require_file(path)
    with open(path, "rb") as file, _foreign(), zipfile.ZipFile(file) as archive:
        yield Archive(archive, os.fstat(file.fileno()).st_size)


def require_file(path: Path) -> None:
    """Refuse a folder, a pipe, a device: to read one may never end.

    Raises
    ------
    MalformedError, OSError
    """
    if not stat.S_ISREG(path.stat().st_mode):
        raise MalformedError("it is no file")


def json_of(text: str | bytes) -> Any:
    """What a JSON text says, each key once.

    Raises
    ------
    MalformedError
    """
    with _foreign():
        return json.loads(text, object_pairs_hook=_once)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise MalformedError(f"{twice!r} stands in it twice")
    return found


@contextlib.contextmanager
def _foreign() -> Iterator[None]:
    """Whatever the bytes of another make a reader raise, as one error.

    They reach `zipfile`, NumPy, `tokenize` and `json`, which list among them AttributeError, NotImplementedError,
    RecursionError, struct.error, tokenize.TokenError and zlib.error, in other versions others.
    """
    try:
        yield
    except (OSError, MalformedError):
        raise
    except Exception as error:
        raise MalformedError(str(error) or type(error).__name__) from None


def _layout(file: Any) -> tuple[tuple[int, ...], np.dtype]:
    """Shape and type that the file of an array says, its numbers unread."""
    version = np.lib.format.read_magic(file)
    if version == (1, 0):
        shape, _, kind = np.lib.format.read_array_header_1_0(file)
    elif version == (2, 0):
        shape, _, kind = np.lib.format.read_array_header_2_0(file)
    else:
        raise MalformedError(f"a part has the format {version}")
    return shape, kind
