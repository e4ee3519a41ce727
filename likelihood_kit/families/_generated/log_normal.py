"""Kernels of LogNormal, derived from its formula by `python -m likelihood_kit.families.generate`."""

import numpy as np
from scipy import special


def rows_hoist(y):
    return (np.log(y),)


def rows_value(hoisted, meanlog, sdlog):
    (h0,) = hoisted
    return -h0 - np.log(sdlog) - 0.9189385332046728 - 0.5*(h0 - meanlog)**2/sdlog**2


def rows_derivatives(hoisted, meanlog, sdlog):
    (h0,) = hoisted
    x0 = (h0 - meanlog)**2
    x1 = (1/(sdlog**2))
    x2 = (0.5)*x1
    x3 = -2*h0 + 2*meanlog
    x4 = (1/(sdlog**2*sdlog))
    return (
        -h0 - x0*x2 - np.log(sdlog) - 0.9189385332046728,
        (-x2*x3, x0*x4 - 1/sdlog,),
        (-x1, x3*x4, x1 - 3*x0/((sdlog**2)**2),),
    )


def rows_products(hoisted, meanlog, sdlog):
    (h0,) = hoisted
    x0 = (h0 - meanlog)**2
    x3 = -2*h0 + 2*meanlog
    return (h0, x0, x3,)


def rows_combine(means, meanlog, sdlog):
    (m0, m1, m2,) = means
    x1 = (1/(sdlog**2))
    x2 = (0.5)*x1
    x4 = (1/(sdlog**2*sdlog))
    return (
        -m0 - m1*x2 - np.log(sdlog) - 0.9189385332046728,
        (-m2*x2, m1*x4 - 1/sdlog,),
        (-x1, m2*x4, -3*m1/((sdlog**2)**2) + x1,),
    )


def rows_value_products(hoisted, meanlog, sdlog):
    (h0,) = hoisted
    w0 = (h0 - meanlog)**2
    return (h0, w0,)


def rows_value_combine(means, meanlog, sdlog):
    (m0, m1,) = means
    return -m0 - 0.5*m1/sdlog**2 - np.log(sdlog) - 0.9189385332046728


rows_determined = ('sdlog', 'meanlog')


def statistics_hoist(y):
    return (np.log(y), np.log(y)**2, -0.9189385332046728,)


def statistics_products(hoisted, meanlog, sdlog):
    (t0, t1, t2,) = hoisted
    return (t0, t1, t2,)


def statistics_combine(means, meanlog, sdlog):
    (m0, m1, m2,) = means
    x0 = (1/(sdlog**2))
    x1 = meanlog*x0
    x2 = (0.5)*x0
    x3 = meanlog**2
    x4 = (1/(sdlog**2*sdlog))
    x5 = 2*x4
    x6 = meanlog*x5
    x7 = -x0
    x8 = (1/((sdlog**2)**2))
    x9 = 3*x8
    return (
        m0*(x1 - 1) - m1*x2 + m2 - x2*x3 - np.log(sdlog),
        (m0*x0 - x1, -m0*x6 + m1*x4 + x3*x4 - 1/sdlog,),
        (x7, -m0*x5 + x6, 6*m0*meanlog*x8 - m1*x9 - x3*x9 - x7,),
    )


def statistics_value_combine(means, meanlog, sdlog):
    (m0, m1, m2,) = means
    x0 = (1/(sdlog**2))
    x1 = meanlog*x0
    x2 = (0.5)*x0
    x3 = meanlog**2
    return m0*(x1 - 1) - m1*x2 + m2 - x2*x3 - np.log(sdlog)


statistics_reduces = True
