"""Kernels of Logistic, derived from its formula by `python -m likelihood_kit.families.generate`."""

import numpy as np
from scipy import special


def rows_hoist(y):
    return (y,)


def rows_value(hoisted, loc, scale):
    (h0,) = hoisted
    x0 = (h0 - loc)/scale
    return x0 + 2*special.log_expit(-x0) - np.log(scale)


def rows_derivatives(hoisted, loc, scale):
    (h0,) = hoisted
    x0 = scale**(-1.0)
    x1 = h0 - loc
    x2 = x0*x1
    x3 = -x2
    x4 = special.expit(x2)
    x5 = 2*x4
    x6 = (1/(scale**2))
    x7 = special.expit(x3)
    x8 = x5*x6
    x9 = x1/(scale**2*scale)
    x10 = x5*x7
    return (
        x2 + 2*special.log_expit(x3) - np.log(scale),
        (x0*x5 - x0, -x0 + 2*x1*x4*x6 - x1*x6,),
        (-x7*x8, -x10*x9 + x6 - x8, -4*x4*x9 + x6 + 2*x9 - x1**2*x10/((scale**2)**2),),
    )


def rows_products(hoisted, loc, scale):
    (h0,) = hoisted
    x0 = scale**(-1.0)
    x1 = h0 - loc
    x2 = x0*x1
    x3 = -x2
    x4 = special.expit(x2)
    x7 = special.expit(x3)
    w0 = special.log_expit(x3)
    w1 = x1*x4
    w2 = x4*x7
    w3 = w1*x7
    w4 = w3*x1
    return (x1, x4, w0, w1, w2, w3, w4,)


def rows_combine(means, loc, scale):
    (m0, m1, m2, m3, m4, m5, m6,) = means
    x0 = scale**(-1.0)
    x6 = (1/(scale**2))
    return (
        m0*x0 + 2*m2 - np.log(scale),
        (2*m1*x0 - x0, -m0*x6 + 2*m3*x6 - x0,),
        (-2*m4*x6, -2*m1*x6 - 2*m5/(scale**2*scale) + x6, 2*m0/(scale**2*scale) - 4*m3/(scale**2*scale) - 2*m6/((scale**2)**2) + x6,),
    )


def rows_value_products(hoisted, loc, scale):
    (h0,) = hoisted
    x0 = (h0 - loc)/scale
    w0 = special.log_expit(-x0)
    return (x0, w0,)


def rows_value_combine(means, loc, scale):
    (m0, m1,) = means
    return m0 + 2*m1 - np.log(scale)
