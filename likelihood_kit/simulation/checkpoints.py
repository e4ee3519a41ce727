"""Pieces of a study that are done, kept in a folder, so that a study that was stopped goes on from there."""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from likelihood_kit._numerics.files import replace, replacing
from likelihood_kit.errors import ArgumentError, OutputError, shown
from likelihood_kit.simulation.estimators import Estimates

#: A size, the number of the chunk, and its replications.
Piece = tuple[int, int, int]
#: Estimates by estimator.
Found = Mapping[str, Estimates]
#: Version of the files.
FORMAT = 1
_HEADER = "checkpoint.json"
_TITLE = "likelihood_kit checkpoint"
#: Arrays of the estimates of each estimator, and the kinds of their numbers.
_PARTS = {"values": "f", "standard_errors": "f", "converged": "b"}


@dataclass(frozen=True)
class Checkpoint:
    """Folder with one file for each piece that is done, each put there in one step.

    Attributes
    ----------
    folder : Path
    estimators : tuple of str
    entries : int
        Parameters, p.
    """

    folder: Path
    estimators: tuple[str, ...]
    entries: int

    @classmethod
    def of(cls, folder: Any, study: Mapping[str, Any], entries: int) -> Checkpoint:
        """The checkpoint of a study in a folder, which is made where there is none.

        Parameters
        ----------
        folder : str or path
        study : dict
            What its numbers depend on, as JSON has it; `estimators` among it.
        entries : int

        Raises
        ------
        ArgumentError
            Where the folder holds another study, or something else.
        OutputError
            Where it cannot be made, read or written.
        """
        path = _checked_folder(folder)
        header = {_TITLE: FORMAT, **study}
        try:
            path.mkdir(parents=True, exist_ok=True)
            if (path / _HEADER).exists():
                _compare(path, json.loads((path / _HEADER).read_text(encoding="utf-8")), header)
            elif any(path.iterdir()):
                raise ArgumentError(f"checkpoint: {str(path)!r} holds something else; name an empty or a new folder")
            else:
                replace(path / _HEADER, json.dumps(header, indent=1).encode())
        except OSError as error:
            raise OutputError(f"checkpoint: {str(path)!r} cannot be used: {error.strerror or error}") from None
        except ValueError as error:
            if isinstance(error, ArgumentError):
                raise
            raise ArgumentError(f"checkpoint: {str(path)!r} is none of this kit's: {error}") from None
        return cls(path, tuple(study["estimators"]), entries)

    def keep(self, piece: Piece, found: Found) -> None:
        """Put a piece into the folder."""
        arrays = {}
        for i, name in enumerate(self.estimators):
            for part in _PARTS:
                if getattr(found[name], part) is not None:
                    arrays[f"{part} {i}"] = getattr(found[name], part)
        try:
            with replacing(self._file(piece)) as file:
                np.savez(file, **arrays)
        except OSError as error:
            raise OutputError(f"checkpoint: cannot write to {str(self.folder)!r}: {error.strerror or error}") from None

    def kept(self, pieces: Iterable[Piece]) -> dict[Piece, Found]:
        """Estimates of those of the pieces that are whole in the folder."""
        found = {piece: self._read(piece) for piece in pieces if self._file(piece).is_file()}
        return {piece: estimates for piece, estimates in found.items() if estimates is not None}

    def check(self, kept: Mapping[Piece, Found], work: Callable[..., Found]) -> None:
        """Refuse a folder whose first piece is not what the work makes of it now: a formula or a function has changed.

        Raises
        ------
        ArgumentError
        """
        for piece, before in list(kept.items())[:1]:
            now = work(*piece)
            pairs = ((before[name], now[name], part) for name in now for part in _PARTS)
            same = (_identical(getattr(one, part), getattr(other, part)) for one, other, part in pairs)
            if not all(same):
                raise ArgumentError(
                    f"checkpoint: {str(self.folder)!r} was filled by another formula, estimator or version; name "
                    "another folder"
                )

    def _file(self, piece: Piece) -> Path:
        n, chunk, _ = piece
        return self.folder / f"size_{n}_chunk_{chunk}.npz"

    def _read(self, piece: Piece) -> dict[str, Estimates] | None:
        """Estimates from a file; None where it is not whole, or of another shape."""
        shapes: dict[str, tuple[int, ...]] = {
            "values": (piece[2], self.entries),
            "standard_errors": (piece[2], self.entries),
        }
        shapes["converged"] = (piece[2],)
        found = {}
        try:
            with open(self._file(piece), "rb") as file, np.load(file, allow_pickle=False) as archive:
                for i, name in enumerate(self.estimators):
                    parts = {part: archive.get(f"{part} {i}") for part in _PARTS}
                    for part, array in parts.items():
                        if array is None and part == "standard_errors":
                            continue
                        if array is None or array.shape != shapes[part] or array.dtype.kind != _PARTS[part]:
                            return None
                    found[name] = Estimates(**parts)
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            return None
        return found


def _identical(one: np.ndarray | None, other: np.ndarray | None) -> bool:
    if one is None or other is None:
        return one is other
    return np.array_equal(one, other, equal_nan=one.dtype.kind == "f")


def _compare(path: Path, before: Any, now: Mapping[str, Any]) -> None:
    """Refuse the header of another study."""
    if not isinstance(before, dict) or _TITLE not in before:
        raise ArgumentError(f"checkpoint: {str(path)!r} is none of this kit's")
    now = json.loads(json.dumps(now))
    for name in {**now, **before}:
        if before.get(name) != now.get(name):
            raise ArgumentError(
                f"checkpoint: {str(path)!r} is of another study: {name} is {shown(before.get(name))} there, "
                f"{shown(now.get(name))} here; name another folder, or give the same"
            )


def _checked_folder(folder: Any) -> Path:
    text = os.fspath(folder) if isinstance(folder, (str, os.PathLike)) else None
    if not isinstance(text, str) or not text or not text.isprintable():
        raise ArgumentError(f"checkpoint must be the path of a folder, not {shown(folder)}")
    return Path(text)
