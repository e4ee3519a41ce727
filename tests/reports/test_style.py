"""Figures as bytes: formulas without a ground, the same bytes every day; limits with a margin."""

import pytest
from matplotlib.figure import Figure
from numpy.testing import assert_allclose

from likelihood_kit.reports.style import formula_image, image, shared_limits


def test_a_formula_has_no_ground():
    """It stands on the page's own, whichever that is."""
    drawn = formula_image(r"\frac{a}{b^2}").decode("utf-8")
    assert "</svg>" in drawn
    assert "fill: none" in drawn
    assert "fill: #ffffff" not in drawn
    assert formula_image(r"\begin{cases} a \end{cases}") is None


@pytest.mark.parametrize("kind", ["svg", "pdf", "png"])
def test_the_same_figure_is_the_same_bytes(kind):
    drawn = [image(Figure(figsize=(1, 1)), kind) for _ in range(2)]
    assert drawn[0] == drawn[1]
    assert b"Date" not in drawn[0].replace(b"xmlns", b"")


def test_limits_have_a_margin():
    assert_allclose(shared_limits([3.0, -1.0, 2.0]), (-1.2, 3.2))
    assert_allclose(shared_limits([2.0, 2.0], margin=0.1), (1.8, 2.2))
    assert_allclose(shared_limits([-2.0], margin=0.1), (-2.2, -1.8))
    assert_allclose(shared_limits([0.0]), (-0.05, 0.05))
