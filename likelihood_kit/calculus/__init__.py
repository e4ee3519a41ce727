"""A formula in NumPy becomes an expression, its derivatives, its sufficient statistics and compiled kernels."""

from likelihood_kit.calculus.compile import compile_kernels
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

__all__ = [
    "DATUM",
    "Formula",
    "Kernel",
    "Kernels",
    "compile_kernels",
    "expression_of",
    "kernels_from",
    "separation_of",
    "source_of",
]
