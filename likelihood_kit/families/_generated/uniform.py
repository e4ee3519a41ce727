"""Kernels of Uniform, derived from its formula by `python -m likelihood_kit.families.generate`."""

import numpy as np
from scipy import special


def rows_hoist(y):
    return ()


def rows_value(hoisted, low, high):
    return -np.log(high - low)


def rows_derivatives(hoisted, low, high):
    x0 = high - low
    x1 = x0**(-1.0)
    x2 = (1/(x0**2))
    return (
        -np.log(x0),
        (x1, -x1,),
        (x2, -x2, x2,),
    )


def rows_means(hoisted, low, high):
    x0 = high - low
    x1 = x0**(-1.0)
    x2 = (1/(x0**2))
    return (
        -np.log(x0),
        (x1, -x1,),
        (x2, -x2, x2,),
    )


def reduced_hoist(y):
    return (0,)


def reduced_value(hoisted, low, high):
    (t0,) = hoisted
    return t0 - np.log(high - low)


def reduced_derivatives(hoisted, low, high):
    (t0,) = hoisted
    x0 = high - low
    x1 = x0**(-1.0)
    x2 = (1/(x0**2))
    return (
        t0 - np.log(x0),
        (x1, -x1,),
        (x2, -x2, x2,),
    )
