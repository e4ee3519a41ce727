"""The file of a study: NumPy's `.npz` with a header in JSON, and the schema that it is held to when it is read."""

from __future__ import annotations

import json
import math
import os
import stat
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from likelihood_kit._numerics.files import may_name_a_file, replacing
from likelihood_kit.errors import ArgumentError, DataError, OutputError, shown
from likelihood_kit.links import known_links
from likelihood_kit.simulation.arguments import LARGEST_COUNT
from likelihood_kit.simulation.measures import check_policies

#: Version of the file.
FORMAT = 1
#: Fields that are arrays by estimator; the others stand in the header of the file.
BY_ESTIMATOR = ("estimates", "standard_errors")
#: Fields that earlier files lack, with what they had.
EARLIER = {"mcse": "moments", "infinite": "left out", "scales": {}}
_TITLE = "likelihood_kit study"
#: What reading a file that is something else, was cut short or was changed by hand may raise.
_MALFORMED = (
    *(ValueError, KeyError, TypeError, EOFError, RecursionError, OverflowError, MemoryError, RuntimeError),
    *(zipfile.BadZipFile, NotImplementedError),
)


class _SchemaError(ValueError):
    """What is in the file is not what a study consists of."""


def write_study(path: str | os.PathLike[str], fields: Mapping[str, Any]) -> None:
    """Write the fields of a result to a file, which takes the place of an earlier one in one step.

    Raises
    ------
    OutputError
        Where that cannot be done.
    """
    header = {name: value for name, value in fields.items() if name not in (*BY_ESTIMATOR, "information")}
    header |= {name: list(fields[name]) for name in BY_ESTIMATOR}
    arrays = {f"{name} {i}": array for name in BY_ESTIMATOR for i, array in enumerate(fields[name].values())}
    if fields["information"] is not None:
        arrays["information"] = fields["information"]
    text = json.dumps({_TITLE: FORMAT, **header})
    path = _checked_path(path)
    try:
        with replacing(path) as file:
            np.savez(file, header=np.array(text), **arrays)
    except OSError as error:
        raise OutputError(f"cannot write the study to {str(path)!r}: {error.strerror or error}") from None


def read_study(path: str | os.PathLike[str]) -> dict[str, Any]:
    """Fields of a result from its file, checked before anything is made of them.

    Nothing is unpickled, and no array is made before its type and shape, in the file itself, are those that the header
    says, and its numbers are all there.

    Raises
    ------
    DataError
        Where there is no such file, or it is something else.
    """
    path = _checked_path(path)
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise DataError(f"cannot read {str(path)!r}: it is no file")
        with open(path, "rb") as file, zipfile.ZipFile(file) as archive:
            return _fields(archive, os.fstat(file.fileno()).st_size)
    except OSError as error:
        raise DataError(f"cannot read {str(path)!r}: {error.strerror or error}") from None
    except DataError:
        raise
    except _MALFORMED as error:
        said = f"there is no {error}" if isinstance(error, KeyError) else str(error)
        raise DataError(f"{str(path)!r} is no study saved by this kit: {said}") from None


def _checked_path(path: Any) -> Path:
    if not may_name_a_file(path):
        raise ArgumentError(f"path must be text or a path, not {shown(path)}")
    return Path(os.fsdecode(path))


def _fields(archive: zipfile.ZipFile, size: int) -> dict[str, Any]:
    members = {member.filename.removesuffix(".npy"): member for member in archive.infolist()}
    if len(members) != len(archive.infolist()):
        raise _SchemaError("two of its parts have one name")
    for name, member in members.items():
        if member.compress_type != zipfile.ZIP_STORED or member.file_size != member.compress_size:
            raise _SchemaError(f"{name} is compressed, which this kit does not do")
    if sum(member.file_size for member in members.values()) > size:
        raise _SchemaError("its parts are said to be larger than the file")
    header = _checked_header(_text(archive, members["header"]))
    shape = (len(header["sizes"]), header["replications"], len(header["truth"]))
    wanted = {f"{name} {i}": (name, who) for name in BY_ESTIMATOR for i, who in enumerate(header[name])}
    unknown = set(members) - set(wanted) - {"header", "information"}
    if unknown:
        raise _SchemaError(f"it has a part {min(unknown)!r} that no study has")
    found: dict[str, dict[str, np.ndarray]] = {name: {} for name in BY_ESTIMATOR}
    for part, (name, who) in wanted.items():
        found[name][who] = _array(archive, members[part], shape, f"{name} of {who!r}")
    if any((errors < 0).any() for errors in found["standard_errors"].values()):
        raise _SchemaError("a standard error is negative")
    information = None
    if "information" in members:
        information = _array(archive, members["information"], (shape[2], shape[2]), "the information")
        if not np.isfinite(information).all():
            raise _SchemaError("the information is not finite")
    if (information is None) != bool(header["no_bound"]):
        raise _SchemaError("it must have either an information or a reason why there is no bound")
    return {**header, **found, "information": information}


def _text(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> str:
    """The header, one text."""
    with archive.open(member) as file:
        shape, kind = _layout(file)
        if shape != () or kind.kind != "U" or kind.itemsize != member.file_size - file.tell():
            raise _SchemaError("its header is no text")
        return str(_read(archive, member))


def _array(archive: zipfile.ZipFile, member: zipfile.ZipInfo, shape: tuple[int, ...], name: str) -> np.ndarray:
    """An array of numbers, once its file says that it has the shape and the bytes of one."""
    with archive.open(member) as file:
        found, kind = _layout(file)
        if kind != np.dtype("<f8"):
            raise _SchemaError(f"{name} are of type {kind}, not float64")
        if found != shape:
            raise _SchemaError(f"{name} have shape {found}, not {shape}")
        if math.prod(shape) * kind.itemsize != member.file_size - file.tell():
            raise _SchemaError(f"{name} are cut short")
    return _read(archive, member)


def _layout(file: Any) -> tuple[tuple[int, ...], np.dtype]:
    """Shape and type that the file of an array says, its numbers unread."""
    version = np.lib.format.read_magic(file)
    if version == (1, 0):
        shape, _, kind = np.lib.format.read_array_header_1_0(file)
    elif version == (2, 0):
        shape, _, kind = np.lib.format.read_array_header_2_0(file)
    else:
        raise _SchemaError(f"a part has the format {version}")
    return shape, kind


def _read(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> np.ndarray:
    with archive.open(member) as file:
        array = np.lib.format.read_array(file, allow_pickle=False)
        file.read(1)  # at its end the archive compares the sum of its bytes
    return array


def _checked_header(text: str) -> dict[str, Any]:
    """The fields of the header, each held to its schema."""
    header = json.loads(text)
    if not isinstance(header, dict) or _TITLE not in header:
        raise _SchemaError("its header is that of something else")
    version = header.pop(_TITLE)
    if version != FORMAT:
        raise _SchemaError(f"its format is {version}, this version reads {FORMAT}")
    header = {**EARLIER, **header}
    if header.keys() != SCHEMA.keys():
        name = min(header.keys() ^ SCHEMA.keys())
        raise _SchemaError(f"its header has {'no' if name in SCHEMA else 'an unknown'} field {name!r}")
    for name, check in SCHEMA.items():
        wanted = check(header[name])
        if wanted:
            raise _SchemaError(f"{name} must be {wanted}")
    check_policies(header["mcse"], header["infinite"])
    estimators, p = header["estimates"], len(header["truth"])
    if not set(header["standard_errors"]) <= set(estimators):
        raise _SchemaError("standard_errors are of an estimator that has no estimates")
    if header["expected_rates"].keys() != set(estimators):
        raise _SchemaError("expected_rates must be of the estimators")
    if any(len(rates) != p for rates in header["expected_rates"].values()):
        raise _SchemaError(f"expected_rates must be {p} for each estimator")
    if not set(header["scales"]) <= set(header["truth"]):
        raise _SchemaError("scales must be of the parameters")
    header["scales"] = {name: (float(low), float(high), link) for name, (low, high, link) in header["scales"].items()}
    header["sizes"] = tuple(header["sizes"])
    header["expected_rates"] = {name: tuple(map(float, rates)) for name, rates in header["expected_rates"].items()}
    return header


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= LARGEST_COUNT


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < math.inf


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and bool(value)


def _is_rate(value: Any) -> bool:
    return _is_number(value) or (isinstance(value, float) and math.isnan(value))


def _names(value: Any) -> str:
    right = isinstance(value, list) and all(map(_is_name, value)) and len(set(value)) == len(value)
    return "" if right else "a list of different names"


def _some_names(value: Any) -> str:
    return _names(value) or ("" if value else "one name or more")


def _plain_text(value: Any) -> str:
    return "" if isinstance(value, str) else "text"


def _truth(value: Any) -> str:
    right = (
        isinstance(value, dict) and bool(value) and all(map(_is_name, value)) and all(map(_is_number, value.values()))
    )
    return "" if right else "a finite number for each parameter"


def _sizes(value: Any) -> str:
    right = isinstance(value, list) and bool(value) and all(map(_is_count, value)) and value == sorted(set(value))
    return "" if right else "positive whole numbers in ascending order"


def _rates(value: Any) -> str:
    right = isinstance(value, dict) and all(isinstance(r, list) and all(map(_is_rate, r)) for r in value.values())
    return "" if right else "lists of numbers by estimator"


def _seed(value: Any) -> str:
    right = isinstance(value, int) and not isinstance(value, bool) and value >= 0
    return "" if right else "a whole number of 0 or more"


def _is_scale(value: Any) -> bool:
    if not isinstance(value, list) or len(value) != 3:
        return False
    low, high, name = value
    ends = all(isinstance(end, (int, float)) and not isinstance(end, bool) for end in (low, high))
    return ends and low < high and name in known_links(low, high)


def _scales(value: Any) -> str:
    right = isinstance(value, dict) and all(map(_is_name, value)) and all(map(_is_scale, value.values()))
    return "" if right else "two ends and the name of a link by parameter"


#: What each field of the header must be, in words; empty where the value is.
SCHEMA: Mapping[str, Callable[[Any], str]] = {
    "family": _plain_text,
    "truth": _truth,
    "sizes": _sizes,
    "replications": lambda value: "" if _is_count(value) else "a positive whole number",
    "seed": _seed,
    "estimates": _some_names,
    "standard_errors": _names,
    "no_bound": _plain_text,
    "expected_rates": _rates,
    "mcse": _plain_text,
    "infinite": _plain_text,
    "scales": _scales,
}
