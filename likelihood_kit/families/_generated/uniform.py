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


def rows_products(hoisted, low, high):
    return ()


def rows_combine(means, low, high):
    x0 = high - low
    x1 = x0**(-1.0)
    x2 = (1/(x0**2))
    return (
        -np.log(x0),
        (x1, -x1,),
        (x2, -x2, x2,),
    )


def rows_value_combine(means, low, high):
    x0 = high - low
    return -np.log(x0)


rows_reduces = True
