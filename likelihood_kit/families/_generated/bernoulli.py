"""Kernels of Bernoulli, derived from its formula by `python -m likelihood_kit.families.generate`."""

import numpy as np
from scipy import special


def rows_hoist(y):
    return (y - 1, y,)


def rows_value(hoisted, probability):
    (h0, h1,) = hoisted
    return special.xlog1py(-h0, -probability) + special.xlogy(h1, probability)


def rows_derivatives(hoisted, probability):
    (h0, h1,) = hoisted
    x0 = 1 - probability
    return (
        special.xlog1py(-h0, -probability) + special.xlogy(h1, probability),
        (h0/x0 + h1/probability,),
        (h0/x0**2 - h1/probability**2,),
    )


def reduced_hoist(y):
    return (y, 0)


def reduced_value(hoisted, probability):
    (t0, t1,) = hoisted
    x0 = np.log1p(-probability)
    return t0*(-x0 + np.log(probability)) + t1 + x0


def reduced_derivatives(hoisted, probability):
    (t0, t1,) = hoisted
    x0 = np.log1p(-probability)
    x1 = 1 - probability
    x2 = x1**(-1.0)
    x3 = x1**(-2.0)
    return (
        t0*(-x0 + np.log(probability)) + t1 + x0,
        (t0*(x2 + probability**(-1.0)) - x2,),
        (t0*(x3 - 1/probability**2) - x3,),
    )
