"""A fit with what checks it: its derivatives, what the data determine, and how well its law fits."""

from __future__ import annotations

from likelihood_kit.diagnostics.derivative_check import DerivativeCheck
from likelihood_kit.diagnostics.identifiability import Identifiability
from likelihood_kit.models import derivative_checks, determined
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

    def identifiability(self, kind: str | None = None) -> Identifiability:
        """Directions of the params by what the information says of them, and what the data determine, in words.

        Of an estimate that is not certified too: that there is no single maximum is what it is for.

        Parameters
        ----------
        kind : {"expected", "observed"}, optional
            The information; by default the expected one, or the observed one where there is no expected one.

        Returns
        -------
        Identifiability
            `verdict`, `condition_number`, `eigenvalues`, `directions`, `ok`.

        Raises
        ------
        NotAvailableError
            For a family that is not regular; under sampling weights; where the information is not finite.
        """
        return determined.identified(self, kind)
