"""Numerical methods that know nothing of families or models."""

from likelihood_kit._numerics.linear_algebra import lower_pairs, smallest_eigenvalue, stacked_inverse, triangle
from likelihood_kit._numerics.numbers import as_floats, is_number, is_whole
from likelihood_kit._numerics.quadrature import expectations, locate_mass

__all__ = [
    "as_floats",
    "expectations",
    "is_number",
    "is_whole",
    "locate_mass",
    "lower_pairs",
    "smallest_eigenvalue",
    "stacked_inverse",
    "triangle",
]
