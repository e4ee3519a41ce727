"""Comparison of fits to the same observations by what they say of new ones."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from likelihood_kit._numerics import is_whole
from likelihood_kit._numerics.signatures import named_arguments
from likelihood_kit.diagnostics.comparison import Criteria, ModelComparison, comparison
from likelihood_kit.errors import ArgumentError, NotAvailableError, shown
from likelihood_kit.models.comparable import as_results, described, require_comparable
from likelihood_kit.models.cross_validation import folds_of, held_out

#: Folds by default: Breiman and Spector (1992), *International Statistical Review* 60, 291-319.
FOLDS = 10
#: Seed of the folds: the same comparison for the same fits.
SEED = 1974


@named_arguments
def compare(fits: Any, *, folds: int | None = None, seed: int = SEED) -> ModelComparison:
    """Criteria of several fits to the same observations side by side, the lowest AIC first, and what they say.

    Parameters
    ----------
    fits : dict of str to LikelihoodResults, or sequence of LikelihoodResults
        Two at least; those of a sequence are named by their families.
    folds : int, optional
        Of the cross-validation, for which each fit is made anew without each: by default 10, or n of fewer
        observations; 0 for none, n to leave out one at a time.
    seed : int
        Of the observations' folds, which are the same for all fits.

    Returns
    -------
    ModelComparison
        `table`, `best`, `verdict`.

    Raises
    ------
    DataError
        For fits to different observations, or to a response that was transformed; names them.
    NotAvailableError
        For discrete laws against continuous ones; where no maximum is certified; under sampling weights or clusters.

    Examples
    --------
    >>> from likelihood_kit.families import Exponential, Gamma
    >>> from likelihood_kit.models.model import LikelihoodModel
    >>> y = [0.4, 0.9, 1.3, 1.6, 2.2, 2.8, 3.1, 4.7]
    >>> found = compare([LikelihoodModel(y, family=law).fit() for law in (Exponential(), Gamma())], folds=8)
    >>> found.best
    'Gamma()'
    >>> found.table["weight"].round(3).to_dict()
    {'Gamma()': 0.58, 'Exponential()': 0.42}
    """
    named = _named(fits)
    for argument, value in {"folds": FOLDS if folds is None else folds, "seed": seed}.items():
        if not is_whole(value) or value < 0:
            raise ArgumentError(f"{argument} = {shown(value)}: give a whole number of 0 or more")
    require_comparable(named, "comparison")
    n = float(next(iter(named.values())).nobs)
    folds = int(min(FOLDS, n)) if folds is None else folds
    if folds == 1 or folds > n:
        raise ArgumentError(f"folds = {folds}: give from 2 to {n:g}, the observations, or 0 for no cross-validation")
    notes: list[str] = []
    fold = folds_of(int(n), int(folds), int(seed)) if folds else None
    criteria = {name: _criteria(name, results, fold, notes) for name, results in named.items()}
    return comparison(criteria, n, int(folds), int(seed), notes)


def _named(fits: Any) -> dict[str, Any]:
    """Fits by name, checked to be results, two at least."""
    if isinstance(fits, Mapping):
        if not all(isinstance(name, str) and name for name in fits):
            raise ArgumentError(f"fits: names must be text, not {shown(list(fits))}")
        found = {name: as_results(value, f"fits[{name!r}]") for name, value in fits.items()}
    elif isinstance(fits, Sequence) and not isinstance(fits, (str, bytes)):
        found = {}
        for at, value in enumerate(fits):
            results = as_results(value, f"fits[{at}]")
            found[_new_name(described(results.model), found)] = results
    else:
        raise ArgumentError(f"fits must be a dict of results by name, or a list of results, not {shown(fits)}")
    if len(found) < 2:
        raise ArgumentError(f"fits: give two at least, there {'is one' if found else 'is none'}")
    for (name, one), (second, other) in itertools.combinations(found.items(), 2):
        if one.model is other.model and np.array_equal(one.params, other.params):
            raise ArgumentError(f"fits: {name} and {second} are the same fit; give each once")
    return found


def _new_name(name: str, taken: Mapping[str, Any]) -> str:
    number = sum(other == name or other.startswith(f"{name} (") for other in taken)
    return f"{name} ({number + 1})" if number else name


def _criteria(name: str, results: Any, fold: np.ndarray | None, notes: list[str]) -> Criteria:
    """Criteria of a fit; adds to the notes what it has not."""
    family = results.model.family
    if family is not None and not family.regular:
        notes.append(
            f"{name} is not regular: that AIC, AICc and TIC correct a log likelihood by the right amount is not known "
            "there"
        )
    try:
        tic = results.tic
    except NotAvailableError as error:
        tic = float("nan")
        notes.append(f"{name} has no TIC ({error})")
    rows = None
    if fold is not None:
        try:
            rows = held_out(results, fold)
        except NotAvailableError as error:
            notes.append(f"{name} has no cross-validation: {error}")
    return Criteria(
        len(results.params), float(results.llf), results.aic, results.aicc, results.bic, tic,
        results.certificate.grade, rows,
    )  # fmt: skip
