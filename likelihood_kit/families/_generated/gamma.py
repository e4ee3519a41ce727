"""Kernels of Gamma, derived from its formula by `python -m likelihood_kit.families.generate`."""

import numpy as np
from scipy import special

from likelihood_kit.calculus.large_shape import log_excess
from likelihood_kit.calculus.large_shape import stirling_remainder


def rows_hoist(y):
    return (np.log(y), y,)


def rows_value(hoisted, shape, scale):
    (h0, h1,) = hoisted
    return -h0 - shape*log_excess(h1, scale*shape, shape) - stirling_remainder(shape, 0)


def rows_derivatives(hoisted, shape, scale):
    (h0, h1,) = hoisted
    x0 = log_excess(h1, scale*shape, shape)
    x1 = scale**(-1.0)
    x2 = shape**(-1.0)
    x3 = -h1 + scale*shape
    x4 = (1/(scale**2))
    return (
        -h0 - shape*x0 - stirling_remainder(shape, 0),
        (-x0 - x1*x2*x3 - stirling_remainder(shape, 1), -x3*x4,),
        (-x2 - stirling_remainder(shape, 2), -x1, -shape*x4 + 2*x3/(scale**2*scale),),
    )


def rows_products(hoisted, shape, scale):
    (h0, h1,) = hoisted
    x0 = log_excess(h1, scale*shape, shape)
    x3 = -h1 + scale*shape
    return (h0, x0, x3,)


def rows_combine(means, shape, scale):
    (m0, m1, m2,) = means
    x1 = scale**(-1.0)
    x2 = shape**(-1.0)
    x4 = (1/(scale**2))
    return (
        -m0 - m1*shape - stirling_remainder(shape, 0),
        (-m1 - m2*x1*x2 - stirling_remainder(shape, 1), -m2*x4,),
        (-x2 - stirling_remainder(shape, 2), -x1, 2*m2/(scale**2*scale) - shape*x4,),
    )


def rows_value_products(hoisted, shape, scale):
    (h0, h1,) = hoisted
    w0 = log_excess(h1, scale*shape, shape)
    return (h0, w0,)


def rows_value_combine(means, shape, scale):
    (m0, m1,) = means
    return -m0 - m1*shape - stirling_remainder(shape, 0)


rows_determined = ('scale', 'shape')


def statistics_hoist(y):
    return (y, np.log(y),)


def statistics_products(hoisted, shape, scale):
    (t0, t1,) = hoisted
    return (t0, t1,)


def statistics_combine(means, shape, scale):
    (m0, m1,) = means
    x0 = scale**(-1.0)
    x1 = -x0
    x2 = np.log(scale)
    x3 = (1/(scale**2))
    return (
        m0*x1 + m1*(shape - 1) - shape*x2 - special.gammaln(shape),
        (m1 - x2 - special.digamma(shape), m0*x3 - shape*x0,),
        (-special.zeta(2.0, shape), x1, -2*m0/(scale**2*scale) + shape*x3,),
    )


def statistics_value_combine(means, shape, scale):
    (m0, m1,) = means
    x0 = scale**(-1.0)
    x1 = -x0
    x2 = np.log(scale)
    return m0*x1 + m1*(shape - 1) - shape*x2 - special.gammaln(shape)


statistics_reduces = True


def rows_in_mean_shape_hoist(y):
    return (np.log(y), y,)


def rows_in_mean_shape_value(hoisted, mean, shape):
    (h0, h1,) = hoisted
    return -h0 - shape*log_excess(h1, mean, shape) - stirling_remainder(shape, 0)


def rows_in_mean_shape_derivatives(hoisted, mean, shape):
    (h0, h1,) = hoisted
    x0 = log_excess(h1, mean, shape)
    x1 = -h1 + mean
    x2 = (1/(mean**2))
    x3 = shape*x2
    return (
        -h0 - shape*x0 - stirling_remainder(shape, 0),
        (-x1*x3, -x0 - stirling_remainder(shape, 1),),
        (-x3 + 2*shape*x1/(mean**2*mean), -x1*x2, -stirling_remainder(shape, 2),),
    )


def rows_in_mean_shape_products(hoisted, mean, shape):
    (h0, h1,) = hoisted
    x0 = log_excess(h1, mean, shape)
    x1 = -h1 + mean
    return (h0, x0, x1,)


def rows_in_mean_shape_combine(means, mean, shape):
    (m0, m1, m2,) = means
    x2 = (1/(mean**2))
    x3 = shape*x2
    return (
        -m0 - m1*shape - stirling_remainder(shape, 0),
        (-m2*x3, -m1 - stirling_remainder(shape, 1),),
        (2*m2*shape/(mean**2*mean) - x3, -m2*x2, -stirling_remainder(shape, 2),),
    )


def rows_in_mean_shape_value_products(hoisted, mean, shape):
    (h0, h1,) = hoisted
    w0 = log_excess(h1, mean, shape)
    return (h0, w0,)


def rows_in_mean_shape_value_combine(means, mean, shape):
    (m0, m1,) = means
    return -m0 - m1*shape - stirling_remainder(shape, 0)


rows_in_mean_shape_determined = ('shape', 'mean')


def statistics_in_mean_shape_hoist(y):
    return (y, np.log(y),)


def statistics_in_mean_shape_products(hoisted, mean, shape):
    (t0, t1,) = hoisted
    return (t0, t1,)


def statistics_in_mean_shape_combine(means, mean, shape):
    (m0, m1,) = means
    x0 = mean**(-1.0)
    x1 = -shape*x0
    x2 = np.log(mean)
    x3 = np.log(shape)
    x4 = (1/(mean**2))
    x5 = shape*x4
    x6 = -x0
    return (
        m0*x1 + m1*(shape - 1) - shape*x2 + shape*x3 - special.gammaln(shape),
        (m0*x5 + x1, m0*x6 + m1 - x2 + x3 - special.digamma(shape) + 1,),
        (-2*m0*shape/(mean**2*mean) + x5, m0*x4 + x6, -special.zeta(2.0, shape) + shape**(-1.0),),
    )


def statistics_in_mean_shape_value_combine(means, mean, shape):
    (m0, m1,) = means
    x0 = mean**(-1.0)
    x1 = -shape*x0
    x2 = np.log(mean)
    x3 = np.log(shape)
    return m0*x1 + m1*(shape - 1) - shape*x2 + shape*x3 - special.gammaln(shape)


statistics_in_mean_shape_reduces = True


def rows_in_shape_rate_hoist(y):
    return (np.log(y), y,)


def rows_in_shape_rate_value(hoisted, shape, rate):
    (h0, h1,) = hoisted
    return -h0 - shape*log_excess(h1, shape/rate, shape) - stirling_remainder(shape, 0)


def rows_in_shape_rate_derivatives(hoisted, shape, rate):
    (h0, h1,) = hoisted
    x0 = rate**(-1.0)
    x1 = log_excess(h1, shape*x0, shape)
    x2 = shape**(-1.0)
    x3 = -h1 + shape*x0
    return (
        -h0 - shape*x1 - stirling_remainder(shape, 0),
        (-rate*x2*x3 - x1 - stirling_remainder(shape, 1), x3,),
        (-x2 - stirling_remainder(shape, 2), x0, -shape/rate**2,),
    )


def rows_in_shape_rate_products(hoisted, shape, rate):
    (h0, h1,) = hoisted
    x0 = rate**(-1.0)
    x1 = log_excess(h1, shape*x0, shape)
    x3 = -h1 + shape*x0
    return (h0, x1, x3,)


def rows_in_shape_rate_combine(means, shape, rate):
    (m0, m1, m2,) = means
    x0 = rate**(-1.0)
    x2 = shape**(-1.0)
    return (
        -m0 - m1*shape - stirling_remainder(shape, 0),
        (-m1 - m2*rate*x2 - stirling_remainder(shape, 1), m2,),
        (-x2 - stirling_remainder(shape, 2), x0, -shape/rate**2,),
    )


def rows_in_shape_rate_value_products(hoisted, shape, rate):
    (h0, h1,) = hoisted
    w0 = log_excess(h1, shape/rate, shape)
    return (h0, w0,)


def rows_in_shape_rate_value_combine(means, shape, rate):
    (m0, m1,) = means
    return -m0 - m1*shape - stirling_remainder(shape, 0)


rows_in_shape_rate_determined = ('rate', 'shape')


def statistics_in_shape_rate_hoist(y):
    return (y, np.log(y),)


def statistics_in_shape_rate_products(hoisted, shape, rate):
    (t0, t1,) = hoisted
    return (t0, t1,)


def statistics_in_shape_rate_combine(means, shape, rate):
    (m0, m1,) = means
    x0 = np.log(rate)
    x1 = rate**(-1.0)
    return (
        -m0*rate + m1*(shape - 1) + shape*x0 - special.gammaln(shape),
        (m1 + x0 - special.digamma(shape), -m0 + shape*x1,),
        (-special.zeta(2.0, shape), x1, -shape/rate**2,),
    )


def statistics_in_shape_rate_value_combine(means, shape, rate):
    (m0, m1,) = means
    x0 = np.log(rate)
    return -m0*rate + m1*(shape - 1) + shape*x0 - special.gammaln(shape)


statistics_in_shape_rate_reduces = True


def canonical_in_mean_shape_slopes(mean, shape):
    x0 = shape**(-1.0)
    return (shape, mean*x0,), ((0, 1,), (x0, -mean/shape**2,),)


def canonical_in_shape_rate_slopes(shape, rate):
    return (shape, rate**(-1.0),), ((1, 0,), (0, -1/rate**2,),)
