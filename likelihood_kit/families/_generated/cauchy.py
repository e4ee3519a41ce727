"""Kernels of Cauchy, derived from its formula by `python -m likelihood_kit.families.generate`."""

import numpy as np
from scipy import special


def rows_hoist(y):
    return (y,)


def rows_value(hoisted, loc, scale):
    (h0,) = hoisted
    return -np.log1p((h0 - loc)**2/scale**2) - np.log(scale) - 1.1447298858494002


def rows_derivatives(hoisted, loc, scale):
    (h0,) = hoisted
    x0 = (1/(scale**2))
    x1 = h0 - loc
    x2 = x1**2
    x3 = x0*x2
    x4 = -2*h0 + 2*loc
    x5 = x3 + 1
    x6 = x5**(-1.0)
    x7 = x0*x6
    x8 = (1/(scale**2*scale))
    x9 = (1/((scale**2)**2))
    x10 = (1/(x5**2))
    return (
        -np.log1p(x3) - np.log(scale) - 1.1447298858494002,
        (-x4*x7, 2*x2*x6*x8 - 1/scale,),
        (x10*x4**2*x9 - 2*x7, 2*x4*x6*x8 - 2*x10*x2*x4/((scale**2)**2*scale), x0 - 6*x2*x6*x9 + 4*((x1**2)**2)*x10/((scale**2*scale)**2),),
    )


def rows_products(hoisted, loc, scale):
    (h0,) = hoisted
    x0 = (1/(scale**2))
    x1 = h0 - loc
    x2 = x1**2
    x3 = x0*x2
    x4 = -2*h0 + 2*loc
    x5 = x3 + 1
    x6 = x5**(-1.0)
    x10 = (1/(x5**2))
    w0 = np.log1p(x3)
    w1 = ((x1**2)**2)*x10
    w2 = x10*x4**2
    w3 = x2*x6
    w4 = x4*x6
    w5 = x10*x2*x4
    return (x6, w0, w1, w2, w3, w4, w5,)


def rows_combine(means, loc, scale):
    (m0, m1, m2, m3, m4, m5, m6,) = means
    x0 = (1/(scale**2))
    x8 = (1/(scale**2*scale))
    x9 = (1/((scale**2)**2))
    return (
        -m1 - np.log(scale) - 1.1447298858494002,
        (-m5*x0, 2*m4*x8 - 1/scale,),
        (-2*m0*x0 + m3*x9, 2*m5*x8 - 2*m6/((scale**2)**2*scale), 4*m2/((scale**2*scale)**2) - 6*m4*x9 + x0,),
    )


def rows_value_products(hoisted, loc, scale):
    (h0,) = hoisted
    w0 = np.log1p((h0 - loc)**2/scale**2)
    return (w0,)


def rows_value_combine(means, loc, scale):
    (m0,) = means
    return -m0 - np.log(scale) - 1.1447298858494002
