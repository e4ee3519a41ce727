"""Numerical methods that know nothing of families or models."""

from likelihood_kit._numerics.linear_algebra import (
    lower_pairs,
    mirror_lower,
    smallest_eigenvalue,
    stacked_inverse,
    triangle,
)
from likelihood_kit._numerics.location import locate_mass
from likelihood_kit._numerics.numbers import as_floats, is_number, is_whole
from likelihood_kit._numerics.quadrature import FromEnd, expectations

__all__ = [
    "FromEnd",
    "as_floats",
    "expectations",
    "is_number",
    "is_whole",
    "locate_mass",
    "lower_pairs",
    "mirror_lower",
    "smallest_eigenvalue",
    "stacked_inverse",
    "triangle",
]
