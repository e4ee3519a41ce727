"""A fit with what checks it: its derivatives, what the data determine, and how well its law fits."""

from __future__ import annotations

from likelihood_kit.diagnostics.derivative_check import DerivativeCheck
from likelihood_kit.models import derivative_checks
from likelihood_kit.models.fitted_observations import FittedObservations


class CheckedFit(FittedObservations):
    """Estimates and observations, with checks of the fit."""

    def check_derivatives(self) -> DerivativeCheck:
        """Errors of score and Hessian at the estimate, and beside it, by numeric derivatives of the author's function.

        It asks for no certificate: where a derivative is wrong there may be none.

        Returns
        -------
        DerivativeCheck
            `table`, with the worst relative errors per parameter, `ok` and `verdict`.

        Raises
        ------
        NotAvailableError
            For a family that is not smooth.
        """
        return derivative_checks.check_derivatives(self)
