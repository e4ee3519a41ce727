"""Places in a box of parameter values, which the location and the scale of a sample suggest."""

from __future__ import annotations

import numpy as np

from likelihood_kit.families import suggestions
from likelihood_kit.maximise.search_space import SearchSpace

#: Points of the box, fewer of each of many samples, more where there is nothing else.
BOXED, BOXED_IN_A_BATCH, BOXED_ALONE = 96, 8, 400
#: How far about the values suggested they are spread, on the scale of a logarithm.
BETWEEN = 0.7
#: Quantiles of the sample that a location may have.
QUANTILES = (0.02, 0.15, 0.3, 0.7, 0.85, 0.98)


def box(space: SearchSpace) -> np.ndarray:
    """Values of all parameters drawn from what a sample of this location and scale suggests."""
    y = space.sorted
    location, scale = np.median(y, axis=1), y.std(axis=1)
    magnitude = np.abs(y).mean(axis=1)
    scale = np.where(scale > 0, scale, np.where(magnitude > 0, magnitude, 1.0))
    number = BOXED_IN_A_BATCH if space.many else BOXED if space.structured else BOXED_ALONE
    point = np.repeat(space.base[None], number, axis=0)
    quantiles = np.quantile(y, QUANTILES, axis=1)
    for at, predictor in enumerate(space.predictors):
        if predictor.columns is not None:
            spread = predictor.spread()
            moves = space.rng.normal(size=(number - 1, 1, predictor.size)) / np.where(spread > 0, spread, 1.0)
            point[1:, :, space.places[at]] += moves
            continue
        values = suggestions(predictor.space, location, scale, magnitude)
        values = [np.broadcast_to(value, location.shape) for value in values]
        values += list(quantiles) if at in space.locations else []
        which = space.rng.integers(len(values), size=number - 1)
        space.put(point[1:], at, np.array(values)[which])
        if not predictor.link.has_unit:
            # Between those values too, on the scale of a logarithm.
            point[1:, :, space.places[at]] += BETWEEN * space.rng.normal(size=(number - 1, 1, 1))
    return point[:, None]
