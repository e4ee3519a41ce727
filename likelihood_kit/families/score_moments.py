"""Mean of a score, its variance and minus the expected Hessian, each by its own integral: Bartlett's identities."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from likelihood_kit._numerics import lower_pairs, triangle
from likelihood_kit.calculus import DATUM
from likelihood_kit.errors import NotAvailableError
from likelihood_kit.families import informations, operands, rows
from likelihood_kit.families.expectations import OfObservation, expectations
from likelihood_kit.families.handle import Handle


@dataclass(frozen=True, eq=False)
class ScoreMoments:
    """Expectations of one observation in the free parameters, natural scale.

    Attributes
    ----------
    mean : (p,)
        E[s].
    product, curvature : (p, p) or None
        E[s s'] and -E[Hessian]; None where they are not known, the second also where derivatives are numeric.
    why : str
        Why not.
    """

    mean: np.ndarray
    product: np.ndarray | None
    curvature: np.ndarray | None
    why: str = ""


def score_moments(family: Handle, values: Mapping[str, np.ndarray]) -> ScoreMoments:
    """Moments of the score at quantities by name.

    Raises
    ------
    NotAvailableError
        Where not even its mean is known, or the response has several columns.
    """
    law, names, free, kernels = family.law, family.coordinate_names, family.free, family.kernels
    if not family.regular:
        return _by_rows(family, values)
    mean = informations.mean_score(law, names, free, kernels, values)
    product = curvature = None
    try:
        product = informations.expected_information(law, names, free, kernels, values)
        if kernels.derivatives != "numeric":
            curvature = informations.both_informations(law, names, free, values)[1]
    except NotAvailableError as error:
        return ScoreMoments(mean, product, curvature, str(error))
    return ScoreMoments(mean, product, curvature)


def _by_rows(family: Handle, values: Mapping[str, np.ndarray]) -> ScoreMoments:
    """The same where the score may say nothing of y, as that of a uniform law, whose kernels then do not either."""
    p = len(family.free)

    def derivatives(y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        score, hessian = rows.derivatives(family, operands.collected(family, {**_given(family, values)}, y))
        return np.nan_to_num(score), np.nan_to_num(hessian)

    def mean(i: int) -> OfObservation:
        return lambda y, _: derivatives(y)[0][..., i]

    def product(i: int, j: int) -> OfObservation:
        return lambda y, _: derivatives(y)[0][..., i] * derivatives(y)[0][..., j]

    def curvature(i: int, j: int) -> OfObservation:
        return lambda y, _: -derivatives(y)[1][..., i, j]

    pairs = lower_pairs(p)
    wanted = [mean(i) for i in range(p)] + [product(*pair) for pair in pairs] + [curvature(*pair) for pair in pairs]
    found = expectations(family, wanted, values, "mean of the score")
    products, curvatures = found[p : p + len(pairs)], found[p + len(pairs) :]
    return ScoreMoments(np.array(found[:p]), triangle(products, ()), triangle(curvatures, ()))


def _given(family: Handle, values: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The quantities that a user gives: all but what the family holds fixed, and the response."""
    return {name: value for name, value in values.items() if name not in family.fixed and name != DATUM}
