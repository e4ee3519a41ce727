"""Kernels of GeneralizedExtremeValue, derived from its formula by `python -m likelihood_kit.families.generate`."""

import numpy as np
from scipy import special

from likelihood_kit.calculus.log1p_ratio import log1p_ratio


def rows_hoist(y):
    return (y,)


def rows_value(hoisted, loc, scale, shape):
    (h0,) = hoisted
    x0 = (((h0 - loc)/scale)*log1p_ratio(shape*(h0 - loc)/scale, 0))
    return -x0*(shape + 1) - np.log(scale) - np.exp(-x0)


def rows_derivatives(hoisted, loc, scale, shape):
    (h0,) = hoisted
    x0 = scale**(-1.0)
    x1 = h0 - loc
    x2 = x0*x1
    x3 = ((x2)*log1p_ratio(shape*x2, 0))
    x4 = np.exp(-x3)
    x5 = shape + 1
    x6 = shape*x2
    x7 = x6 + 1
    x8 = x7**(-1.0)
    x9 = x0*x8
    x10 = (1/(scale**2))
    x11 = x10*x4
    x12 = x1**2
    x13 = log1p_ratio(x6, 1)
    x14 = x12*x13
    x15 = x10*x5
    x16 = (1/(x7**2))
    x17 = x11*x16
    x18 = x10*x8
    x19 = (1/(scale**2*scale))
    x20 = x16*x4
    x21 = x1*x19
    x22 = shape*x16
    x23 = 2*x21*x8
    x24 = (1/((scale**2)**2))
    x25 = x12*x24
    x26 = x22*x25
    x27 = x13*(-2*h0 + 2*loc)
    x28 = log1p_ratio(x6, 2)
    x29 = x19*x28
    x30 = x29*x5
    x31 = shape*x12
    x32 = x19*x4
    x33 = 2*x14
    x34 = (x1**2*x1)
    x35 = shape*x24*x28
    x36 = x34*x4
    return (
        -x3*x5 - x4 - np.log(scale),
        (-x4*x9 + x5*x9, -x0 + x1*x10*x5*x8 - x1*x11*x8, x10*x12*x13*x4 - x14*x15 - x3,),
        (shape*x10*x16*x5 - shape*x17 - x17, shape*x1*x16*x19*x5 + x10*x4*x8 - x18*x5 - x20*x21 - x21*x22*x4, x10 - x20*x25 + x23*x4 - x23*x5 - x26*x4 + x26*x5, x11*x27 + x14*x32*x8 - x15*x27 - x29*x31*x4 + x30*x31 + x9, x1*x18 + x13*x24*x36*x8 + x19*x33*x5 - x32*x33 + x34*x35*x5 - x35*x36, -((x1**2)**2)*x13**2*x24*x4 - x10*x33 + x19*x28*x34*x4 - x30*x34,),
    )


def rows_products(hoisted, loc, scale, shape):
    (h0,) = hoisted
    x0 = scale**(-1.0)
    x1 = h0 - loc
    x2 = x0*x1
    x3 = ((x2)*log1p_ratio(shape*x2, 0))
    x4 = np.exp(-x3)
    x6 = shape*x2
    x7 = x6 + 1
    x8 = x7**(-1.0)
    x12 = x1**2
    x13 = log1p_ratio(x6, 1)
    x16 = (1/(x7**2))
    x28 = log1p_ratio(x6, 2)
    x34 = (x1**2*x1)
    w0 = x1*x16
    w1 = x1*x8
    w2 = x12*x13
    w3 = x12*x16
    w4 = x12*x28
    w5 = x13*(-2*h0 + 2*loc)
    w6 = x16*x4
    w7 = x28*x34
    w8 = x4*x8
    w9 = w0*x4
    w10 = w1*x4
    w11 = ((x1**2)**2)*x13**2*x4
    w12 = w2*x4
    w13 = w3*x4
    w14 = w4*x4
    w15 = w5*x4
    w16 = w7*x4
    w17 = w12*x8
    w18 = w8*x13*x34
    return (x16, x3, x4, x8, w0, w1, w2, w3, w4, w5, w6, w7, w8, w9, w10, w11, w12, w13, w14, w15, w16, w17, w18,)


def rows_combine(means, loc, scale, shape):
    (m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18, m19, m20, m21, m22,) = means
    x0 = scale**(-1.0)
    x5 = shape + 1
    x10 = (1/(scale**2))
    x15 = x10*x5
    x19 = (1/(scale**2*scale))
    x24 = (1/((scale**2)**2))
    return (
        -m1*x5 - m2 - np.log(scale),
        (-m12*x0 + m3*x0*x5, -m14*x10 + m5*x10*x5 - x0, -m1 + m16*x10 - m6*x15,),
        (m0*shape*x10*x5 + m10*(-shape*x10 - x10), m12*x10 + m13*(-shape*x19 - x19) - m3*x10*x5 + m4*shape*x19*x5, 2*m14*x19 + m17*(-shape*x24 - x24) - 2*m5*x19*x5 + m7*shape*x24*x5 + x10, -m18*shape*x19 + m19*x10 + m21*x19 + m3*x0 + m8*shape*x19*x5 - m9*x15, m11*shape*x24*x5 - 2*m16*x19 - m20*shape*x24 + m22*x24 + m5*x10 + 2*m6*x19*x5, -m11*x19*x5 - m15*x24 + m20*x19 - 2*m6*x10,),
    )


def rows_value_products(hoisted, loc, scale, shape):
    (h0,) = hoisted
    x0 = (((h0 - loc)/scale)*log1p_ratio(shape*(h0 - loc)/scale, 0))
    w0 = np.exp(-x0)
    return (x0, w0,)


def rows_value_combine(means, loc, scale, shape):
    (m0, m1,) = means
    return m0*(-shape - 1) - m1 - np.log(scale)
