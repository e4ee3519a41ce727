"""Mean and variance of a family: its author's, or found from the law."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from likelihood_kit.errors import NotAvailableError, ParameterError
from likelihood_kit.families import declared_forms, fallbacks, operands
from likelihood_kit.families.handle import Handle


def moments(family: Handle, values: Mapping[str, np.ndarray], what: str = "mean") -> tuple[np.ndarray, np.ndarray]:
    """Expectation and variance of Y at quantities by name, `(...)` each; `what` is asked for, in refusals."""
    canonical = operands.canonical(family, values)
    if "moments" not in family.law.functions:
        return fallbacks.moments(family.law, canonical)
    operands.require(family, family.law.takes("moments"), values, what)
    shape = np.broadcast_shapes(*(np.shape(v) for v in values.values()))
    mean, variance = family.law.call("moments", (), canonical)
    declared_forms.require_true(family.law, "moments")
    return mean + np.zeros(shape), variance + np.zeros(shape)


def predicts_mean(family: Handle) -> bool:
    """Whether the predicted parameter is the expectation of Y."""
    if family.predicted is None:
        return False
    # At values without meaning of their own: with shape 1 the scale of a Gamma or a Weibull law is its mean.
    theta = {name: family.spaces[name].link().inverse(0.4 + 0.1 * i) for i, name in enumerate(family.parameter_names)}
    try:
        mean = moments(family, operands.checked(family, theta, "mean"))[0]
    except (NotAvailableError, ParameterError):
        return False
    return bool(np.isclose(mean, theta[family.predicted], rtol=1e-9))
