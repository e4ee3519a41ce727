"""Kernels of Laplace, derived from its formula by `python -m likelihood_kit.families.generate`."""

import numpy as np
from scipy import special


def rows_hoist(y):
    return (y,)


def rows_value(hoisted, loc, scale):
    (h0,) = hoisted
    return -np.log(2*scale) - np.abs(h0 - loc)/scale


def rows_derivatives(hoisted, loc, scale):
    (h0,) = hoisted
    x0 = scale**(-1.0)
    x1 = h0 - loc
    x2 = np.abs(x1)
    x3 = np.sign(x1)
    x4 = (1/(scale**2))
    return (
        -x0*x2 - np.log(2*scale),
        (x0*x3, -x0 + x2*x4,),
        (0, -x3*x4, x4 - 2*x2/(scale**2*scale),),
    )


def rows_products(hoisted, loc, scale):
    (h0,) = hoisted
    x1 = h0 - loc
    x2 = np.abs(x1)
    x3 = np.sign(x1)
    return (x2, x3,)


def rows_combine(means, loc, scale):
    (m0, m1,) = means
    x0 = scale**(-1.0)
    x4 = (1/(scale**2))
    return (
        -m0*x0 - np.log(2*scale),
        (m1*x0, m0*x4 - x0,),
        (0, -m1*x4, -2*m0/(scale**2*scale) + x4,),
    )


def rows_value_products(hoisted, loc, scale):
    (h0,) = hoisted
    w0 = np.abs(h0 - loc)
    return (w0,)


def rows_value_combine(means, loc, scale):
    (m0,) = means
    return -m0/scale - np.log(2*scale)


rows_kinks = True
