"""Fisher information of one observation of a law that has no closed form for it, and the change of coordinates."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from likelihood_kit._numerics import FromEnd, lower_pairs, triangle
from likelihood_kit.calculus import DATUM, Kernels
from likelihood_kit.errors import ParameterError
from likelihood_kit.families import compiled, operands, seen_from
from likelihood_kit.families.fallbacks import law_expectations, one_column
from likelihood_kit.families.handle import Handle
from likelihood_kit.families.law import Law


def expected_information(
    law: Law, names: tuple[str, ...], free: Sequence[int], kernels: Kernels, values: Mapping[str, np.ndarray]
) -> np.ndarray:
    """E[s s'] of one observation in the free ones of the coordinates of these names, `(..., p, p)`."""
    entries = _over_scores(law, names, free, kernels, values, lambda i, j, score, _: score[i] * score[j], whole=False)
    return triangle(entries, entries[0].shape)


def mean_score(
    law: Law, names: tuple[str, ...], free: Sequence[int], kernels: Kernels, values: Mapping[str, np.ndarray]
) -> np.ndarray:
    """E[s] of one observation in the free coordinates, `(..., p)`."""
    entries = _over_scores(law, names, free, kernels, values, lambda i, j, score, _: score[i], whole=False)
    diagonal = [at for at, (i, j) in enumerate(lower_pairs(len(free))) if i == j]
    return np.stack([entries[at] for at in diagonal], axis=-1)


def source(family: Handle) -> str:
    """Where the expected information of a family comes from: closed form, quadrature or summation."""
    if "expected_information" in family.law.functions and not family.law.cases:  # those of a case are integrated
        return "closed form"
    return "summation" if family.law.whole else "quadrature"


def both_informations(
    law: Law, names: tuple[str, ...], free: Sequence[int], values: Mapping[str, np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    """E[s s'] and -E[Hessian] of one observation in the free coordinates, `(p, p)` each."""
    kernels = compiled.kernels(law, names)
    place = {pair: at for at, pair in enumerate(lower_pairs(len(names)))}
    curvature = _over_scores(law, names, free, kernels, values, lambda i, j, _, hessian: -hessian[place[i, j]])
    return expected_information(law, names, free, kernels, values), triangle(curvature, curvature[0].shape)


def _over_scores(
    law: Law,
    names: tuple[str, ...],
    free: Sequence[int],
    kernels: Kernels,
    values: Mapping[str, Any],
    entry: Callable[..., Any],
    *,
    whole: bool = True,
) -> list[np.ndarray]:
    """Expectations of entries of score and, where `whole`, Hessian: the lower triangle of the free parameters by rows.

    Those of a parameter that is held fixed need not exist: of an end of the support, say.
    """
    one_column(law, "expected information")
    known = [name for name in law.data if name != DATUM]
    missing = [name for name in known if name not in values]
    if missing:
        raise ParameterError(f"{law.title}: expected information needs {' and '.join(missing)}; pass it by keyword")

    def functions(kernels: Kernels) -> FromEnd:
        """Entries and log density by these kernels, as functions of the datum of which they are."""
        return _integrands(law, known, kernels, [(free[i], free[j]) for i, j in lower_pairs(len(free))], entry, whole)

    def from_end(side: int) -> FromEnd | None:
        found = seen_from.kernels_from(law, side, names)
        return None if found is None else functions(found)

    at = {**values, **law.canonical(names, values)} if law.support.depends_on else {}
    ends = law.support.ends(at)
    operands = [values[name] for name in (*known, *names)]
    return law_expectations(law, functions(kernels), ends, operands, "expected information", from_end)


def _integrands(
    law: Law,
    known: Sequence[str],
    kernels: Kernels,
    pairs: Sequence[tuple[int, int]],
    entry: Callable[..., Any],
    whole: bool,
) -> FromEnd:
    """Entries at pairs of parameters, and the log density: functions of the datum, what is known, and parameters."""
    rows = kernels.rows

    def split(y: np.ndarray, rest: Sequence[np.ndarray]) -> tuple[list[np.ndarray], Sequence[np.ndarray]]:
        data = {**dict(zip(known, rest, strict=False)), DATUM: y}
        return [data[name] for name in law.data], rest[len(known) :]

    def at(i: int, j: int) -> Callable[..., np.ndarray]:
        def evaluate(y: np.ndarray, *rest: np.ndarray) -> np.ndarray:
            if not whole:
                return entry(i, j, rows.scores_at(*split(y, rest)), ())
            _, score, hessian = rows.derivatives_at(*split(y, rest))
            return entry(i, j, score, hessian)

        return evaluate

    return [at(i, j) for i, j in pairs], lambda y, *rest: rows.value_at(*split(y, rest))


def of_family(family: Handle, values: Mapping[str, np.ndarray]) -> np.ndarray:
    """Expected information of the free parameters, `(..., p, p)`, natural scale, at quantities by name."""
    law, names = family.law, family.coordinate_names
    if "expected_information" not in law.functions:
        return expected_information(law, names, family.free, family.kernels, values)
    operands.require(family, law.takes("expected_information"), values, "expected information")
    shape = np.broadcast_shapes(*(np.shape(v) for v in values.values()))
    with np.errstate(all="ignore"):  # one that overflows is infinite, or 0, and what needs it refuses it
        information = triangle(law.call("expected_information", (), operands.canonical(family, values)), shape)
        if names in law.coordinates:
            jacobian = compiled.jacobian(law, names, [values[name] for name in names])
            information = np.swapaxes(jacobian, -1, -2) @ information @ jacobian
    rows, columns = np.ix_(family.free, family.free)
    return information[..., rows, columns]
