"""What a study is asked for, checked before any work."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from likelihood_kit._numerics import is_whole
from likelihood_kit.errors import ArgumentError, shown

#: Largest whole number that a float holds exactly: no sample, and no number of samples, is larger.
LARGEST_COUNT = 2**53


def positive_integer(value: Any, argument: str) -> int:
    """A number of observations, or of samples."""
    if not is_whole(value) or value < 1:
        raise ArgumentError(f"{argument}: {shown(value)} is not a positive integer")
    if value > LARGEST_COUNT:
        raise ArgumentError(f"{argument}: {shown(value)} is beyond all that a machine can hold")
    return int(value)


def sample_sizes(values: Any) -> tuple[int, ...]:
    """Different sample sizes in ascending order, from one or several."""
    if isinstance(values, np.ndarray) and not values.ndim:
        values = values[()]
    several = isinstance(values, Iterable) and not isinstance(values, (str, bytes, Mapping))
    sizes = tuple(sorted(positive_integer(n, "sizes") for n in (values if several else [values])))
    if not sizes:
        raise ArgumentError("sizes is empty: give one sample size or more")
    if len(set(sizes)) < len(sizes):
        raise ArgumentError(f"sizes {sizes} holds a size twice")
    return sizes


def size_of(value: Any, sizes: Sequence[int]) -> int:
    """One of the sizes of a study."""
    if not is_whole(value) or value not in sizes:
        raise ArgumentError(f"size: {shown(value)} is none of the study; it has {', '.join(map(str, sizes))}")
    return int(value)


def replication_of(value: Any, replications: int) -> int:
    """One of the replications of a study, counted from 0."""
    if not is_whole(value) or not 0 <= value < replications:
        raise ArgumentError(
            f"replication: {shown(value)} is none of the study; give a whole number from 0 to {replications - 1}"
        )
    return int(value)


def seed(value: Any) -> int:
    """Seed of random numbers."""
    if not is_whole(value) or value < 0:
        raise ArgumentError(f"seed: {shown(value)} is not a whole number of 0 or more")
    return int(value)


def processes(n_jobs: Any) -> int:
    """Number of processes; -1 is one per core."""
    if not is_whole(n_jobs) or (n_jobs < 1 and n_jobs != -1):
        raise ArgumentError(f"n_jobs = {shown(n_jobs)}: give a number of processes, or -1 for one per core")
    if n_jobs != -1:
        return int(n_jobs)
    import joblib

    return int(joblib.cpu_count())


def check_flag(value: Any, argument: str) -> None:
    """Refuse what is neither True nor False."""
    if not isinstance(value, (bool, np.bool_)):
        raise ArgumentError(f"{argument} = {shown(value)}: give True or False")
