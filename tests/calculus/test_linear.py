import numpy as np
import pytest
import sympy
from numpy.testing import assert_allclose

from likelihood_kit.calculus import DATUM
from likelihood_kit.calculus.linear import LinearForms
from likelihood_kit.families import CATALOGUE

a, b, y, z = sympy.symbols("a b y z", real=True)
x0, x1, x2 = sympy.symbols("x0 x1 x2", real=True)


def test_like_products_are_collected():
    forms = LinearForms([], [y, z])
    assert forms.of(a * y + 3 + b * y * z - 2 * y) == {y: a - 2, sympy.Integer(1): 3, y * z: b}


def test_coefficients_are_seen_through_a_common_subexpression():
    forms = LinearForms([(x0, 2 * a), (x1, x0 * y)], [y])
    assert forms.of(x1 * b + x1) == {y: b * x0 + x0}


def test_a_sum_within_a_product_stays_whole():
    """Expanded, (y - a) z would cancel for y near 1e8."""
    forms = LinearForms([(x0, y - a)], [y, z])
    assert forms.of(b * x0 * z) == {x0 * z: b}
    assert forms.of((y - a) * z) == {(y - a) * z: 1}


@pytest.mark.parametrize("law", CATALOGUE.values())
def test_means_are_the_means_of_the_derivatives(law):
    for names in law().available_parameters:
        family = law(parameters=names)
        rng = np.random.default_rng([2026, len(names)])
        middle = {name: sum(box) / 2 for name, box in law.law.typical.items()}
        known = {name: float(np.round(middle.pop(name))) for name in law.law.known}
        coordinates = law.law.coordinates.get(names)
        values = middle if coordinates is None else coordinates.from_canonical(*middle.values())
        samples = np.asarray(family.sample((3, 50), rng, **{n: float(values[n]) for n in names}, **known), dtype=float)
        theta = [np.full((3, 1), float(values[name])) * [[1.0], [1.05], [0.97]] for name in names]
        kernel = family.kernels.rows
        hoisted = kernel.hoist(*(samples if name == DATUM else known[name] for name in family.law.data))
        expected = kernel.derivatives(hoisted, *theta)
        products = kernel.products(hoisted, *theta)
        means = [np.broadcast_to(product, (3, 50)).mean(axis=1, keepdims=True) for product in products]
        found = kernel.combine(means, *theta)
        products = kernel.value_products(hoisted, *theta)
        means = [np.broadcast_to(product, (3, 50)).mean(axis=1, keepdims=True) for product in products]
        assert_allclose(kernel.value_combine(means, *theta), found[0], rtol=1e-12)
        for entry, rows in zip(
            (found[0], *found[1], *found[2]), (expected[0], *expected[1], *expected[2]), strict=True
        ):
            assert np.ndim(entry) == 0 or entry.shape == (3, 1)
            mean = np.broadcast_to(rows, (3, 50)).mean(axis=1, keepdims=True)
            assert_allclose(np.broadcast_to(entry, (3, 1)), mean, rtol=1e-11, atol=1e-13)
