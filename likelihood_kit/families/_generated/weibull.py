"""Kernels of Weibull, derived from its formula by `python -m likelihood_kit.families.generate`."""

import numpy as np
from scipy import special


def rows_hoist(y):
    return (np.log(y),)


def rows_value(hoisted, shape, scale):
    (h0,) = hoisted
    x0 = -np.log(scale)
    x1 = h0 + x0
    return x0 + x1*(shape - 1) - np.exp(shape*x1) + np.log(shape)


def rows_derivatives(hoisted, shape, scale):
    (h0,) = hoisted
    x0 = -np.log(scale)
    x1 = shape - 1
    x2 = h0 + x0
    x3 = shape*x2
    x4 = np.exp(x3)
    x5 = scale**(-1.0)
    x6 = shape**2
    x7 = x4*x5
    x8 = (1/(scale**2))
    x9 = x4*x8
    return (
        x0 + x1*x2 - x4 + np.log(shape),
        (-x2*x4 + x2 + shape**(-1.0), shape*x4*x5 - x1*x5 - x5,),
        (-x2**2*x4 - 1/x6, x3*x7 - x5 + x7, -shape*x9 + x1*x8 - x6*x9 + x8,),
    )


def rows_products(hoisted, shape, scale):
    (h0,) = hoisted
    x0 = -np.log(scale)
    x2 = h0 + x0
    x3 = shape*x2
    x4 = np.exp(x3)
    w0 = x2*x4
    w1 = w0*x2
    return (x2, x4, w0, w1,)


def rows_combine(means, shape, scale):
    (m0, m1, m2, m3,) = means
    x0 = -np.log(scale)
    x1 = shape - 1
    x5 = scale**(-1.0)
    x6 = shape**2
    x8 = (1/(scale**2))
    return (
        m0*x1 - m1 + x0 + np.log(shape),
        (m0 - m2 + shape**(-1.0), m1*shape*x5 - x1*x5 - x5,),
        (-m3 - 1/x6, m1*x5 + m2*shape*x5 - x5, m1*(-shape*x8 - x6*x8) + x1*x8 + x8,),
    )


def rows_value_products(hoisted, shape, scale):
    (h0,) = hoisted
    x0 = -np.log(scale)
    x1 = h0 + x0
    w0 = np.exp(shape*x1)
    return (x1, w0,)


def rows_value_combine(means, shape, scale):
    (m0, m1,) = means
    x0 = -np.log(scale)
    return m0*(shape - 1) - m1 + x0 + np.log(shape)
