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


def rows_products(hoisted, probability):
    (h0, h1,) = hoisted
    w0 = special.xlog1py(-h0, -probability)
    w1 = special.xlogy(h1, probability)
    return (h0, h1, w0, w1,)


def rows_combine(means, probability):
    (m0, m1, m2, m3,) = means
    x0 = 1 - probability
    return (
        m2 + m3,
        (m0/x0 + m1/probability,),
        (m0/x0**2 - m1/probability**2,),
    )


def rows_value_products(hoisted, probability):
    (h0, h1,) = hoisted
    w0 = special.xlog1py(-h0, -probability)
    w1 = special.xlogy(h1, probability)
    return (w0, w1,)


def rows_value_combine(means, probability):
    (m0, m1,) = means
    return m0 + m1


rows_determined = ('probability',)


def statistics_hoist(y):
    return (y,)


def statistics_products(hoisted, probability):
    (t0,) = hoisted
    return (t0,)


def statistics_combine(means, probability):
    (m0,) = means
    x0 = np.log1p(-probability)
    x1 = 1 - probability
    x2 = x1**(-1.0)
    x3 = (1/(x1**2))
    return (
        m0*(-x0 + np.log(probability)) + x0,
        (m0*(x2 + probability**(-1.0)) - x2,),
        (m0*(x3 - 1/probability**2) - x3,),
    )


def statistics_value_combine(means, probability):
    (m0,) = means
    x0 = np.log1p(-probability)
    return m0*(-x0 + np.log(probability)) + x0


statistics_reduces = True
