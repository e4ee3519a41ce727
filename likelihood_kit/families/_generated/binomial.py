"""Kernels of Binomial, derived from its formula by `python -m likelihood_kit.families.generate`."""

import numpy as np
from scipy import special


def rows_hoist(y, trials):
    return (special.betaln(y + 1, trials - y + 1) + np.log1p(trials), trials - y, y,)


def rows_value(hoisted, probability):
    (h0, h1, h2,) = hoisted
    return -h0 + special.xlog1py(h1, -probability) + special.xlogy(h2, probability)


def rows_derivatives(hoisted, probability):
    (h0, h1, h2,) = hoisted
    x0 = 1 - probability
    return (
        -h0 + special.xlog1py(h1, -probability) + special.xlogy(h2, probability),
        (-h1/x0 + h2/probability,),
        (-h1/x0**2 - h2/probability**2,),
    )


def rows_products(hoisted, probability):
    (h0, h1, h2,) = hoisted
    w0 = special.xlog1py(h1, -probability)
    w1 = special.xlogy(h2, probability)
    return (h0, h1, h2, w0, w1,)


def rows_combine(means, probability):
    (m0, m1, m2, m3, m4,) = means
    x0 = 1 - probability
    return (
        -m0 + m3 + m4,
        (-m1/x0 + m2/probability,),
        (-m1/x0**2 - m2/probability**2,),
    )


def rows_value_products(hoisted, probability):
    (h0, h1, h2,) = hoisted
    w0 = special.xlog1py(h1, -probability)
    w1 = special.xlogy(h2, probability)
    return (h0, w0, w1,)


def rows_value_combine(means, probability):
    (m0, m1, m2,) = means
    return -m0 + m1 + m2


rows_determined = ('probability',)


def statistics_hoist(y, trials):
    return (trials, y, -special.betaln(y + 1, trials - y + 1) - np.log1p(trials),)


def statistics_products(hoisted, probability):
    (t0, t1, t2,) = hoisted
    return (t0, t1, t2,)


def statistics_combine(means, probability):
    (m0, m1, m2,) = means
    x0 = np.log1p(-probability)
    x1 = 1 - probability
    x2 = x1**(-1.0)
    x3 = (1/(x1**2))
    return (
        m0*x0 + m1*(-x0 + np.log(probability)) + m2,
        (-m0*x2 + m1*(x2 + probability**(-1.0)),),
        (-m0*x3 + m1*(x3 - 1/probability**2),),
    )


def statistics_value_combine(means, probability):
    (m0, m1, m2,) = means
    x0 = np.log1p(-probability)
    return m0*x0 + m1*(-x0 + np.log(probability)) + m2


statistics_reduces = True
