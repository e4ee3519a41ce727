"""Kernels of StudentT, derived from its formula by `python -m likelihood_kit.families.generate`."""

import numpy as np
from scipy import special


def rows_hoist(y):
    return (y,)


def rows_value(hoisted, loc, scale, df):
    (h0,) = hoisted
    x0 = (0.5)*df
    return -(x0 + 0.5)*np.log1p((h0 - loc)**2/(df*scale**2)) - special.betaln(0.5, x0) - 0.5*np.log(df) - np.log(scale)


def rows_derivatives(hoisted, loc, scale, df):
    (h0,) = hoisted
    x0 = (0.5)*df
    x1 = x0 + 0.5
    x2 = (1/(scale**2))
    x3 = df**(-1.0)
    x4 = h0 - loc
    x5 = x4**2
    x6 = x3*x5
    x7 = x2*x6
    x8 = np.log1p(x7)
    x9 = -2*h0 + 2*loc
    x10 = x7 + 1
    x11 = x10**(-1.0)
    x12 = x11*x2
    x13 = x12*x9
    x14 = x1*x3
    x15 = (1/(scale**2*scale))
    x16 = (0.5)*x3
    x17 = (1/(df**2))
    x18 = 2*x14
    x19 = (1/((scale**2)**2))
    x20 = (1/(x10**2))
    x21 = x11*x15
    x22 = (1/((scale**2)**2*scale))
    x23 = x17*x5
    x24 = 2*x1
    x25 = x23*x24
    x26 = ((x4**2)**2)
    x27 = x20*x26
    x28 = x1*x19*x20
    x29 = (1/(df**2*df))
    x30 = x29*x5
    return (
        -x1*x8 - special.betaln(0.5, x0) - 0.5*np.log(df) - np.log(scale),
        (-x13*x14, 2*x1*x11*x15*x3*x5 - 1/scale, x1*x11*x17*x2*x5 - x16 - 0.5*x8 - 0.5*special.digamma(x0) + (0.5)*special.digamma(x1),),
        (x1*x17*x19*x20*x9**2 - x12*x18, x18*x21*x9 - x20*x22*x25*x9, -6*x1*x11*x19*x6 + x2 + 4*x1*x17*x27/((scale**2*scale)**2), x1*x11*x17*x2*x9 - x13*x16 - x28*x30*x9, -x21*x25 + x21*x6 + x22*x24*x27*x29, x12*x23 - x12*x24*x30 + (0.5)*x17 - 0.25*special.zeta(2.0, x0) + (0.25)*special.zeta(2.0, x1) + x26*x28/((df**2)**2),),
    )


def rows_products(hoisted, loc, scale, df):
    (h0,) = hoisted
    x2 = (1/(scale**2))
    x3 = df**(-1.0)
    x4 = h0 - loc
    x5 = x4**2
    x6 = x3*x5
    x7 = x2*x6
    x8 = np.log1p(x7)
    x9 = -2*h0 + 2*loc
    x10 = x7 + 1
    x11 = x10**(-1.0)
    x20 = (1/(x10**2))
    x26 = ((x4**2)**2)
    w0 = x11*x5
    w1 = x11*x9
    w2 = x20*x26
    w3 = x20*x9**2
    w4 = x20*x5*x9
    return (x11, x8, w0, w1, w2, w3, w4,)


def rows_combine(means, loc, scale, df):
    (m0, m1, m2, m3, m4, m5, m6,) = means
    x0 = (0.5)*df
    x1 = x0 + 0.5
    x2 = (1/(scale**2))
    x3 = df**(-1.0)
    x14 = x1*x3
    x15 = (1/(scale**2*scale))
    x16 = (0.5)*x3
    x17 = (1/(df**2))
    x18 = 2*x14
    x19 = (1/((scale**2)**2))
    x22 = (1/((scale**2)**2*scale))
    x24 = 2*x1
    x29 = (1/(df**2*df))
    return (
        -m1*x1 - special.betaln(0.5, x0) - 0.5*np.log(df) - np.log(scale),
        (-m3*x14*x2, 2*m2*x1*x15*x3 - 1/scale, -0.5*m1 + m2*x1*x17*x2 - x16 - 0.5*special.digamma(x0) + (0.5)*special.digamma(x1),),
        (-m0*x18*x2 + m5*x1*x17*x19, m3*x15*x18 - m6*x17*x22*x24, -6*m2*x1*x19*x3 + 4*m4*x1*x17/((scale**2*scale)**2) + x2, m3*(x1*x17*x2 - x16*x2) - m6*x1*x19*x29, m2*(-x15*x17*x24 + x15*x3) + m4*x22*x24*x29, m2*(x17*x2 - x2*x24*x29) + (0.5)*x17 - 0.25*special.zeta(2.0, x0) + (0.25)*special.zeta(2.0, x1) + m4*x1*x19/((df**2)**2),),
    )


def rows_value_products(hoisted, loc, scale, df):
    (h0,) = hoisted
    w0 = np.log1p((h0 - loc)**2/(df*scale**2))
    return (w0,)


def rows_value_combine(means, loc, scale, df):
    (m0,) = means
    x0 = (0.5)*df
    return m0*(-x0 - 0.5) - special.betaln(0.5, x0) - 0.5*np.log(df) - np.log(scale)
