"""Pieces of a study that are done, kept in a folder, so that a study that was stopped goes on from there."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from likelihood_kit._numerics.files import is_unfinished, replace, replacing
from likelihood_kit.errors import ArgumentError, OutputError, shown
from likelihood_kit.families import Family
from likelihood_kit.simulation.archives import Archive, MalformedError, json_of, reading, require_file
from likelihood_kit.simulation.estimates import Estimates, of_space

#: A size, the number of the chunk, and its replications.
Piece = tuple[int, int, int]
#: Estimates by estimator.
Found = Mapping[str, Estimates]
#: Version of the files.
FORMAT = 1
_HEADER = "checkpoint.json"
_TITLE = "likelihood_kit checkpoint"
#: Arrays of the estimates of each estimator, and the types of their numbers.
_PARTS = {"values": "<f8", "standard_errors": "<f8", "converged": "?"}
#: Relative difference of an estimate from a batch and from its sample alone, in which the last rounding leads a search
#: another way: 1e-9 for the kit's own, and room for the looser searches of others. Above it a piece is computed whole.
_ALONE = 1e-6


@dataclass(frozen=True)
class Checkpoint:
    """Folder with one file for each piece that is done, each put there in one step.

    Attributes
    ----------
    folder : Path
    estimators : tuple of str
    family : Family
    """

    folder: Path
    estimators: tuple[str, ...]
    family: Family

    @classmethod
    def of(cls, folder: Any, study: Mapping[str, Any], family: Family) -> Checkpoint:
        """The checkpoint of a study in a folder, which is made where there is none.

        Parameters
        ----------
        folder : str or path
        study : dict
            What its numbers depend on, as JSON has it; `estimators` among it.
        family : Family
            In whose spaces estimates lie.

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
                require_file(path / _HEADER)
                _compare(path, json_of((path / _HEADER).read_bytes()), header)
            elif not all(map(is_unfinished, path.iterdir())):
                raise ArgumentError(f"checkpoint: {str(path)!r} holds something else; name an empty or a new folder")
            else:
                replace(path / _HEADER, json.dumps(header, indent=1).encode())
        except OSError as error:
            raise OutputError(f"checkpoint: {str(path)!r} cannot be used: {error.strerror or error}") from None
        except MalformedError as error:
            raise ArgumentError(f"checkpoint: {str(path)!r} is none of this kit's: {error}") from None
        return cls(path, tuple(study["estimators"]), family)

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
        """Estimates of those of the pieces that are whole in the folder.

        Raises
        ------
        ArgumentError
            Where something else than a file has the name of one: it could not be put in its place.
        """
        found = {piece: self._read(piece) for piece in pieces if self._is_there(piece)}
        return {piece: estimates for piece, estimates in found.items() if estimates is not None}

    def check(self, kept: Mapping[Piece, Found], work: Callable[..., Found], first: Callable[..., Found]) -> None:
        """Refuse a folder that is not what the work makes of it now: a formula or a function has changed.

        The first piece is computed again, and must be the same to the bit; of every other size the first samples of one
        piece, and the whole piece where that differs by more than a search may.

        Parameters
        ----------
        kept : dict of piece to its estimates
        work, first : callable
            Estimates of a piece, and of its first samples alone.

        Raises
        ------
        ArgumentError
        """
        first_of_size = {piece[0]: piece for piece in reversed(list(kept))}
        for piece in reversed(list(first_of_size.values())):
            before = kept[piece]
            if piece != next(iter(kept)) and _near(before, first(*piece)):
                continue
            if not _same(before, work(*piece)):
                raise ArgumentError(
                    f"checkpoint: {str(self.folder)!r} was filled by another formula, estimator or version; name "
                    "another folder"
                )

    def _file(self, piece: Piece) -> Path:
        n, chunk, _ = piece
        return self.folder / f"size_{n}_chunk_{chunk}.npz"

    def _is_there(self, piece: Piece) -> bool:
        try:
            mode = self._file(piece).stat().st_mode
        except FileNotFoundError:
            return False
        except OSError as error:
            raise OutputError(f"checkpoint: cannot read {str(self._file(piece))!r}: {error.strerror}") from None
        if not stat.S_ISREG(mode):
            raise ArgumentError(f"checkpoint: {str(self._file(piece))!r} is no file; remove it or name another folder")
        return True

    def _read(self, piece: Piece) -> dict[str, Estimates] | None:
        """Estimates from a file; None where it is not whole, of another shape or type, or out of range."""
        try:
            with reading(self._file(piece)) as archive:
                return {name: self._of(archive, i, piece[2]) for i, name in enumerate(self.estimators)}
        except (OSError, MalformedError):
            return None

    def _of(self, archive: Archive, i: int, r: int) -> Estimates:
        """Estimates of the i-th estimator, which must be what `of_space` leaves as it is."""
        shape = (r, len(self.family.parameter_names))
        shapes = {"values": shape, "standard_errors": shape, "converged": shape[:1]}
        parts = {part: f"{part} {i}" for part in _PARTS}
        if parts["standard_errors"] not in archive.names:
            del parts["standard_errors"]
        found = {part: archive.array(name, shapes[part], _PARTS[part], part) for part, name in parts.items()}
        estimates = Estimates(found["values"], found.get("standard_errors"), found["converged"])
        inside = of_space(self.family, estimates.values)
        if not (_identical(inside.values, estimates.values) and _identical(inside.converged, estimates.converged)):
            raise MalformedError("estimates are outside their spaces")
        errors = estimates.standard_errors
        if errors is not None and not (np.isnan(errors[~inside.converged]).all() and not (errors < 0).any()):
            raise MalformedError("standard errors are none")
        return estimates


def _same(before: Found, now: Found) -> bool:
    """Whether estimates are the same to the bit."""
    return all(_identical(getattr(before[name], part), getattr(now[name], part)) for name in now for part in _PARTS)


def _near(before: Found, alone: Found) -> bool:
    """Whether the first of the estimates are, but for what a search may differ by, those of their samples alone."""
    pairs = ((getattr(before[name], part), getattr(alone[name], part)) for name in alone for part in _PARTS)
    return all(_near_first(*pair) for pair in pairs)


def _near_first(before: np.ndarray | None, alone: np.ndarray | None) -> bool:
    if before is None or alone is None:
        return before is alone
    return np.allclose(before[: len(alone)], alone, rtol=_ALONE, atol=0.0, equal_nan=True)


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
            given = f"give {name}={before.get(name)}" if name == "seed" else "give the same"
            raise ArgumentError(
                f"checkpoint: {str(path)!r} is of another study: {name} is {shown(before.get(name))} there, "
                f"{shown(now.get(name))} here; {given} to go on with it, or name another folder"
            )


def _checked_folder(folder: Any) -> Path:
    text = os.fspath(folder) if isinstance(folder, (str, os.PathLike)) else None
    if not isinstance(text, str) or not text or not text.isprintable():
        raise ArgumentError(f"checkpoint must be the path of a folder, not {shown(folder)}")
    return Path(text)
