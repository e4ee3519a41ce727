"""Kernels of Normal, derived from its formula by `python -m likelihood_kit.families.generate`."""

import numpy as np
from scipy import special


def rows_hoist(y):
    return (y,)


def rows_value(hoisted, mean, sd):
    (h0,) = hoisted
    return -np.log(sd) - 0.9189385332046728 - 0.5*(h0 - mean)**2/sd**2


def rows_derivatives(hoisted, mean, sd):
    (h0,) = hoisted
    x0 = (h0 - mean)**2
    x1 = (1/(sd**2))
    x2 = (0.5)*x1
    x3 = -2*h0 + 2*mean
    x4 = (1/(sd**2*sd))
    return (
        -x0*x2 - np.log(sd) - 0.9189385332046728,
        (-x2*x3, x0*x4 - 1/sd,),
        (-x1, x3*x4, x1 - 3*x0/((sd**2)**2),),
    )


def rows_products(hoisted, mean, sd):
    (h0,) = hoisted
    x0 = (h0 - mean)**2
    x3 = -2*h0 + 2*mean
    return (x0, x3,)


def rows_combine(means, mean, sd):
    (m0, m1,) = means
    x1 = (1/(sd**2))
    x2 = (0.5)*x1
    x4 = (1/(sd**2*sd))
    return (
        -m0*x2 - np.log(sd) - 0.9189385332046728,
        (-m1*x2, m0*x4 - 1/sd,),
        (-x1, m1*x4, -3*m0/((sd**2)**2) + x1,),
    )


def rows_value_products(hoisted, mean, sd):
    (h0,) = hoisted
    w0 = (h0 - mean)**2
    return (w0,)


def rows_value_combine(means, mean, sd):
    (m0,) = means
    return -0.5*m0/sd**2 - np.log(sd) - 0.9189385332046728


rows_determined = ('sd', 'mean')


def statistics_hoist(y):
    return (y, y**2, -0.9189385332046728,)


def statistics_products(hoisted, mean, sd):
    (t0, t1, t2,) = hoisted
    return (t0, t1, t2,)


def statistics_combine(means, mean, sd):
    (m0, m1, m2,) = means
    x0 = (1/(sd**2))
    x1 = mean*x0
    x2 = (0.5)*x0
    x3 = mean**2
    x4 = (1/(sd**2*sd))
    x5 = 2*x4
    x6 = mean*x5
    x7 = -x0
    x8 = (1/((sd**2)**2))
    x9 = 3*x8
    return (
        m0*x1 - m1*x2 + m2 - x2*x3 - np.log(sd),
        (m0*x0 - x1, -m0*x6 + m1*x4 + x3*x4 - 1/sd,),
        (x7, -m0*x5 + x6, 6*m0*mean*x8 - m1*x9 - x3*x9 - x7,),
    )


def statistics_value_combine(means, mean, sd):
    (m0, m1, m2,) = means
    x0 = (1/(sd**2))
    x1 = mean*x0
    x2 = (0.5)*x0
    x3 = mean**2
    return m0*x1 - m1*x2 + m2 - x2*x3 - np.log(sd)


statistics_reduces = True


def rows_in_mean_variance_hoist(y):
    return (y,)


def rows_in_mean_variance_value(hoisted, mean, variance):
    (h0,) = hoisted
    return -np.log(np.sqrt(variance)) - 0.9189385332046728 - 0.5*(h0 - mean)**2/variance


def rows_in_mean_variance_derivatives(hoisted, mean, variance):
    (h0,) = hoisted
    x0 = (h0 - mean)**2
    x1 = variance**(-1.0)
    x2 = (0.5)*x1
    x3 = -2*h0 + 2*mean
    x4 = (1/(variance**2))
    x5 = (0.5)*x4
    return (
        -x0*x2 - np.log(np.sqrt(variance)) - 0.9189385332046728,
        (-x2*x3, (0.5)*x0*x4 - x2,),
        (-x1, x3*x5, x5 - x0/(variance**2*variance),),
    )


def rows_in_mean_variance_products(hoisted, mean, variance):
    (h0,) = hoisted
    x0 = (h0 - mean)**2
    x3 = -2*h0 + 2*mean
    return (x0, x3,)


def rows_in_mean_variance_combine(means, mean, variance):
    (m0, m1,) = means
    x1 = variance**(-1.0)
    x2 = (0.5)*x1
    x4 = (1/(variance**2))
    x5 = (0.5)*x4
    return (
        -m0*x2 - np.log(np.sqrt(variance)) - 0.9189385332046728,
        (-m1*x2, (0.5)*m0*x4 - x2,),
        (-x1, m1*x5, -m0/(variance**2*variance) + x5,),
    )


def rows_in_mean_variance_value_products(hoisted, mean, variance):
    (h0,) = hoisted
    w0 = (h0 - mean)**2
    return (w0,)


def rows_in_mean_variance_value_combine(means, mean, variance):
    (m0,) = means
    return -0.5*m0/variance - np.log(np.sqrt(variance)) - 0.9189385332046728


rows_in_mean_variance_determined = ('variance', 'mean')


def statistics_in_mean_variance_hoist(y):
    return (y, y**2, -0.9189385332046728,)


def statistics_in_mean_variance_products(hoisted, mean, variance):
    (t0, t1, t2,) = hoisted
    return (t0, t1, t2,)


def statistics_in_mean_variance_combine(means, mean, variance):
    (m0, m1, m2,) = means
    x0 = variance**(-1.0)
    x1 = mean*x0
    x2 = (0.5)*x0
    x3 = -x2
    x4 = mean**2
    x5 = (1/(variance**2))
    x6 = mean*x5
    x7 = (0.5)*x5
    x8 = (1/(variance**2*variance))
    return (
        m0*x1 + m1*x3 + m2 - x2*x4 - 0.5*np.log(variance),
        (m0*x0 - x1, -m0*x6 + m1*x7 + x3 + x4*x7,),
        (-x0, -m0*x5 + x6, 2*m0*mean*x8 - m1*x8 - x4*x8 + (0.5)*x5,),
    )


def statistics_in_mean_variance_value_combine(means, mean, variance):
    (m0, m1, m2,) = means
    x0 = variance**(-1.0)
    x1 = mean*x0
    x2 = (0.5)*x0
    x3 = -x2
    x4 = mean**2
    return m0*x1 + m1*x3 + m2 - x2*x4 - 0.5*np.log(variance)


statistics_in_mean_variance_reduces = True


def canonical_in_mean_variance_slopes(mean, variance):
    x0 = np.sqrt(variance)
    return (mean, x0,), ((1, 0,), (0, (0.5)/x0,),)
