"""Kernels of Poisson, derived from its formula by `python -m likelihood_kit.families.generate`."""

import numpy as np
from scipy import special


def rows_hoist(y):
    return (special.gammaln(y + 1), y,)


def rows_value(hoisted, rate):
    (h0, h1,) = hoisted
    return -h0 - rate + special.xlogy(h1, rate)


def rows_derivatives(hoisted, rate):
    (h0, h1,) = hoisted
    return (
        -h0 - rate + special.xlogy(h1, rate),
        (h1/rate - 1,),
        (-h1/rate**2,),
    )


def rows_means(hoisted, rate):
    (h0, h1,) = hoisted
    m0 = np.mean(h0, axis=-1, keepdims=True)
    m1 = np.mean(h1, axis=-1, keepdims=True)
    w0 = special.xlogy(h1, rate)
    m2 = np.mean(w0, axis=-1, keepdims=True)
    return (
        -m0 + m2 - rate,
        (m1/rate - 1,),
        (-m1/rate**2,),
    )


def reduced_hoist(y):
    return (y, -special.gammaln(y + 1))


def reduced_value(hoisted, rate):
    (t0, t1,) = hoisted
    return -rate + t0*np.log(rate) + t1


def reduced_derivatives(hoisted, rate):
    (t0, t1,) = hoisted
    return (
        -rate + t0*np.log(rate) + t1,
        (-1 + t0/rate,),
        (-t0/rate**2,),
    )
