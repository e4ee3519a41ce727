"""Kernels of Beta, derived from its formula by `python -m likelihood_kit.families.generate`."""

import numpy as np
from scipy import special


def rows_hoist(y):
    return (np.log(y), np.log1p(-y),)


def rows_value(hoisted, alpha, beta):
    (h0, h1,) = hoisted
    return h0*(alpha - 1) + h1*(beta - 1) - special.betaln(alpha, beta)


def rows_derivatives(hoisted, alpha, beta):
    (h0, h1,) = hoisted
    x0 = alpha + beta
    x1 = special.digamma(x0)
    x2 = special.zeta(2.0, x0)
    x3 = -x2
    return (
        h0*(alpha - 1) + h1*(beta - 1) - special.betaln(alpha, beta),
        (h0 + x1 - special.digamma(alpha), h1 + x1 - special.digamma(beta),),
        (-x3 - special.zeta(2.0, alpha), x2, -x3 - special.zeta(2.0, beta),),
    )


def rows_products(hoisted, alpha, beta):
    (h0, h1,) = hoisted
    return (h0, h1,)


def rows_combine(means, alpha, beta):
    (m0, m1,) = means
    x0 = alpha + beta
    x1 = special.digamma(x0)
    x2 = special.zeta(2.0, x0)
    x3 = -x2
    return (
        m0*(alpha - 1) + m1*(beta - 1) - special.betaln(alpha, beta),
        (m0 + x1 - special.digamma(alpha), m1 + x1 - special.digamma(beta),),
        (-x3 - special.zeta(2.0, alpha), x2, -x3 - special.zeta(2.0, beta),),
    )


def rows_value_combine(means, alpha, beta):
    (m0, m1,) = means
    return m0*(alpha - 1) + m1*(beta - 1) - special.betaln(alpha, beta)


rows_reduces = True


rows_determined = ('beta', 'alpha')


def rows_in_mean_precision_hoist(y):
    return (np.log(y), np.log1p(-y), np.log1p(-y) - np.log(y),)


def rows_in_mean_precision_value(hoisted, mean, precision):
    (h0, h1, h2,) = hoisted
    x0 = mean*precision
    x1 = precision*(1 - mean)
    return h0*(x0 - 1) + h1*(x1 - 1) - special.betaln(x0, x1)


def rows_in_mean_precision_derivatives(hoisted, mean, precision):
    (h0, h1, h2,) = hoisted
    x0 = mean*precision
    x1 = 1 - mean
    x2 = precision*x1
    x3 = special.digamma(x0)
    x4 = x0 + x2
    x5 = -special.digamma(x4)
    x6 = x3 + x5
    x7 = special.digamma(x2)
    x8 = x5 + x7
    x9 = precision**2
    x10 = special.zeta(2.0, x0)
    x11 = special.zeta(2.0, x2)
    x12 = -special.zeta(2.0, x4)
    return (
        h0*(x0 - 1) + h1*(x2 - 1) - special.betaln(x0, x2),
        (h0*precision - h1*precision - precision*x6 + precision*x8, h0*mean + h1*x1 - mean*x6 - x1*x8,),
        (-x10*x9 - x11*x9, -h2 + precision*x1*x11 - x0*x10 - x3 + x7, -mean*(mean*x10 + x12) - x1*(x1*x11 + x12),),
    )


def rows_in_mean_precision_products(hoisted, mean, precision):
    (h0, h1, h2,) = hoisted
    return (h0, h1, h2,)


def rows_in_mean_precision_combine(means, mean, precision):
    (m0, m1, m2,) = means
    x0 = mean*precision
    x1 = 1 - mean
    x2 = precision*x1
    x3 = special.digamma(x0)
    x4 = x0 + x2
    x5 = -special.digamma(x4)
    x6 = x3 + x5
    x7 = special.digamma(x2)
    x8 = x5 + x7
    x9 = precision**2
    x10 = special.zeta(2.0, x0)
    x11 = special.zeta(2.0, x2)
    x12 = -special.zeta(2.0, x4)
    return (
        m0*(x0 - 1) + m1*(x2 - 1) - special.betaln(x0, x2),
        (m0*precision - m1*precision - precision*x6 + precision*x8, m0*mean + m1*x1 - mean*x6 - x1*x8,),
        (-x10*x9 - x11*x9, -m2 + precision*x1*x11 - x0*x10 - x3 + x7, -mean*(mean*x10 + x12) - x1*(x1*x11 + x12),),
    )


def rows_in_mean_precision_value_combine(means, mean, precision):
    (m0, m1, m2,) = means
    x0 = mean*precision
    x1 = 1 - mean
    x2 = precision*x1
    return m0*(x0 - 1) + m1*(x2 - 1) - special.betaln(x0, x2)


rows_in_mean_precision_reduces = True


rows_in_mean_precision_determined = ('precision', 'mean')


def canonical_in_mean_precision_slopes(mean, precision):
    x0 = 1 - mean
    return (mean*precision, precision*x0,), ((precision, mean,), (-precision, x0,),)
