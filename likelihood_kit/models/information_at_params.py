"""Fisher information of a fitted model as a table, in the coordinates of params or of the links."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from likelihood_kit.models.columns import as_choice
from likelihood_kit.models.existence import require_likelihood, require_regular_here
from likelihood_kit.predictor import params_jacobian

KINDS = ("observed", "expected", "outer_product")
#: What each choice of coordinates is called in a table.
COORDINATES = {
    "params": "natural values, and coefficients on the link scale",
    "link": "images of natural values under the links, and coefficients",
}


def information_table(results: Any, kind: Any, coordinates: Any) -> pd.DataFrame:
    """Information of the whole sample at the estimate, `(k, k)`; its `attrs` say which it is, and in what."""
    as_choice(kind, "information kind", KINDS)
    as_choice(coordinates, "coordinates", tuple(COORDINATES))
    model, what = results.model, f"{kind.replace('_', ' ')} information"
    require_likelihood(model, what)
    require_regular_here(results, what, smooth=kind == "observed")
    matrix = np.array(results._information(kind))
    if coordinates == "link":
        # At the maximum, where the score is 0, the observed information has no other term.
        slopes = params_jacobian(model.predictors, model.working(np.asarray(results.params)))
        matrix = matrix * np.outer(slopes, slopes)
    table = pd.DataFrame(matrix, index=model.labels, columns=model.labels)
    table.attrs = {"information": kind, "coordinates": COORDINATES[coordinates], "observations": float(results.nobs)}
    return table
