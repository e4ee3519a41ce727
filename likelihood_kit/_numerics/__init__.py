"""Numerical methods that know nothing of families or models."""

from likelihood_kit._numerics.linear_algebra import lower_pairs, smallest_eigenvalue, stacked_inverse, triangle
from likelihood_kit._numerics.quadrature import expectations, locate_mass

__all__ = ["expectations", "locate_mass", "lower_pairs", "smallest_eigenvalue", "stacked_inverse", "triangle"]
