"""A formula in NumPy becomes an expression, its derivatives, its sufficient statistics and compiled kernels."""

from likelihood_kit.calculus.author import as_array, called, real
from likelihood_kit.calculus.compile import compile_kernels, higher_derivatives, numeric_kernels
from likelihood_kit.calculus.digits import InMoreDigits
from likelihood_kit.calculus.formula import (
    DATUM,
    Formula,
    expression_of,
    is_differentiable,
    may_kink,
    separation_of,
    source_of,
)
from likelihood_kit.calculus.gradient import (
    compiled_slopes,
    gradient,
    same_values,
    slopes_of,
    slopes_source,
)
from likelihood_kit.calculus.higher import function_derivatives
from likelihood_kit.calculus.kernels import CaseKernels, Kernel, Kernels, kernels_from
from likelihood_kit.calculus.kinks import has_kink
from likelihood_kit.calculus.loss import Form, LossForm, loss_form
from likelihood_kit.calculus.numeric import derivative_error, numeric_derivatives
from likelihood_kit.calculus.numeric_slopes import Slopes, numeric_slopes
from likelihood_kit.calculus.typeset import typeset, typeset_function, typeset_log_density
from likelihood_kit.calculus.written import Notation, latex_name

__all__ = [
    "DATUM",
    "CaseKernels",
    "Form",
    "Formula",
    "InMoreDigits",
    "Kernel",
    "Kernels",
    "LossForm",
    "Notation",
    "Slopes",
    "as_array",
    "called",
    "compile_kernels",
    "compiled_slopes",
    "derivative_error",
    "expression_of",
    "function_derivatives",
    "gradient",
    "has_kink",
    "higher_derivatives",
    "is_differentiable",
    "kernels_from",
    "latex_name",
    "loss_form",
    "may_kink",
    "numeric_derivatives",
    "numeric_kernels",
    "numeric_slopes",
    "real",
    "same_values",
    "separation_of",
    "slopes_of",
    "slopes_source",
    "source_of",
    "typeset",
    "typeset_function",
    "typeset_log_density",
]
