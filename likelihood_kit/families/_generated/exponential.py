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


def rows_means(hoisted, scale):
    (h0,) = hoisted
    x0 = scale**(-1.0)
    x1 = (1/(scale**2))
    m0 = np.mean(h0, axis=-1, keepdims=True)
    return (
        -m0*x0 - np.log(scale),
        (m0*x1 - x0,),
        (-2*m0/(scale**2*scale) + x1,),
    )


def reduced_hoist(y):
    return (y, 0)


def reduced_value(hoisted, scale):
    (t0, t1,) = hoisted
    return t1 - np.log(scale) - t0/scale


def reduced_derivatives(hoisted, scale):
    (t0, t1,) = hoisted
    x0 = scale**(-1.0)
    x1 = (1/(scale**2))
    return (
        -t0*x0 + t1 - np.log(scale),
        (t0*x1 - x0,),
        (x1 - 2*t0/(scale**2*scale),),
    )


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


def rows_in_rate_means(hoisted, rate):
    (h0,) = hoisted
    x0 = rate**(-1.0)
    m0 = np.mean(h0, axis=-1, keepdims=True)
    return (
        -m0*rate - np.log(x0),
        (-m0 + x0,),
        (-1/rate**2,),
    )


def reduced_in_rate_hoist(y):
    return (y, 0)


def reduced_in_rate_value(hoisted, rate):
    (t0, t1,) = hoisted
    return -rate*t0 + t1 + np.log(rate)


def reduced_in_rate_derivatives(hoisted, rate):
    (t0, t1,) = hoisted
    return (
        -rate*t0 + t1 + np.log(rate),
        (-t0 + rate**(-1.0),),
        (-1/rate**2,),
    )
