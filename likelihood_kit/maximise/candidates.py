"""Places all over the space of a likelihood, from the data alone.

A likelihood of one location has its maxima near observations or clusters of them, a regression near exact fits to few
rows, a mixture where its parts divide the sample. Windows of the sorted sample, elemental subsets of the rows
(Rousseeuw and Leroy 1987, *Robust Regression and Outlier Detection*, section 5.1) and a box of parameter values give
places, each with some values of the other parameters.
"""

from __future__ import annotations

import numpy as np

from likelihood_kit.maximise.box import box
from likelihood_kit.maximise.exact_fits import exact_fits
from likelihood_kit.maximise.search_space import SearchSpace
from likelihood_kit.maximise.windows import divisions, windows

#: How far apart, in root mean square over some of the rows and in scales of the law, are two places that count as
#: different.
APART = 0.5
COMPARED_ROWS = 48


def candidates(space: SearchSpace) -> list[tuple[np.ndarray, np.ndarray | None]]:
    """Candidates `(g, v, r, k)`, with which places are near each other, `(g, g)`, or None to find out."""
    found: list[tuple[np.ndarray, np.ndarray | None]] = []
    if space.driven:
        found.append((exact_fits(space, space.driven[0]), None))
    elif space.structured:
        places, near = windows(space) if len(space.locations) < 3 else divisions(space)
        found.append((places, near))
    return [*found, (box(space), None)]


def near_fits(space: SearchSpace, points: np.ndarray) -> np.ndarray:
    """Which of the points `(g, k)` have nearly the same linear predictors, `(g, g)`.

    Without designs nearer the more points there are, as the critical distance of Rinnooy Kan and Timmer (1987).
    """
    limit = APART
    if not space.driven:
        limit *= (np.log(len(points)) / len(points)) ** (1 / points.shape[1])
    few = np.linspace(0, space.likelihood.sample.rows - 1, COMPARED_ROWS).astype(int)
    apart = np.zeros((len(points), len(points)))
    for predictor, place in zip(space.predictors, space.places, strict=True):
        eta = predictor.linear(points[:, place], few)
        if predictor.link.name == "identity":
            unit = np.median(np.abs(space.y - np.median(space.y))) or 1.0
            widths = [np.exp(np.median(points[:, space.places[at]])) for at in space.scales]
            eta = eta / min([unit, *widths])
        elif predictor.link.has_unit:
            eta = eta / (np.median(np.abs(eta)) or 1.0)
        with np.errstate(all="ignore"):  # where starts are at the end of a space and far from it
            squares = np.mean(eta**2, axis=1)
            apart = np.fmax(apart, squares[:, None] + squares - 2 * eta @ eta.T / eta.shape[1])
    near = apart < limit**2
    np.fill_diagonal(near, False)
    return near
