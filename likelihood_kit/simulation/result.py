"""What a study found: every estimate, and the tables and verdicts made of them."""

from __future__ import annotations

import functools
import itertools
import os
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from likelihood_kit._numerics import stacked_inverse
from likelihood_kit._numerics.in_words import InWords
from likelihood_kit._numerics.printed import shortest
from likelihood_kit._numerics.read_only import ReadOnlyDict, read_only_array
from likelihood_kit._numerics.signatures import named_arguments
from likelihood_kit.simulation.consistency import Consistency, consistency
from likelihood_kit.simulation.efficiency import MARGIN, Efficiency, efficiency
from likelihood_kit.simulation.measures import FEWEST_CARRIERS, UNBOUNDED, Scale, measures, tidy
from likelihood_kit.simulation.rate_words import RATE_MARGIN
from likelihood_kit.simulation.saved import read_study, write_study
from likelihood_kit.simulation.verdicts import figure

#: Letters of a line of text: what a terminal and a page of a journal's appendix hold.
WIDTH = 80


@dataclass(frozen=True, eq=False)
class StudyResult:
    """Estimates of every replication, at s sizes, of p parameters in natural coordinates.

    Nothing in it can be changed: its arrays and dicts are read-only, its tables copies.

    Attributes
    ----------
    family : str
    truth : dict of parameter name to float, in order
    sizes : tuple of s ascending int
    replications : int
    seed : int
    estimates : dict of estimator to (s, r, p)
        NaN in the whole row of a failure; an estimate at an end of its space is that end, which may be infinite.
    standard_errors : dict of estimator to (s, r, p)
        Of the estimators that give them; NaN for an estimate at an end.
    information : (p, p) or None
        Expected information of one observation at the truth.
    no_bound : str
        Why there is no information, and no Cramer-Rao bound; empty where there is.
    expected_rates : dict of estimator to tuple of p floats
        Exponent of n at which the root mean squared error should fall; NaN where it is not known.
    mcse : {"moments", "normal"}
        What Monte Carlo standard errors of empirical standard error, variance and relative error rest on: the fourth
        moments of the estimates, or their normality, as in the published formulas.
    infinite : {"left out", "kept"}
        Whether infinite estimates are left out of bias, variance and errors; they are counted either way.
    scales : dict of parameter name to (low, high, name of a link)
        Scales on which Wald intervals are symmetric, those of a fit of the family; of a parameter that is not in it,
        its own.
    """

    family: str
    truth: Mapping[str, float]
    sizes: tuple[int, ...]
    replications: int
    seed: int
    estimates: Mapping[str, np.ndarray]
    standard_errors: Mapping[str, np.ndarray]
    information: np.ndarray | None
    no_bound: str
    expected_rates: Mapping[str, tuple[float, ...]]
    mcse: str = "moments"
    infinite: str = "left out"
    scales: Mapping[str, Scale] = field(default_factory=dict)
    #: Methods that the front door adds: they belong to a higher layer.
    report: ClassVar[Callable[..., Any]]
    plot: ClassVar[Callable[..., Any]]
    _repr_html_: ClassVar[Callable[..., str]]

    def __post_init__(self) -> None:
        for name in ("truth", "expected_rates", "scales"):
            object.__setattr__(self, name, ReadOnlyDict(getattr(self, name)))
        for name in ("estimates", "standard_errors"):
            held = {who: read_only_array(values) for who, values in getattr(self, name).items()}
            object.__setattr__(self, name, ReadOnlyDict(held))
        if self.information is not None:
            object.__setattr__(self, "information", read_only_array(self.information))

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), tuple(getattr(self, f.name) for f in fields(self))

    def __deepcopy__(self, memo: Any) -> StudyResult:
        return self  # nothing in it changes

    @property
    def parameter_names(self) -> tuple[str, ...]:
        """The p parameters, in order."""
        return tuple(self.truth)

    @property
    def estimators(self) -> tuple[str, ...]:
        """Names of the estimators."""
        return tuple(self.estimates)

    @property
    def bound(self) -> np.ndarray | None:
        """Cramer-Rao bound on the variance of an unbiased estimator times n, `(p,)`; None where there is none."""
        return None if self.information is None else np.diag(stacked_inverse(self.information))

    @property
    def table(self) -> pd.DataFrame:
        """Performance measures, tidy: size, estimator, parameter, measure, value, mcse (Monte Carlo standard error).

        After Morris, White and Crowther (2019), *Statistics in Medicine* 38, 2074-2102, Table 6. Coverage is that of
        the interval that the results of a fit print, a Wald interval of the level `diagnostics.LEVEL`, symmetric on the
        link scale where the space of the parameter ends (`scales`), over replications that `standard_errors` counts;
        `relative_error_model_se` is in percent; `fourth_moment_carriers` is the effective number of replications on
        which the Monte Carlo standard errors of variance and empirical standard error rest.
        """
        return self._table.copy()

    @functools.cached_property
    def _table(self) -> pd.DataFrame:
        tables = []
        scales = [self.scales.get(name, UNBOUNDED) for name in self.truth]
        for i, n in enumerate(self.sizes):
            for estimator, values in self.estimates.items():
                errors = self.standard_errors.get(estimator)
                known = None if errors is None else errors[i]
                found = measures(values[i], self._truth, known, mcse=self.mcse, infinite=self.infinite, scales=scales)
                for j, name in enumerate(self.truth):
                    tables.append(tidy(found, j, size=n, estimator=estimator, parameter=name))
        return pd.concat(tables, ignore_index=True)

    @named_arguments
    def consistency(self, margin: float = RATE_MARGIN) -> Consistency:
        """Rate of the root mean squared error in n, with its error, and a verdict in words.

        Parameters
        ----------
        margin : float
            Distance of the exponent of n from that of theory within which it counts as that.
        """
        return consistency(
            self.sizes, self.parameter_names, self._truth, self.estimates, self.expected_rates, margin=margin,
            infinite=self.infinite,
        )  # fmt: skip

    @named_arguments
    def efficiency(self, margin: float = MARGIN) -> Efficiency:
        """Variance over the Cramer-Rao bound, with its Monte Carlo error, and a verdict in words.

        Parameters
        ----------
        margin : float
            Distance of the ratio from 1 within which the variance counts as that of the bound.
        """
        return efficiency(
            self.sizes, self.parameter_names, self._truth, self.estimates, self.bound, self.no_bound, margin=margin,
            infinite=self.infinite,
        )  # fmt: skip

    @named_arguments
    def summary(self, margin: float = MARGIN) -> StudySummary:
        """The measures side by side, and both sets of verdicts; prints, and renders in a notebook.

        Parameters
        ----------
        margin : float
            As in `efficiency`.
        """
        figures = [figure(*pair) for pair in zip(self._table["value"], self._table["mcse"], strict=True)]
        wide = self._table.assign(text=figures)
        order = ["estimator", "parameter", "size"]
        wide = wide.pivot(index=order, columns="measure", values="text")
        names = [name for name in self._table["measure"].unique() if name not in self._unshown()]
        rows = pd.MultiIndex.from_product([self.estimators, self.parameter_names, self.sizes], names=order)
        truth = ", ".join(f"{name} = {shortest(value)}" for name, value in self.truth.items())
        title = f"Study of {self.family} at {truth}: {self.replications} replications, seed {self.seed}"
        wide = wide.loc[rows, names].fillna("").rename_axis(columns=None)
        return StudySummary(title, wide, self.consistency(), self.efficiency(margin), self.notes())

    def notes(self) -> tuple[str, ...]:
        """What must be known to read the measures, in words: infinite estimates, missing errors, heavy tails."""
        found = []
        if "standard_errors" not in self._unshown():
            found.append(
                "standard_errors: replications with a standard error, on which model_se and coverage stand; an "
                "estimate at an end of its space has none, and counts in all else."
            )
        if "infinite" not in self._unshown():
            kept = "kept in" if self.infinite == "kept" else "left out of"
            found.append(f"infinite: infinite estimates, counted here and {kept} bias, variance and errors.")
        heavy = self.few_carriers()
        if heavy:
            named = "; ".join(f"{', '.join(who)} at n = {', '.join(map(str, at))}" for who, at in heavy.items())
            found.append(
                f"Few replications carry the fourth moment of {named}: Monte Carlo errors of empirical_se, variance "
                "and relative error are there themselves in error by more than 15 %, for too few replications or "
                "heavy tails."
            )
        return tuple(found)

    def few_carriers(self) -> dict[tuple[str, str], tuple[int, ...]]:
        """Sizes at which few replications carry the fourth moment, by estimator and parameter; none where none does."""
        if self.mcse == "normal":
            return {}
        table = self._table[self._table["measure"] == "fourth_moment_carriers"]
        few = table[table["value"] < FEWEST_CARRIERS]
        places = set(zip(few["estimator"], few["parameter"], strict=True))
        return {
            who: tuple(few[(few["estimator"] == who[0]) & (few["parameter"] == who[1])]["size"])
            for who in itertools.product(self.estimators, self.parameter_names)
            if who in places
        }

    def _unshown(self) -> set[str]:
        """Measures that a summary leaves out: those that others tell, and counts of what never happened."""
        wide = self._table.pivot(index=["estimator", "parameter", "size"], columns="measure", values="value")
        unshown = {"variance", "mse", "fourth_moment_carriers"}
        if not wide["infinite"].any():
            unshown.add("infinite")
        estimates = self.replications - wide["failures"] - wide["infinite"]
        if "standard_errors" not in wide or not (wide["standard_errors"] < estimates).any():
            unshown.add("standard_errors")
        return unshown

    @named_arguments
    def save(self, path: str | os.PathLike[str]) -> None:
        """Write everything to one file, NumPy's `.npz` with a JSON header, without pickles.

        An earlier file is replaced in one step: it stays whole until the new one is.

        Raises
        ------
        OutputError
            Where the path cannot be written.
        """
        write_study(path, {f.name: getattr(self, f.name) for f in fields(self)})

    @classmethod
    @named_arguments
    def load(cls, path: str | os.PathLike[str]) -> StudyResult:
        """The result that `save` wrote, held to its schema: names, types, shapes and ranges; nothing in it is run.

        Raises
        ------
        DataError
            Where there is no such file, or it is something else.
        """
        return cls(**read_study(path))

    @property
    def _truth(self) -> np.ndarray:
        return np.array(list(self.truth.values()))

    def __str__(self) -> str:
        return str(self.summary())

    def __repr__(self) -> str:
        return (
            f"<StudyResult of {self.family}: {', '.join(self.estimators)} at n = {', '.join(map(str, self.sizes))}, "
            f"{self.replications} replications>"
        )


@dataclass(frozen=True, repr=False, eq=False)
class StudySummary(InWords):
    """Text of a study: one line of measures per estimator, parameter and size, then the verdicts.

    Attributes
    ----------
    title : str
    table : DataFrame
        Measures as text, their Monte Carlo standard errors in brackets.
    consistency : Consistency
    efficiency : Efficiency
    notes : tuple of str
    """

    title: str
    table: pd.DataFrame
    consistency: Consistency
    efficiency: Efficiency
    notes: tuple[str, ...] = ()
    #: What a notebook shows: the front door adds it, since it belongs to a higher layer.
    _repr_html_: ClassVar[Callable[..., str]]

    def __str__(self) -> str:
        words = [
            "\n".join([part.title, *(_wrapped(f"{who}: {text}", "  ") for who, text in part.in_words().items())])
            for part in (self.consistency, self.efficiency)
        ]
        # A table that is wider goes on below, its rows named again.
        table = "\n".join([self.table.to_string(line_width=WIDTH), *map(_wrapped, self.notes)])
        return "\n\n".join([_wrapped(self.title), table, *words, _wrapped(self.consistency.level)])


def _wrapped(text: str, indent: str = "") -> str:
    """Text in lines that fit, those after the first further in."""
    return textwrap.fill(
        text, WIDTH, initial_indent=indent, subsequent_indent=2 * indent, break_long_words=False, break_on_hyphens=False
    )
