"""Tables of the catalogue by mpmath at 50 digits: log densities, and the expected information of one observation.

`python make_tables.py` writes `tables.json` beside itself. Every density is written here anew, from the reference that
the family's file names, and none of the kit is used. Information is E[s s'] by quadrature or summation, with the score
by mpmath's differentiation of the density; the closed forms in `CLOSED` are checked against it and tabulated where
they exist.
"""

import itertools
import json
from pathlib import Path

from mpmath import mp, mpf

mp.dps = 50
#: Digits to which quadrature must meet a closed form.
QUADRATURE_DIGITS = 20
#: Digits written; a double holds 17.
WRITTEN_DIGITS = 25

DENSITIES = {
    "Normal": lambda y, mean, sd: mp.npdf(y, mean, sd),
    "Normal in mean, variance": lambda y, mean, variance: mp.npdf(y, mean, mp.sqrt(variance)),
    "Exponential": lambda y, scale: mp.exp(-y / scale) / scale,
    "Exponential in rate": lambda y, rate: rate * mp.exp(-rate * y),
    "Gamma": lambda y, shape, scale: y ** (shape - 1) * mp.exp(-y / scale) / (mp.gamma(shape) * scale**shape),
    "Gamma in mean, shape": lambda y, mean, shape: (
        (shape / mean) ** shape * y ** (shape - 1) * mp.exp(-shape * y / mean) / mp.gamma(shape)
    ),
    "Gamma in shape, rate": lambda y, shape, rate: rate**shape * y ** (shape - 1) * mp.exp(-rate * y) / mp.gamma(shape),
    "Weibull": lambda y, shape, scale: shape / scale * (y / scale) ** (shape - 1) * mp.exp(-((y / scale) ** shape)),
    "StudentT": lambda y, loc, scale, df: (
        mp.gamma((df + 1) / 2)
        / (mp.gamma(df / 2) * mp.sqrt(df * mp.pi) * scale)
        * (1 + ((y - loc) / scale) ** 2 / df) ** (-(df + 1) / 2)
    ),
    "Uniform": lambda y, low, high: 1 / (high - low),
    "Bernoulli": lambda y, probability: probability if y == 1 else 1 - probability,
    "Poisson": lambda y, rate: rate**y * mp.exp(-rate) / mp.factorial(y),
}


def _trigamma(x):
    return mp.polygamma(1, x)


def _weibull(shape, scale):
    drift = 1 - mp.euler
    return [[(mp.pi**2 / 6 + drift**2) / shape**2, -drift / scale], [-drift / scale, (shape / scale) ** 2]]


def _student(loc, scale, df):
    corner = (_trigamma(df / 2) - _trigamma((df + 1) / 2)) / 4 - (df + 5) / (2 * df * (df + 1) * (df + 3))
    cross = -2 / (scale * (df + 1) * (df + 3))
    return [
        [(df + 1) / ((df + 3) * scale**2), 0, 0],
        [0, 2 * df / ((df + 3) * scale**2), cross],
        [0, cross, corner],
    ]


CLOSED = {
    "Normal": lambda mean, sd: [[1 / sd**2, 0], [0, 2 / sd**2]],
    "Normal in mean, variance": lambda mean, variance: [[1 / variance, 0], [0, 1 / (2 * variance**2)]],
    "Exponential": lambda scale: [[1 / scale**2]],
    "Exponential in rate": lambda rate: [[1 / rate**2]],
    "Gamma": lambda shape, scale: [[_trigamma(shape), 1 / scale], [1 / scale, shape / scale**2]],
    "Gamma in mean, shape": lambda mean, shape: [[shape / mean**2, 0], [0, _trigamma(shape) - 1 / shape]],
    "Gamma in shape, rate": lambda shape, rate: [[_trigamma(shape), -1 / rate], [-1 / rate, shape / rate**2]],
    "Weibull": _weibull,
    "StudentT": _student,
    "Bernoulli": lambda probability: [[1 / (probability * (1 - probability))]],
    "Poisson": lambda rate: [[1 / rate]],
}
#: Family -> parameter values, all exact in binary so that no test rounds them differently.
THETA = {
    "Normal": [(0.5, 1.25), (-3.0, 0.0625), (1000.0, 7.5)],
    "Normal in mean, variance": [(0.5, 1.5), (-3.0, 0.015625)],
    "Exponential": [(0.375,), (40.0,)],
    "Exponential in rate": [(0.375,), (40.0,)],
    "Gamma": [(0.75, 2.5), (1.0, 1.0), (6.25, 0.125), (150.0, 3.0)],
    "Gamma in mean, shape": [(2.5, 0.75), (10.0, 6.25)],
    "Gamma in shape, rate": [(0.75, 2.5), (6.25, 0.125)],
    "Weibull": [(0.625, 2.5), (1.0, 1.0), (4.5, 0.375)],
    "StudentT": [(0.5, 1.25, 2.5), (-2.0, 0.375, 1.0), (0.0, 3.0, 30.0)],
    "Uniform": [(-1.5, 2.25)],
    "Bernoulli": [(0.125,), (0.875,)],
    "Poisson": [(0.375,), (4.5,), (60.0,)],
}
#: Positions of the data: in the support, out to far tails.
REAL = (-30.0, -2.5, -0.25, 0.0, 0.75, 3.5, 40.0)
HALF_LINE = (1e-6, 0.03125, 0.75, 1.5, 4.0, 25.0)
COUNTS = (0, 1, 2, 7, 31)
DATA = {
    "Normal": REAL,
    "Normal in mean, variance": REAL,
    "StudentT": (*REAL, 1e6),
    "Uniform": (-1.5, 0.0, 2.0, 2.25),
    "Bernoulli": (0, 1),
    "Poisson": COUNTS,
}


def score_products(density, theta, y):
    """Products s_i s_j f at y, lower triangle by rows."""
    unit = [tuple(int(i == j) for j in range(len(theta))) for i in range(len(theta))]
    f = density(y, *theta)
    score = [mp.diff(lambda *t: mp.log(density(y, *t)), theta, order) for order in unit]
    return [score[i] * score[j] * f for i in range(len(theta)) for j in range(i + 1)]


def information(name, theta):
    """E[s s'], lower triangle by rows, by summation or quadrature."""
    density = DENSITIES[name]
    if name == "Bernoulli":
        return [sum(terms) for terms in zip(*(score_products(density, theta, y) for y in (0, 1)), strict=True)]
    if name == "Poisson":
        last = int(theta[0] + 40 * mp.sqrt(theta[0]) + 60)
        terms = [score_products(density, theta, mpf(y)) for y in range(last)]
        return [sum(column) for column in zip(*terms, strict=True)]
    entries = len(theta) * (len(theta) + 1) // 2
    whole = name.startswith(("Normal", "StudentT"))
    # In u = log y on the half line, and y = m + s sinh u on the whole: the integrand then falls off exponentially.
    centre, scale = (theta[0], theta[1]) if whole else (mpf(0), mpf(1))
    if name == "Normal in mean, variance":
        scale = mp.sqrt(theta[1])

    def at(u):
        y, slope = (centre + scale * mp.sinh(u), scale * mp.cosh(u)) if whole else (mp.exp(u), mp.exp(u))
        return [product * slope for product in score_products(density, theta, y)]

    # Trapezium rule: for such an integrand the error is exp(-c / step), and 1/32 gives the digits asked for.
    step, end = mpf(1) / 32, 120
    totals = [mpf(0)] * entries
    for k in range(-end * 32, end * 32 + 1):
        u = k * step
        y = centre + scale * mp.sinh(u) if whole else mp.exp(u)
        if density(y, *theta) * (mp.cosh(u) if whole else y) < mpf(10) ** -45:
            continue
        totals = [total + value * step for total, value in zip(totals, at(u), strict=True)]
    return totals


def text(value) -> str:
    return mp.nstr(value, WRITTEN_DIGITS)


def rows():
    """One row per family and parameters."""
    for name, values in THETA.items():
        for theta in values:
            exact = tuple(mpf(t) for t in theta)
            data = DATA.get(name, HALF_LINE)
            row = {"family": name, "theta": list(theta), "y": list(data)}
            row["log_density"] = [text(mp.log(DENSITIES[name](mpf(y), *exact))) for y in data]
            if name in CLOSED:
                closed = CLOSED[name](*exact)
                row["information"] = [[text(mpf(entry)) for entry in line] for line in closed]
                pairs = itertools.chain.from_iterable(((i, j) for j in range(i + 1)) for i in range(len(theta)))
                for (i, j), found in zip(pairs, information(name, exact), strict=True):
                    scale = mp.sqrt(closed[i][i] * closed[j][j])
                    error = abs(found - closed[i][j]) / scale
                    assert error < mpf(10) ** -QUADRATURE_DIGITS, (name, theta, i, j, text(error))
            yield row


if __name__ == "__main__":
    lines = ",\n".join(json.dumps(row) for row in rows())
    (Path(__file__).parent / "tables.json").write_text(f"[\n{lines}\n]\n", encoding="utf-8")
