"""The file of a study: NumPy's `.npz` with a header in JSON, and the schema that it is held to when it is read."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from likelihood_kit._numerics.files import may_name_a_file, replacing
from likelihood_kit.errors import ArgumentError, DataError, OutputError, shown
from likelihood_kit.links import known_links
from likelihood_kit.simulation.archives import Archive, MalformedError, json_of, reading
from likelihood_kit.simulation.arguments import LARGEST_COUNT
from likelihood_kit.simulation.measures import check_policies

#: Version of the file.
FORMAT = 1
#: Fields that are arrays by estimator; the others stand in the header of the file.
BY_ESTIMATOR = ("estimates", "standard_errors")
#: Fields that earlier files lack, with what they had.
EARLIER = {"mcse": "moments", "infinite": "left out", "scales": {}}
_TITLE = "likelihood_kit study"


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
        with reading(path) as archive:
            return _fields(archive)
    except OSError as error:
        raise DataError(f"cannot read {str(path)!r}: {error.strerror or error}") from None
    except DataError:
        raise
    except ValueError as error:
        raise DataError(f"{str(path)!r} is no study saved by this kit: {error}") from None


def _checked_path(path: Any) -> Path:
    if not may_name_a_file(path):
        raise ArgumentError(f"path must be text or a path, not {shown(path)}")
    return Path(os.fsdecode(path))


def _fields(archive: Archive) -> dict[str, Any]:
    header = _checked_header(archive.text("header"))
    shape = (len(header["sizes"]), header["replications"], len(header["truth"]))
    wanted = {f"{name} {i}": (name, who) for name in BY_ESTIMATOR for i, who in enumerate(header[name])}
    unknown = set(archive.names) - set(wanted) - {"header", "information"}
    if unknown:
        raise MalformedError(f"it has a part {min(unknown)!r} that no study has")
    found: dict[str, dict[str, np.ndarray]] = {name: {} for name in BY_ESTIMATOR}
    for part, (name, who) in wanted.items():
        found[name][who] = archive.array(part, shape, "<f8", f"{name} of {who!r}")
    _check_ranges(header, found)
    information = None
    if "information" in archive.names:
        information = archive.array("information", (shape[2], shape[2]), "<f8", "the information")
        if not np.isfinite(information).all():
            raise MalformedError("the information is not finite")
    if (information is None) != bool(header["no_bound"]):
        raise MalformedError("it must have either an information or a reason why there is no bound")
    return {**header, **found, "information": information}


def _check_ranges(header: Mapping[str, Any], found: Mapping[str, Mapping[str, np.ndarray]]) -> None:
    """Refuse negative standard errors, and a truth or estimates beyond the ends of the scale of a parameter."""
    if any((errors < 0).any() for errors in found["standard_errors"].values()):
        raise MalformedError("a standard error is negative")
    for j, (name, truth) in enumerate(header["truth"].items()):
        if name not in header["scales"]:
            continue
        low, high, _ = header["scales"][name]
        if not low <= truth <= high:
            raise MalformedError(f"the truth {name} = {truth:g} is beyond the ends {low:g} and {high:g} of its scale")
        for who, values in found["estimates"].items():
            if ((values[..., j] < low) | (values[..., j] > high)).any():
                raise MalformedError(f"estimates of {name} by {who!r} are beyond {low:g} and {high:g}, its ends")


def _checked_header(text: str) -> dict[str, Any]:
    """The fields of the header, each held to its schema."""
    header = json_of(text)
    if not isinstance(header, dict) or _TITLE not in header:
        raise MalformedError("its header is that of something else")
    version = header.pop(_TITLE)
    if version != FORMAT:
        raise MalformedError(f"its format is {version}, this version reads {FORMAT}")
    header = {**EARLIER, **header}
    if header.keys() != SCHEMA.keys():
        name = min(header.keys() ^ SCHEMA.keys())
        raise MalformedError(f"its header has {'no' if name in SCHEMA else 'an unknown'} field {name!r}")
    for name, check in SCHEMA.items():
        wanted = check(header[name])
        if wanted:
            raise MalformedError(f"{name} must be {wanted}")
    check_policies(header["mcse"], header["infinite"])
    estimators, p = header["estimates"], len(header["truth"])
    if not set(header["standard_errors"]) <= set(estimators):
        raise MalformedError("standard_errors are of an estimator that has no estimates")
    if header["expected_rates"].keys() != set(estimators):
        raise MalformedError("expected_rates must be of the estimators")
    if any(len(rates) != p for rates in header["expected_rates"].values()):
        raise MalformedError(f"expected_rates must be {p} for each estimator")
    if not set(header["scales"]) <= set(header["truth"]):
        raise MalformedError("scales must be of the parameters")
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
