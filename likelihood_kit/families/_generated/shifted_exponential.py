"""Kernels of ShiftedExponential, derived from its formula by `python -m likelihood_kit.families.generate`."""

import numpy as np
from scipy import special


def rows_hoist(y):
    return (y,)


def rows_value(hoisted, loc, scale):
    (h0,) = hoisted
    return -np.log(scale) - (h0 - loc)/scale


def rows_derivatives(hoisted, loc, scale):
    (h0,) = hoisted
    x0 = scale**(-1.0)
    x1 = h0 - loc
    x2 = (1/(scale**2))
    return (
        -x0*x1 - np.log(scale),
        (x0, -x0 + x1*x2,),
        (0, -x2, x2 - 2*x1/(scale**2*scale),),
    )


def rows_products(hoisted, loc, scale):
    (h0,) = hoisted
    x1 = h0 - loc
    return (x1,)


def rows_combine(means, loc, scale):
    (m0,) = means
    x0 = scale**(-1.0)
    x2 = (1/(scale**2))
    return (
        -m0*x0 - np.log(scale),
        (x0, m0*x2 - x0,),
        (0, -x2, -2*m0/(scale**2*scale) + x2,),
    )


def rows_value_products(hoisted, loc, scale):
    (h0,) = hoisted
    return (h0,)


def rows_value_combine(means, loc, scale):
    (m0,) = means
    return loc/scale - m0/scale - np.log(scale)


rows_determined = ('scale',)


def statistics_hoist(y):
    return (y,)


def statistics_products(hoisted, loc, scale):
    (t0,) = hoisted
    return (t0,)


def statistics_combine(means, loc, scale):
    (m0,) = means
    x0 = scale**(-1.0)
    x1 = (1/(scale**2))
    x2 = 2/(scale**2*scale)
    return (
        loc*x0 - m0*x0 - np.log(scale),
        (x0, -loc*x1 + m0*x1 - x0,),
        (0, -x1, loc*x2 - m0*x2 + x1,),
    )


def statistics_value_combine(means, loc, scale):
    (m0,) = means
    x0 = scale**(-1.0)
    return loc*x0 - m0*x0 - np.log(scale)


statistics_reduces = True
