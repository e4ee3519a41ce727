"""Kernels of NegativeBinomial, derived from its formula by `python -m likelihood_kit.families.generate`."""

import numpy as np
from scipy import special

from likelihood_kit.calculus.log1p_ratio import log1p_ratio
from likelihood_kit.calculus.log_rising import log_rising


def rows_hoist(y):
    return (special.gammaln(y + 1), y,)


def rows_value(hoisted, mean, dispersion):
    (h0, h1,) = hoisted
    return -h0 - h1*np.log(dispersion + mean**(-1.0)) + log_rising(h1, dispersion, 0) - ((mean)*log1p_ratio(dispersion*mean, 0))


def rows_derivatives(hoisted, mean, dispersion):
    (h0, h1,) = hoisted
    x0 = dispersion + mean**(-1.0)
    x1 = dispersion*mean
    x2 = x1 + 1
    x3 = mean**2
    x4 = x3**(-1.0)
    x5 = h1/x0
    x6 = log1p_ratio(x1, 1)
    x7 = h1/x0**2
    x8 = (mean**2*mean)
    x9 = log1p_ratio(x1, 2)
    return (
        -h0 - h1*np.log(x0) + log_rising(h1, dispersion, 0) - ((mean)*log1p_ratio(dispersion*mean, 0)),
        (x4*x5 - 1/x2, -x3*x6 - x5 + log_rising(h1, dispersion, 1),),
        (dispersion/x2**2 - 2*x5/x8 + x7/((mean**2)**2), -dispersion*x3*x9 - 2*mean*x6 - x4*x7, x7 - x8*x9 + log_rising(h1, dispersion, 2),),
    )


def rows_products(hoisted, mean, dispersion):
    (h0, h1,) = hoisted
    w0 = log_rising(h1, dispersion, 0)
    w1 = log_rising(h1, dispersion, 1)
    w2 = log_rising(h1, dispersion, 2)
    return (h0, h1, w0, w1, w2,)


def rows_combine(means, mean, dispersion):
    (m0, m1, m2, m3, m4,) = means
    x0 = dispersion + mean**(-1.0)
    x1 = dispersion*mean
    x2 = x1 + 1
    x3 = mean**2
    x4 = x3**(-1.0)
    x6 = log1p_ratio(x1, 1)
    x8 = (mean**2*mean)
    x9 = log1p_ratio(x1, 2)
    return (
        -m0 - m1*np.log(x0) + m2 - ((mean)*log1p_ratio(dispersion*mean, 0)),
        (m1*x4/x0 - 1/x2, -m1/x0 + m3 - x3*x6,),
        (dispersion/x2**2 + m1*(-2/(x0*x8) + 1/(((mean**2)**2)*x0**2)), -dispersion*x3*x9 - m1*x4/x0**2 - 2*mean*x6, m1/x0**2 + m4 - x8*x9,),
    )


def rows_value_products(hoisted, mean, dispersion):
    (h0, h1,) = hoisted
    w0 = log_rising(h1, dispersion, 0)
    return (h0, h1, w0,)


def rows_value_combine(means, mean, dispersion):
    (m0, m1, m2,) = means
    return -m0 - m1*np.log(dispersion + mean**(-1.0)) + m2 - ((mean)*log1p_ratio(dispersion*mean, 0))
