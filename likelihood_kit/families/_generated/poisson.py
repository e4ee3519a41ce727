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


def rows_products(hoisted, rate):
    (h0, h1,) = hoisted
    w0 = special.xlogy(h1, rate)
    return (h0, h1, w0,)


def rows_combine(means, rate):
    (m0, m1, m2,) = means
    return (
        -m0 + m2 - rate,
        (m1/rate - 1,),
        (-m1/rate**2,),
    )


def rows_value_products(hoisted, rate):
    (h0, h1,) = hoisted
    w0 = special.xlogy(h1, rate)
    return (h0, w0,)


def rows_value_combine(means, rate):
    (m0, m1,) = means
    return -m0 + m1 - rate


rows_determined = ('rate',)


def statistics_hoist(y):
    return (y, -special.gammaln(y + 1),)


def statistics_products(hoisted, rate):
    (t0, t1,) = hoisted
    return (t0, t1,)


def statistics_combine(means, rate):
    (m0, m1,) = means
    return (
        m0*np.log(rate) + m1 - rate,
        (m0/rate - 1,),
        (-m0/rate**2,),
    )


def statistics_value_combine(means, rate):
    (m0, m1,) = means
    return m0*np.log(rate) + m1 - rate


statistics_reduces = True
