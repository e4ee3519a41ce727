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


def rows_means(hoisted, probability):
    (h0, h1,) = hoisted
    x0 = 1 - probability
    m0 = np.mean(h0, axis=-1, keepdims=True)
    m1 = np.mean(h1, axis=-1, keepdims=True)
    w0 = special.xlog1py(-h0, -probability)
    m2 = np.mean(w0, axis=-1, keepdims=True)
    w1 = special.xlogy(h1, probability)
    m3 = np.mean(w1, axis=-1, keepdims=True)
    return (
        m2 + m3,
        (m0/x0 + m1/probability,),
        (m0/x0**2 - m1/probability**2,),
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
    x3 = (1/(x1**2))
    return (
        t0*(-x0 + np.log(probability)) + t1 + x0,
        (t0*(x2 + probability**(-1.0)) - x2,),
        (t0*(x3 - 1/probability**2) - x3,),
    )
