"""What every family keeps: its density, derivatives, information and moments agree with each other.

Every law is a function that fails on a family that breaks it, and is shown to.
"""

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import differentiate

from likelihood_kit.calculus import Kernel
from likelihood_kit.errors import NotAvailableError
from likelihood_kit.families import Bernoulli, Coordinates, Gamma, Normal, Poisson, StudentT, Uniform
from likelihood_kit.parameters import Integers, Interval, Positive

RTOL = 1e-7


def derivative_in(drawn, function, j) -> np.ndarray:
    """Derivative of `function(**theta)` in parameter j by finite differences of high order, none of the kit's."""
    name = drawn.family.parameter_names[j]
    at = drawn.theta[name]
    shape = np.shape(function(**drawn.theta))

    def moved(x):
        # The steps come on a last axis of their own; the parameters before it broadcast.
        steps = np.moveaxis(np.asarray(x), -1, 0)
        results = [function(**{**drawn.theta, name: step.reshape(at.shape)}) for step in steps]
        return np.stack([np.broadcast_to(result, shape) for result in results], axis=-1)

    raise NotImplementedError
