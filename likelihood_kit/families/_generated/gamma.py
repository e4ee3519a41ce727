"""Kernels of Gamma, derived from its formula by `python -m likelihood_kit.families.generate`."""

import numpy as np
from scipy import special


def rows_hoist(y):
    return (np.log(y), y,)


def rows_value(hoisted, shape, scale):
    (h0, h1,) = hoisted
    return h0*(shape - 1) - h1/scale - shape*np.log(scale) - special.gammaln(shape)


def rows_derivatives(hoisted, shape, scale):
    (h0, h1,) = hoisted
    x0 = np.log(scale)
    x1 = scale**(-1.0)
    x2 = (1/(scale**2))
    return (
        h0*(shape - 1) - h1*x1 - shape*x0 - special.gammaln(shape),
        (h0 - x0 - special.digamma(shape), h1*x2 - shape*x1,),
        (-special.zeta(2.0, shape), -x1, -2*h1/(scale**2*scale) + shape*x2,),
    )


def rows_products(hoisted, shape, scale):
    (h0, h1,) = hoisted
    return (h0, h1,)


def rows_combine(means, shape, scale):
    (m0, m1,) = means
    x0 = np.log(scale)
    x1 = scale**(-1.0)
    x2 = (1/(scale**2))
    return (
        m0*(shape - 1) - m1*x1 - shape*x0 - special.gammaln(shape),
        (m0 - x0 - special.digamma(shape), m1*x2 - shape*x1,),
        (-special.zeta(2.0, shape), -x1, -2*m1/(scale**2*scale) + shape*x2,),
    )


def rows_value_combine(means, shape, scale):
    (m0, m1,) = means
    x0 = np.log(scale)
    x1 = scale**(-1.0)
    return m0*(shape - 1) - m1*x1 - shape*x0 - special.gammaln(shape)


rows_reduces = True


rows_determined = ('scale', 'shape')


def rows_in_mean_shape_hoist(y):
    return (np.log(y), y,)


def rows_in_mean_shape_value(hoisted, mean, shape):
    (h0, h1,) = hoisted
    return h0*(shape - 1) - h1*shape/mean - shape*np.log(mean/shape) - special.gammaln(shape)


def rows_in_mean_shape_derivatives(hoisted, mean, shape):
    (h0, h1,) = hoisted
    x0 = mean**(-1.0)
    x1 = shape*x0
    x2 = shape**(-1.0)
    x3 = np.log(mean*x2)
    x4 = (1/(mean**2))
    return (
        h0*(shape - 1) - h1*x1 - shape*x3 - special.gammaln(shape),
        (h1*shape*x4 - x1, h0 - h1*x0 - x3 - special.digamma(shape) + 1,),
        (-2*h1*shape/(mean**2*mean) + shape*x4, h1*x4 - x0, x2 - special.zeta(2.0, shape),),
    )


def rows_in_mean_shape_products(hoisted, mean, shape):
    (h0, h1,) = hoisted
    return (h0, h1,)


def rows_in_mean_shape_combine(means, mean, shape):
    (m0, m1,) = means
    x0 = mean**(-1.0)
    x1 = shape*x0
    x2 = shape**(-1.0)
    x3 = np.log(mean*x2)
    x4 = (1/(mean**2))
    return (
        m0*(shape - 1) - m1*x1 - shape*x3 - special.gammaln(shape),
        (m1*shape*x4 - x1, m0 - m1*x0 - x3 - special.digamma(shape) + 1,),
        (-2*m1*shape/(mean**2*mean) + shape*x4, m1*x4 - x0, x2 - special.zeta(2.0, shape),),
    )


def rows_in_mean_shape_value_combine(means, mean, shape):
    (m0, m1,) = means
    x0 = mean**(-1.0)
    x1 = shape*x0
    x2 = shape**(-1.0)
    x3 = np.log(mean*x2)
    return m0*(shape - 1) - m1*x1 - shape*x3 - special.gammaln(shape)


rows_in_mean_shape_reduces = True


rows_in_mean_shape_determined = ('shape', 'mean')


def rows_in_shape_rate_hoist(y):
    return (np.log(y), y,)


def rows_in_shape_rate_value(hoisted, shape, rate):
    (h0, h1,) = hoisted
    return h0*(shape - 1) - h1*rate - shape*np.log(rate**(-1.0)) - special.gammaln(shape)


def rows_in_shape_rate_derivatives(hoisted, shape, rate):
    (h0, h1,) = hoisted
    x0 = rate**(-1.0)
    x1 = np.log(x0)
    return (
        h0*(shape - 1) - h1*rate - shape*x1 - special.gammaln(shape),
        (h0 - x1 - special.digamma(shape), -h1 + shape*x0,),
        (-special.zeta(2.0, shape), x0, -shape/rate**2,),
    )


def rows_in_shape_rate_products(hoisted, shape, rate):
    (h0, h1,) = hoisted
    return (h0, h1,)


def rows_in_shape_rate_combine(means, shape, rate):
    (m0, m1,) = means
    x0 = rate**(-1.0)
    x1 = np.log(x0)
    return (
        m0*(shape - 1) - m1*rate - shape*x1 - special.gammaln(shape),
        (m0 - x1 - special.digamma(shape), -m1 + shape*x0,),
        (-special.zeta(2.0, shape), x0, -shape/rate**2,),
    )


def rows_in_shape_rate_value_combine(means, shape, rate):
    (m0, m1,) = means
    x0 = rate**(-1.0)
    x1 = np.log(x0)
    return m0*(shape - 1) - m1*rate - shape*x1 - special.gammaln(shape)


rows_in_shape_rate_reduces = True


rows_in_shape_rate_determined = ('rate', 'shape')


def canonical_in_mean_shape_slopes(mean, shape):
    x0 = shape**(-1.0)
    return (shape, mean*x0,), ((0, 1,), (x0, -mean/shape**2,),)


def canonical_in_shape_rate_slopes(shape, rate):
    return (shape, rate**(-1.0),), ((1, 0,), (0, -1/rate**2,),)
