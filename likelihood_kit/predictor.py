"""How the free parameters of a law depend on a parameter vector: the same for all rows, or through a design.

Coordinates: `eta` is the image of a parameter under its link. `working` holds, for each free parameter in order, its
`eta` where nothing predicts it and the coefficients of its `eta` where something does; `params` the same, but the
natural value where nothing predicts.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from likelihood_kit.errors import ParameterError
from likelihood_kit.families import Family
from likelihood_kit.links import LARGEST, LINE, SMALLEST, Link
from likelihood_kit.parameters import Space


@dataclass(frozen=True, eq=False)
class Predictor:
    """How one free parameter of a law depends on the parameter vector.

    Attributes
    ----------
    name : str
    space : Space
    link : Link
    columns : (n, q) array or None
        Design on the link scale; None where the parameter is the same for every row.
    labels : tuple of q str, or of one
        Names of its entries of `params`.
    offset : (1, n) array, optional
        Added to `eta`.
    """

    name: str
    space: Space
    link: Link
    columns: np.ndarray | None
    labels: tuple[str, ...]
    offset: np.ndarray | None = None

    @property
    def size(self) -> int:
        """Number of entries of `params`."""
        return len(self.labels)

    def spread(self) -> np.ndarray:
        """How far `eta` moves, in root mean square, per unit of each entry; `(q,)`."""
        if self.columns is None:
            return np.ones(1)
        return np.sqrt(np.einsum("nq,nq->q", self.columns, self.columns) / max(len(self.columns), 1))

    def row_subset(self, chosen: np.ndarray) -> Predictor:
        """The predictor of the rows `chosen`."""
        columns = None if self.columns is None else self.columns[chosen]
        return replace(self, columns=columns, offset=None if self.offset is None else self.offset[:, chosen])

    def linear(self, working: np.ndarray, rows: Any = slice(None)) -> np.ndarray:
        """`eta` of rows, `(r, m)`, or `(r, 1)` where nothing predicts, from its entries of working `(r, q)`."""
        if self.columns is None:
            return working
        eta = working @ self.columns[rows].T
        return eta if self.offset is None else eta + self.offset[:, rows]


def values_alone(predictors: Sequence[Predictor], working: np.ndarray) -> list[Any]:
    """Natural values of parameters that nothing predicts at working `(r, k)`: `(r, 1)` each, or numbers for r = 1."""
    entries: Any = working[0].tolist() if len(working) == 1 else working.T[:, :, None]
    return [predictor.link.inverse(entry) for predictor, entry in zip(predictors, entries, strict=True)]


def natural_values(
    predictors: Sequence[Predictor], eta: Sequence[np.ndarray]
) -> tuple[list[np.ndarray], np.ndarray | None]:
    """Natural values, and which samples lie inside their spaces, `(r,)`; None where a link keeps them all there."""
    theta = [predictor.link.inverse(e) for predictor, e in zip(predictors, eta, strict=True)]
    inside = None
    for predictor, t in zip(predictors, theta, strict=True):
        if predictor.link.image != LINE:
            here = predictor.space.contains(t).all(axis=1)
            inside = here if inside is None else inside & here
    return theta, inside


def iid_predictors(family: Family) -> tuple[Predictor, ...]:
    """Predictors of a family's free parameters where nothing predicts them."""
    return tuple(
        Predictor(name, family.spaces[name], family.links[name], None, (name,)) for name in family.parameter_names
    )


def held_parameters(family: Family) -> dict[int, float]:
    """Values of a family's parameters that are held fixed, by their positions among its coordinates."""
    return {i: family.fixed[name] for i, name in enumerate(family.coordinate_names) if name in family.fixed}


def data_columns(family: Family, data: Mapping[str, Any]) -> dict[str, Any]:
    """Columns in the order in which a family's kernels take them, known quantities that it holds fixed as numbers.

    Parameters
    ----------
    family : Family
    data : dict of name to array
        The response, and what is known of each row.

    Raises
    ------
    ParameterError
        Names what is missing.
    """
    available = {**family.fixed, **data}
    missing = [name for name in family.law.data if name not in available]
    if missing:
        raise ParameterError(
            f"{family!r} needs {' and '.join(missing)} of each observation: give it by name, or hold it fixed in the "
            "family"
        )
    return {name: available[name] for name in family.law.data}


def blocks(predictors: Sequence[Predictor]) -> list[slice]:
    """Place of each predictor's entries in the parameter vector."""
    ends = list(itertools.accumulate((predictor.size for predictor in predictors), initial=0))
    return [slice(begin, end) for begin, end in itertools.pairwise(ends)]


def params_from_working(predictors: Sequence[Predictor], working: np.ndarray) -> np.ndarray:
    """`params` `(..., k)` from working `(..., k)`: the natural value where nothing predicts."""
    params = np.array(working, dtype=float)
    for predictor, place in zip(predictors, blocks(predictors), strict=True):
        if predictor.columns is None:
            params[..., place] = predictor.link.inverse(params[..., place])
    return params


def working_from_params(predictors: Sequence[Predictor], params: np.ndarray) -> np.ndarray:
    """Working `(..., k)` from `params`; not finite where a natural value lies outside its space."""
    params = np.asarray(params, dtype=float)
    working = params.copy()
    with np.errstate(all="ignore"):
        for predictor, place in zip(predictors, blocks(predictors), strict=True):
            if predictor.columns is not None:
                continue
            natural = params[..., place]
            working[..., place] = predictor.link.forward(natural)
            # A link onto the whole line takes the ends of the space to infinity, and knows nothing beyond them.
            if predictor.link.image != LINE:
                working[..., place][~predictor.space.contains(natural)] = np.nan
    return working


def at_the_end_of_the_range(predictors: Sequence[Predictor], working: np.ndarray) -> list[str]:
    """Names of the parameters that a link keeps from leaving the kit's range of numbers, at working `(k,)`."""
    names = []
    for predictor, place in zip(predictors, blocks(predictors), strict=True):
        if predictor.link.name != "identity" and predictor.space.numbers == (0.0, np.inf):
            theta = predictor.link.inverse(predictor.linear(working[None, place]))
            if np.any((theta >= LARGEST) | (theta <= SMALLEST)):
                names.append(predictor.name)
    return names


def params_jacobian(predictors: Sequence[Predictor], working: np.ndarray) -> np.ndarray:
    """D params / d working, a diagonal `(..., k)`."""
    diagonal = np.ones_like(working)
    for predictor, place in zip(predictors, blocks(predictors), strict=True):
        if predictor.columns is None:
            eta = working[..., place]
            diagonal[..., place] = predictor.link.slopes(eta, predictor.link.inverse(eta))[0]
    return diagonal
