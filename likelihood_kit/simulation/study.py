"""A study: samples of a known law, estimates from each, many times over, at growing sizes."""

from __future__ import annotations

import contextlib
import functools
import os
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import numpy as np

from likelihood_kit._numerics import stacked_inverse
from likelihood_kit._numerics.read_only import ReadOnlyDict
from likelihood_kit._numerics.signatures import named_arguments
from likelihood_kit.errors import ArgumentError, DensityWarning, NotAvailableError, ParameterError, WorkerError
from likelihood_kit.families import Family, checked_family
from likelihood_kit.families.compositions.censored import uncensored
from likelihood_kit.families.total_mass import mass_note
from likelihood_kit.predictor import iid_predictors
from likelihood_kit.simulation.arguments import (
    check_flag,
    positive_integer,
    processes,
    replication_of,
    sample_sizes,
    seed,
    size_of,
)
from likelihood_kit.simulation.checkpoints import Checkpoint, Piece
from likelihood_kit.simulation.estimates import Estimates
from likelihood_kit.simulation.estimators import ESTIMATORS, Estimator, resolve
from likelihood_kit.simulation.measures import Scale, check_policies
from likelihood_kit.simulation.memory import check_memory
from likelihood_kit.simulation.own_functions import UserFunction, response
from likelihood_kit.simulation.pieces import drawn, one_chunk, random_of
from likelihood_kit.simulation.result import StudyResult
from likelihood_kit.simulation.workers import in_order

#: Values per chunk, 8 MB: enough replications at once to make light of the interpreter, and few enough for the cache.
CHUNK = 2**20
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
        Names: "mle", "moments", "firth", "bias_corrected". A function takes samples `(r, n)`, of a response of several
        columns a named tuple of them, and returns estimates `(r, p)`, or columns by the names of the parameters, NaN
        for none; an end of the space, infinite ones too, is an estimate.
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
    estimators: Sequence[str | Mapping[str, UserFunction | str]] | Mapping[str, UserFunction | str] | str = ("mle",)
    seed: int | None = None
    mcse: str = "moments"
    infinite: str = "left out"
    _estimators: Mapping[str, Estimator] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        checked_family(self.family)
        if not self.family.parameter_names:
            raise ArgumentError(f"{self.family!r} has no free parameter to estimate")
        check_policies(self.mcse, self.infinite)
        _check_known(self.family)
        settings = {
            "truth": ReadOnlyDict(self.family.check_theta(self.truth, "truth")),
            "sizes": sample_sizes(self.sizes),
            "replications": positive_integer(self.replications, "replications"),
            "seed": np.random.SeedSequence().entropy if self.seed is None else seed(self.seed),
            "_estimators": resolve(self.estimators, self.family),
        }
        for name, value in settings.items():
            object.__setattr__(self, name, value)
        note = mass_note(uncensored(self.family), self.truth, "at the truth")
        if note:
            warnings.warn(note, DensityWarning, stacklevel=4)
        pilot = drawn(self.family, self.truth, (1, PILOT), np.random.SeedSequence(0))
        for estimator in self._estimators.values():
            if getattr(estimator, "func", None) in ESTIMATORS.values():
                estimator(pilot)

    def chunks(self) -> list[tuple[int, int, int]]:
        """Work in pieces `(n, chunk, replications)`; they depend on the sizes and the replications alone."""
        pieces = []
        for n in self.sizes:
            count = -(-self.replications // max(1, CHUNK // n))
            ends = [self.replications * i // count for i in range(count + 1)]
            pieces += [(n, i, ends[i + 1] - ends[i]) for i in range(count)]
        return pieces

    @named_arguments
    def sample(self, replication: int, size: int) -> Any:
        """The sample of one replication at one size, drawn again: the numbers whose estimates `run` keeps.

        Parameters
        ----------
        replication : int
            From 0, as in `estimates[name][i, replication]`.
        size : int
            One of the sizes n of the study.

        Returns
        -------
        (n,) array, or a named tuple of them
            The latter of a response of several columns.

        Raises
        ------
        ArgumentError
            For a replication, or a size, that the study does not have.

        Examples
        --------
        >>> from likelihood_kit.families import Exponential
        >>> study = Study(Exponential(), {"scale": 2.0}, sizes=(10, 20), replications=500, seed=1)
        >>> y = study.sample(replication=123, size=20)
        >>> bool(y.mean() == study.run(progress=False).estimates["mle"][1, 123, 0])
        True
        """
        n, place = size_of(size, self.sizes), replication_of(replication, self.replications)
        pieces = [piece for piece in self.chunks() if piece[0] == n]
        begins = np.cumsum([0, *(r for _, _, r in pieces[:-1])])
        _, chunk, r = pieces[np.searchsorted(begins, place, side="right") - 1]
        samples = drawn(self.family, self.truth, (r, n), random_of(cast(int, self.seed), n, chunk))
        return response({name: column[place - begins[chunk]] for name, column in samples.items()})

    @named_arguments
    def run(
        self, n_jobs: int = 1, progress: bool = True, checkpoint: str | os.PathLike[str] | None = None
    ) -> StudyResult:
        """Estimates of every replication, with what they say of each estimator.

        Parameters
        ----------
        n_jobs : int
            Processes; -1 for one per core. The result is the same to the bit.
        progress : bool
            Whether to show a progress bar.
        checkpoint : path, optional
            Folder in which pieces that are done are kept, so that a run that was stopped, by Ctrl-C or a crash, goes on
            from there with the same folder; also a study of further sizes. Its family, truth, replications, seed and
            names of estimators must be the same; one piece is computed again, and two samples of each size, and must
            be as they were.

        Raises
        ------
        ArgumentError, OutputError
            Before any work.
        WorkerError
            Where a process was killed.
        """
        workers = processes(n_jobs)
        check_flag(progress, "progress")
        columns, entries = len(self.family.law.response), len(self.family.parameter_names) * len(self._estimators)
        check_memory(self.sizes, self.replications, columns=columns, entries=entries, chunk=CHUNK, workers=workers)
        pieces = self.chunks()
        work = functools.partial(one_chunk, self.family, self.truth, self._estimators, cast(int, self.seed))
        folder = None if checkpoint is None else self._checkpoint(checkpoint)
        kept = {} if folder is None else folder.kept(pieces)
        if folder is not None:
            # Of two samples, since functions may fail at a single one.
            folder.check(kept, work, functools.partial(work, first=2))
        shape = (len(self.sizes), self.replications, len(self.family.parameter_names))
        estimates = {name: np.full(shape, np.nan) for name in self._estimators}
        errors: dict[str, np.ndarray] = {}
        begin = {n: 0 for n in self.sizes}
        fresh = in_order(work, [piece for piece in pieces if piece not in kept], workers)
        with _bar(self.replications * sum(self.sizes), progress) as advance, contextlib.closing(fresh):
            for piece in pieces:
                n, _, r = piece
                found = kept.pop(piece) if piece in kept else self._next(fresh, piece, folder)
                place = self.sizes.index(n), slice(begin[n], begin[n] + r)
                begin[n] += r
                for name, part in found.items():
                    estimates[name][place] = part.values
                    if part.standard_errors is not None:
                        errors.setdefault(name, np.full(shape, np.nan))[place] = part.standard_errors
                advance(n * r)
            next(fresh, None)  # at its end it leaves the processes to the next study
        return self._result(estimates, errors)

    def _checkpoint(self, folder: str | os.PathLike[str]) -> Checkpoint:
        depends = {
            "family": repr(self.family),
            "truth": dict(self.truth),
            "replications": self.replications,
            "seed": self.seed,
            "estimators": list(self._estimators),
            "values per chunk": CHUNK,
        }
        return Checkpoint.of(folder, depends, self.family)

    def _next(
        self, fresh: Iterator[Mapping[str, Estimates]], piece: Piece, folder: Checkpoint | None
    ) -> Mapping[str, Estimates]:
        """The next piece of work, kept where there is a folder for it."""
        try:
            found = next(fresh)
        except WorkerError as error:
            kept = f"what was done is kept in {str(folder.folder)!r}: run it again with it" if folder else ""
            lost = "nothing is kept: with checkpoint='folder' a study that is run again goes on from what was done"
            raise WorkerError(f"{error}; {kept or lost}, and fewer processes if memory was short") from None
        if folder is not None:
            folder.keep(piece, found)
        return found

    def _result(self, estimates: dict[str, np.ndarray], errors: dict[str, np.ndarray]) -> StudyResult:
        information, reason = self._information()
        for array in (*estimates.values(), *errors.values()):
            array.setflags(write=False)
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
            scales=self._scales(),
        )

    def _scales(self) -> dict[str, Scale]:
        """Scales on which the Wald intervals of results are made, as a fit of the family makes them."""
        links = {part.name: part.space.onto_the_line(part.link) for part in iid_predictors(self.family)}
        return {name: (*links[name].ends, links[name].name) for name in self.family.parameter_names}

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


Study.__init__ = named_arguments(Study.__init__, "Study")  # type: ignore[method-assign]


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
