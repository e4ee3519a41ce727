"""A formula in NumPy becomes an expression, its derivatives, its sufficient statistics and compiled kernels."""

from likelihood_kit.calculus.compile import compile_kernels
from likelihood_kit.calculus.exposition import Exposition, expose, notation_of
from likelihood_kit.calculus.kernels import (
    DATUM,
    Formula,
    Kernel,
    Kernels,
    expression_of,
    kernels_from,
    separation_of,
    source_of,
)
from likelihood_kit.calculus.notation import Notation, latex_name
from likelihood_kit.calculus.numeric import derivative_error, gradient, numeric_derivatives

__all__ = [
    "DATUM",
    "Exposition",
    "Formula",
    "Kernel",
    "Kernels",
    "Notation",
    "compile_kernels",
    "derivative_error",
    "expose",
    "expression_of",
    "gradient",
    "kernels_from",
    "latex_name",
    "notation_of",
    "numeric_derivatives",
    "separation_of",
    "source_of",
]
