"""Kernels of Exponential, derived from its formula by `python -m likelihood_kit.families.generate`."""

import numpy as np
from scipy import special


def rows_hoist(y):
    return (y,)


def rows_value(hoisted, scale):
    (h0,) = hoisted
    return -h0/scale - np.log(scale)


def rows_derivatives(hoisted, scale):
    (h0,) = hoisted
    x0 = scale**(-1.0)
    x1 = (1/(scale**2))
    return (
        -h0*x0 - np.log(scale),
        (h0*x1 - x0,),
        (-2*h0/(scale**2*scale) + x1,),
    )


def rows_products(hoisted, scale):
    (h0,) = hoisted
    return (h0,)


def rows_combine(means, scale):
    (m0,) = means
    x0 = scale**(-1.0)
    x1 = (1/(scale**2))
    return (
        -m0*x0 - np.log(scale),
        (m0*x1 - x0,),
        (-2*m0/(scale**2*scale) + x1,),
    )


def rows_value_combine(means, scale):
    (m0,) = means
    x0 = scale**(-1.0)
    return -m0*x0 - np.log(scale)


rows_reduces = True


rows_determined = ('scale',)


def rows_in_rate_hoist(y):
    return (y,)


def rows_in_rate_value(hoisted, rate):
    (h0,) = hoisted
    return -h0*rate - np.log(rate**(-1.0))


def rows_in_rate_derivatives(hoisted, rate):
    (h0,) = hoisted
    x0 = rate**(-1.0)
    return (
        -h0*rate - np.log(x0),
        (-h0 + x0,),
        (-1/rate**2,),
    )


def rows_in_rate_products(hoisted, rate):
    (h0,) = hoisted
    return (h0,)


def rows_in_rate_combine(means, rate):
    (m0,) = means
    x0 = rate**(-1.0)
    return (
        -m0*rate - np.log(x0),
        (-m0 + x0,),
        (-1/rate**2,),
    )


def rows_in_rate_value_combine(means, rate):
    (m0,) = means
    x0 = rate**(-1.0)
    return -m0*rate - np.log(x0)


rows_in_rate_reduces = True


rows_in_rate_determined = ('rate',)


def canonical_in_rate_slopes(rate):
    return (rate**(-1.0),), ((-1/rate**2,),)
