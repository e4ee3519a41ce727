"""Table of the generalized extreme value law by mpmath: log densities, moments, expected information, one fit.

`python generalized_extreme_value.py` writes `generalized_extreme_value.json` beside itself. The density is written here
anew, as the derivative of the distribution function of Coles (2001), equation 3.2, and none of the kit is used.
Information is E[s s'] by the trapezium rule, with the score by mpmath's differentiation of the density; where shape is
not 0 it must meet the closed form of Prescott and Walden (1980). The fit, a zero of the score, must meet the published
one of the sea levels at Port Pirie.
"""

import json
from pathlib import Path

from mpmath import mp, mpf

#: Near an upper end of the support 1 + shape z loses 20 digits, a difference quotient as many again.
mp.dps = 80
#: Digits to which the quadrature must meet the closed form.
QUADRATURE_DIGITS = 20
#: Digits written; a double holds 17.
WRITTEN_DIGITS = 25

#: (loc, scale, shape) -> data, from one end of the support to the other.
DATA = {
    (0.5, 1.25, 0.0): (-4.0, -1.5, 0.5, 0.75, 3.5, 40.0, 800.0),
    (0.5, 1.25, 1e-9): (-4.0, -1.5, 0.5, 0.75, 3.5, 40.0, 800.0),
    (0.5, 1.25, -1e-9): (-4.0, -1.5, 0.5, 0.75, 3.5, 40.0, 800.0),
    (-2.0, 0.375, -0.3): (-5.0, -2.5, -2.0, -1.75, -1.0, -0.875, -0.7501),
    (0.5, 1.25, 0.4): (-2.5, -1.75, 0.5, 0.75, 3.5, 40.0, 1e6),
    (100.0, 8.0, 1.5): (94.75, 97.0, 100.0, 120.0, 1e3, 1e12),
    (0.0, 2.0, -0.75): (-50.0, -2.5, 0.0, 1.5, 2.625),
}
#: Parameters at which the information is tabulated.
INFORMATION = ((0.5, 1.25, -0.3), (0.5, 1.25, 0.0), (0.5, 1.25, 1e-6), (0.5, 1.25, 0.2))
#: Entries of a lower triangle by rows.
PAIRS = [(i, j) for i in range(3) for j in range(i + 1)]
#: Shapes at which mean and variance at loc 0 and scale 1 are tabulated.
MOMENTS = (-0.9, -0.3, -0.2, -1e-3, -1e-9, 0.0, 1e-300, 1e-12, 1e-6, 0.1, 0.201, 0.3, 0.49)

#: Annual maxima of the sea level at Port Pirie, 1923 to 1987, in metres: Coles (2001), example 1.1; `portpirie` in the
#: R package ismev.
PORT_PIRIE = """
    4.03 3.83 3.65 3.88 4.01 4.08 4.18 3.80 4.36 3.96 3.98 4.69 3.85 3.96 3.85 3.93 3.75 3.63 3.57 4.25 3.97 4.05
    4.24 4.22 3.73 4.37 4.06 3.71 3.96 4.06 4.55 3.79 3.89 4.11 3.85 3.86 3.86 4.21 4.01 4.11 4.24 3.96 4.21 3.74
    3.85 3.88 3.66 4.11 3.71 4.18 3.90 3.78 3.91 3.72 4.00 3.66 3.62 4.33 4.55 3.75 4.08 3.90 3.88 3.94 4.33
"""
#: The fit of Coles (2001), section 3.4.1, who prints the first two or three digits; the others are software's.
PUBLISHED = {
    "estimate": ("3.87474985", "0.19804396", "-0.05010953"),
    "standard_error": ("0.0279322", "0.0202493", "0.0982556"),
    "log_likelihood": "4.339058",
}
#: A unit of the last digit published.
PUBLISHED_TOLERANCE = {"estimate": mpf("1e-8"), "standard_error": mpf("1e-7"), "log_likelihood": mpf("1e-6")}


def log_density(y, loc, scale, shape):
    z = (y - loc) / scale
    if shape == 0:
        return -mp.log(scale) - z - mp.exp(-z)
    # log1p, since a difference quotient at shape 0 takes steps of 1e-80.
    log_t = -mp.log1p(shape * z) / shape
    return (1 + shape) * log_t - mp.exp(log_t) - mp.log(scale)


def moments(shape):
    """Mean and variance at loc 0 and scale 1."""
    if shape == 0:
        return mp.euler, mp.pi**2 / 6
    # A shape of 1e-300 takes 600 digits from the difference of its gamma functions.
    with mp.workdps(mp.dps + 2 * int(mp.ceil(-mp.log10(abs(shape))) + 1)):
        first, second = mp.gamma(1 - shape), mp.gamma(1 - 2 * shape)
        return (first - 1) / shape, (second - first**2) / shape**2


def score(y, theta):
    unit = [tuple(int(i == j) for j in range(3)) for i in range(3)]
    return [mp.diff(lambda *t: log_density(y, *t), theta, order) for order in unit]


def information(theta):
    """E[s s'], lower triangle by rows, by the trapezium rule in the reduced variate w.

    The integrand falls off exponentially and is analytic for |Im w| < pi / 2, so that the error is exp(-pi^2 / step).
    """
    loc, scale, shape = theta
    step, totals = mpf(1) / 8, [mpf(0)] * 6
    # Below -5 the density is under exp(-148); above, the slowest product falls like exp(-(1 + 2 shape) w).
    for k in range(-5 * 8, int(8 * 90 / min(1, 1 + 2 * shape))):
        w = k * step
        y = loc + scale * (w if shape == 0 else mp.expm1(shape * w) / shape)
        mass = mp.exp(log_density(y, *theta)) * scale * mp.exp(shape * w) * step
        s = score(y, theta)
        totals = [total + s[i] * s[j] * mass for total, (i, j) in zip(totals, PAIRS, strict=True)]
    return totals


def closed_information(theta):
    """Prescott and Walden (1980), lower triangle by rows; not for shape 0."""
    _, scale, shape = theta
    gamma = mp.gamma(2 + shape)
    p = (1 + shape) ** 2 * mp.gamma(1 + 2 * shape)
    q = gamma * (mp.digamma(1 + shape) + (1 + shape) / shape)
    return [
        p / scale**2,
        (gamma - p) / (scale**2 * shape),
        (1 - 2 * gamma + p) / (scale * shape) ** 2,
        (p / shape - q) / (scale * shape),
        (q - p / shape - (1 - gamma) / shape - 1 + mp.euler) / (scale * shape**2),
        (mp.pi**2 / 6 + (1 - mp.euler + 1 / shape) ** 2 - 2 * q / shape + p / shape**2) / shape**2,
    ]


def fit():
    """Maximum likelihood at Port Pirie: a zero of the score, with standard errors from the observed information."""
    data = [mpf(word) for word in PORT_PIRIE.split()]

    def total(*theta):
        return sum(log_density(y, *theta) for y in data)

    def total_score(*theta):
        return [sum(column) for column in zip(*(score(y, theta) for y in data), strict=True)]

    # Forty digits do for the 25 that are written, and keep Newton's differences cheap.
    with mp.workdps(40):
        start = [mpf(word) for word in PUBLISHED["estimate"]]
        estimate = list(mp.findroot(total_score, start))
        hessian = mp.matrix(3)
        for i, j in PAIRS:
            order = tuple(int(i == k) + int(j == k) for k in range(3))
            hessian[i, j] = hessian[j, i] = mp.diff(total, estimate, order)
        covariance = mp.inverse(-hessian)
        found = {
            "estimate": estimate,
            "standard_error": [mp.sqrt(covariance[i, i]) for i in range(3)],
            "log_likelihood": total(*estimate),
        }
    for name, published in PUBLISHED.items():
        pairs = [(found[name], published)] if name == "log_likelihood" else zip(found[name], published, strict=True)
        for value, word in pairs:
            assert abs(value - mpf(word)) < PUBLISHED_TOLERANCE[name], (name, text(value), word)
    return found


def text(value) -> str:
    return mp.nstr(value, WRITTEN_DIGITS)


def table() -> dict:
    rows = [
        {
            "theta": list(theta),
            "y": list(data),
            "log_density": [text(log_density(mpf(y), *map(mpf, theta))) for y in data],
        }
        for theta, data in DATA.items()
    ]
    informations = []
    for theta in INFORMATION:
        exact = tuple(map(mpf, theta))
        found = information(exact)
        closed = closed_information(exact) if theta[2] else found
        diagonal = {i: found[PAIRS.index((i, i))] for i in range(3)}
        for (i, j), left, right in zip(PAIRS, found, closed, strict=True):
            error = abs(left - right) / mp.sqrt(diagonal[i] * diagonal[j])
            assert error < mpf(10) ** -QUADRATURE_DIGITS, (theta, i, j, text(error))
        informations.append({"theta": list(theta), "information": [text(entry) for entry in found]})
    moment_rows = [{"shape": shape, "moments": [text(m) for m in moments(mpf(shape))]} for shape in MOMENTS]
    fitted = {name: text(v) if name == "log_likelihood" else [text(x) for x in v] for name, v in fit().items()}
    sample = [float(word) for word in PORT_PIRIE.split()]
    return {"density": rows, "information": informations, "moments": moment_rows, "fit": {"y": sample, **fitted}}


if __name__ == "__main__":
    parts = []
    for name, content in table().items():
        lines = content if isinstance(content, list) else [content]
        body = ",\n".join(json.dumps(line) for line in lines)
        parts.append(f'"{name}": [\n{body}\n]' if isinstance(content, list) else f'"{name}": {body}')
    path = Path(__file__).with_suffix(".json")
    path.write_text("{\n" + ",\n".join(parts) + "\n}\n", encoding="utf-8")
