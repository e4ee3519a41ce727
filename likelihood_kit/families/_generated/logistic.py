"""Kernels of Logistic, derived from its formula by `python -m likelihood_kit.families.generate`."""

import numpy as np
from scipy import special


def rows_hoist(y):
    return (y,)


def rows_value(hoisted, loc, scale):
    (h0,) = hoisted
    x0 = (h0 - loc)/scale
    return special.log_expit(-x0) + special.log_expit(x0) - np.log(scale)


def rows_derivatives(hoisted, loc, scale):
    (h0,) = hoisted
    x0 = scale**(-1.0)
    x1 = h0 - loc
    x2 = x0*x1
    x3 = -x2
    x4 = special.expit(x3)
    x5 = special.expit(x2)
    x6 = (1/(scale**2))
    x7 = x4*x6
    x8 = 2*x5
    x9 = x1/(scale**2*scale)
    x10 = x8*x9
    return (
        special.log_expit(x2) + special.log_expit(x3) - np.log(scale),
        (-x0*x4 + x0*x5, -x0 + x1*x5*x6 - x1*x7,),
        (-x7*x8, -x10*x4 + x4*x6 - x5*x6, -x10 + 2*x4*x9 + x6 - x1**2*x4*x8/((scale**2)**2),),
    )


def rows_products(hoisted, loc, scale):
    (h0,) = hoisted
    x0 = scale**(-1.0)
    x1 = h0 - loc
    x2 = x0*x1
    x3 = -x2
    x4 = special.expit(x3)
    x5 = special.expit(x2)
    w0 = special.log_expit(x2)
    w1 = special.log_expit(x3)
    w2 = x1*x4
    w3 = x1*x5
    w4 = x4*x5
    w5 = w2*x5
    w6 = w5*x1
    return (x4, x5, w0, w1, w2, w3, w4, w5, w6,)


def rows_combine(means, loc, scale):
    (m0, m1, m2, m3, m4, m5, m6, m7, m8,) = means
    x0 = scale**(-1.0)
    x6 = (1/(scale**2))
    return (
        m2 + m3 - np.log(scale),
        (-m0*x0 + m1*x0, -m4*x6 + m5*x6 - x0,),
        (-2*m6*x6, m0*x6 - m1*x6 - 2*m7/(scale**2*scale), 2*m4/(scale**2*scale) - 2*m5/(scale**2*scale) - 2*m8/((scale**2)**2) + x6,),
    )


def rows_value_products(hoisted, loc, scale):
    (h0,) = hoisted
    x0 = (h0 - loc)/scale
    w0 = special.log_expit(-x0)
    w1 = special.log_expit(x0)
    return (w0, w1,)


def rows_value_combine(means, loc, scale):
    (m0, m1,) = means
    return m0 + m1 - np.log(scale)
