"""A study: samples of a known law, estimates from each, many times over, at growing sizes."""

from __future__ import annotations

import contextlib
import operator
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import numpy as np

from likelihood_kit._numerics import stacked_inverse
from likelihood_kit._numerics.memory import available_memory
from likelihood_kit._numerics.printed import counted, in_bytes, percent
from likelihood_kit.errors import ArgumentError, DensityWarning, NotAvailableError, ParameterError
from likelihood_kit.families import Family
from likelihood_kit.families.compositions.censored import uncensored
from likelihood_kit.families.total_mass import mass_note
from likelihood_kit.simulation.estimators import Columns, Estimates, Estimator, UserFunction, resolve
from likelihood_kit.simulation.measures import check_policies
from likelihood_kit.simulation.result import StudyResult

#: Values per chunk, 2 MB: enough replications at once to make light of the interpreter, and few enough for the cache.
CHUNK = 2**20
#: Part of the free memory that a study may fill, so that the machine stays usable.
MEMORY_SHARE = 0.5
#: Bytes of a number, and of the place of a chunk in the list of them.
NUMBER_BYTES, PIECE_BYTES = 8, 200
#: Arrays as large as a chunk while it is drawn and estimated; as large as the estimates, with standard errors, and what
#: their measures are computed in. From peaks of `tracemalloc` for Gamma laws, rounded up.
CHUNK_COPIES, RESULT_COPIES = 6, 6
#: Rows of the sample on which a study tries its parts before it starts.
PILOT = 4


@dataclass(frozen=True)
class Study:
    """Replications of estimators on samples from a family at a known truth.

    Parameters
    ----------
    family : Family
    truth : dict of parameter name to float
        Every free parameter, natural scale.
    sizes : sequence of int
        Sample sizes n.
    replications : int
        Samples r per size; the same ones serve all estimators.
    estimators : sequence of names, or dict of name to function, or a sequence of both
        Names: "mle", "moments". A function takes samples `(r, n)`, of a response of several columns a named tuple of
        them, and returns estimates `(r, p)`, NaN for none; an end of the space, infinite ones too, is an estimate.
    seed : int, optional
        Drawn, and kept here, where none is given. A sample depends on it and its size, not on the other sizes or on the
        number of workers.
    mcse : {"moments", "normal"}
        What Monte Carlo standard errors rest on: see `StudyResult`.
    infinite : {"left out", "kept"}
        What becomes of infinite estimates: see `StudyResult`.

    Raises
    ------
    ArgumentError, ParameterError, NotAvailableError
        Before any work, for what cannot run.

    Examples
    --------
    >>> from likelihood_kit.families import Exponential
    >>> result = Study(Exponential(), {"scale": 2.0}, sizes=(10, 20), replications=500, seed=1).run(progress=False)
    >>> result.estimates["mle"].shape
    (2, 500, 1)
    """

    family: Family
    truth: Mapping[str, float]
    sizes: Sequence[int]
    replications: int
    estimators: Sequence[str | Mapping[str, UserFunction]] | Mapping[str, UserFunction] | str = ("mle",)
    seed: int | None = None
    mcse: str = "moments"
    infinite: str = "left out"
    _estimators: Mapping[str, Estimator] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not isinstance(self.family, Family):
            hint = ": make one by calling it" if isinstance(self.family, type) else ""
            raise ArgumentError(f"family must be a family such as lk.Gamma(), not {self.family!r}{hint}")
        if not self.family.parameter_names:
            raise ArgumentError(f"{self.family!r} has no free parameter to estimate")
        check_policies(self.mcse, self.infinite)
        _check_known(self.family)
        given = self.sizes if isinstance(self.sizes, Iterable) and not isinstance(self.sizes, str) else [self.sizes]
        sizes = tuple(sorted(_positive_integer(n, "sizes") for n in given))
        if not sizes:
            raise ArgumentError("sizes is empty: give one sample size or more")
        if len(set(sizes)) < len(sizes):
            raise ArgumentError(f"sizes {sizes} holds a size twice")
        settings = {
            "truth": self.family.check_theta(self.truth, "truth"),
            "sizes": sizes,
            "replications": _positive_integer(self.replications, "replications"),
            "seed": np.random.SeedSequence().entropy if self.seed is None else _seed(self.seed),
            "_estimators": resolve(self.estimators, self.family),
        }
        for name, value in settings.items():
            object.__setattr__(self, name, value)
        note = mass_note(uncensored(self.family), self.truth, "at the truth")
        if note:
            warnings.warn(note, DensityWarning, stacklevel=3)
        pilot = _draw(self.family, self.truth, (1, PILOT), np.random.SeedSequence(0))
        for name in {"mle", "moments"} & self._estimators.keys():
            self._estimators[name](pilot)

    def chunks(self) -> list[tuple[int, int, int]]:
        """Work in pieces `(n, chunk, replications)`; they depend on the sizes and the replications alone."""
        pieces = []
        for n in self.sizes:
            count = -(-self.replications // max(1, CHUNK // n))
            ends = [self.replications * i // count for i in range(count + 1)]
            pieces += [(n, i, ends[i + 1] - ends[i]) for i in range(count)]
        return pieces

    def run(self, n_jobs: int = 1, progress: bool = True) -> StudyResult:
        """Estimates of every replication, with what they say of each estimator.

        Parameters
        ----------
        n_jobs : int
            Processes; -1 for one per core. The result is the same to the bit.
        progress : bool
            Whether to show a progress bar.
        """
        workers = _workers(n_jobs)
        _check_memory(self, workers)
        shape = (len(self.sizes), self.replications, len(self.family.parameter_names))
        estimates = {name: np.full(shape, np.nan) for name in self._estimators}
        errors: dict[str, np.ndarray] = {}
        pieces = self.chunks()
        begin = {n: 0 for n in self.sizes}
        with _bar(self.replications * sum(self.sizes), progress) as advance:
            for (n, _, r), found in zip(pieces, self._work(pieces, workers), strict=True):
                place = self.sizes.index(n), slice(begin[n], begin[n] + r)
                begin[n] += r
                for name, part in found.items():
                    estimates[name][place] = part.values
                    if part.standard_errors is not None:
                        errors.setdefault(name, np.full(shape, np.nan))[place] = part.standard_errors
                advance(n * r)
        information, reason = self._information()
        return StudyResult(
            family=repr(self.family),
            truth=self.truth,
            sizes=tuple(self.sizes),
            replications=self.replications,
            seed=cast(int, self.seed),
            estimates=estimates,
            standard_errors=errors,
            information=information,
            no_bound=reason,
            expected_rates={name: self._expected_rates(name) for name in self._estimators},
            mcse=self.mcse,
            infinite=self.infinite,
        )

    def _work(self, pieces: list[tuple[int, int, int]], n_jobs: int) -> Iterator[dict[str, Estimates]]:
        common = self.family, self.truth, self._estimators, cast(int, self.seed)
        if min(n_jobs, len(pieces)) == 1:
            return (one_chunk(*common, *piece) for piece in pieces)
        import joblib

        parallel = joblib.Parallel(n_jobs=min(n_jobs, len(pieces)), return_as="generator")
        return parallel(joblib.delayed(one_chunk)(*common, *piece) for piece in pieces)

    def _information(self) -> tuple[np.ndarray | None, str]:
        """Expected information of one observation `(p, p)`, or why there is no bound."""
        try:
            information = self.family.expected_information(**self.truth)
        except NotAvailableError as error:
            return None, str(error)
        if not np.isfinite(stacked_inverse(information)).all():
            return None, "the expected information is singular at the truth: the parameters are not identified there"
        return information, ""

    def _expected_rates(self, estimator: str) -> tuple[float, ...]:
        """Exponent of n at which each parameter's error should fall; NaN where it is not known."""
        names = self.family.parameter_names
        if self.family.regular or estimator == "moments":
            return (-0.5,) * len(names)
        moving = self.family.moving
        known = estimator == "mle" and self.family.coordinate_names == self.family.available_parameters[0]
        return tuple((-1.0 if name in moving else -0.5) if known else np.nan for name in names)


def one_chunk(
    family: Family,
    truth: Mapping[str, float],
    estimators: Mapping[str, Estimator],
    seed: int,
    n: int,
    chunk: int,
    r: int,
) -> dict[str, Estimates]:
    """Estimates by all estimators on the same r samples of size n, from the chunk's own random numbers."""
    samples = _draw(family, truth, (r, n), np.random.SeedSequence(seed, spawn_key=(n, chunk)))
    return {name: estimator(samples) for name, estimator in estimators.items()}


def _draw(family: Family, truth: Mapping[str, float], shape: tuple[int, int], seed: np.random.SeedSequence) -> Columns:
    """Samples `(r, n)`: the columns of the response by name."""
    drawn = family.sample(shape, np.random.default_rng(seed), **truth)
    columns = drawn if family.law.observed else (drawn,)
    return {name: np.asarray(column, dtype=float) for name, column in zip(family.law.response, columns, strict=True)}


def unfixed(family: Family) -> list[str]:
    """Known quantities without which there is no sample, and that the family does not hold fixed."""
    law = family.law
    sampler = "sample" if "sample" in law.functions else "ppf"
    used = {*law.data, *law.support.depends_on, *(law.takes(sampler) if sampler in law.functions else ())}
    return [name for name in law.known if name in used and name not in family.fixed]


def _check_known(family: Family) -> None:
    """Refuse a family whose samples need a known quantity that it does not hold fixed."""
    missing = unfixed(family)
    if missing:
        raise ParameterError(f"{family!r}: a study needs {' and '.join(missing)}: hold it fixed in the family")


def _workers(n_jobs: Any) -> int:
    """Number of processes."""
    if isinstance(n_jobs, bool) or not isinstance(n_jobs, (int, np.integer)) or (n_jobs < 1 and n_jobs != -1):
        raise ArgumentError(f"n_jobs = {n_jobs!r}: give a number of processes, or -1 for one per core")
    if n_jobs != -1:
        return int(n_jobs)
    import joblib

    return int(joblib.cpu_count())


def _check_memory(study: Study, workers: int) -> None:
    """Refuse a study whose numbers do not fit in the memory that is free."""
    free = available_memory()
    if free is None:
        return
    allowed = MEMORY_SHARE * free
    largest, columns = max(study.sizes), len(study.family.law.response)
    pieces = sum(-(-study.replications // max(1, CHUNK // n)) for n in study.sizes)
    chunk = max(CHUNK, largest) * columns * NUMBER_BYTES * CHUNK_COPIES * min(workers, pieces)
    if chunk > allowed:
        raise ArgumentError(
            f"sizes: samples of {counted(largest)}, on {min(workers, pieces)} processes, need about {in_bytes(chunk)} "
            f"of memory, more than {percent(MEMORY_SHARE)} of the {in_bytes(free)} that are free: make them smaller, "
            "or n_jobs"
        )
    numbers = len(study.sizes) * len(study.family.parameter_names) * len(study._estimators)
    each = numbers * NUMBER_BYTES * RESULT_COPIES + PIECE_BYTES * pieces / study.replications
    if each * study.replications > allowed:
        raise ArgumentError(
            f"replications: {counted(study.replications)} need about {in_bytes(each * study.replications)} of memory "
            f"for their estimates, more than {percent(MEMORY_SHARE)} of the {in_bytes(free)} that are free: at most "
            f"{counted(allowed // each)} fit"
        )


def _positive_integer(value: Any, argument: str) -> int:
    try:
        whole = operator.index(value)
    except TypeError:
        whole = 0
    if isinstance(value, (bool, np.bool_)) or whole < 1:
        raise ArgumentError(f"{argument}: {value!r} is not a positive integer")
    return whole


def _seed(value: Any) -> int:
    try:
        whole = operator.index(value)
    except TypeError:
        whole = -1
    if isinstance(value, (bool, np.bool_)) or whole < 0:
        raise ArgumentError(f"seed: {value!r} is not a whole number of 0 or more")
    return whole


@contextlib.contextmanager
def _bar(total: int, shown: bool) -> Iterator[Callable[[int], Any]]:
    """Progress bar over a number of values, as the function that advances it."""
    if not shown:
        yield lambda _: None
        return
    with warnings.catch_warnings():
        # In a notebook without widgets it warns of its own fallback to text.
        warnings.simplefilter("ignore")
        from tqdm.auto import tqdm

        bar = tqdm(total=total, desc="study", unit="value", unit_scale=True)
    with bar:
        yield bar.update
