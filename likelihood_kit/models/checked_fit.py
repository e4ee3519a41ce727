"""A fit with what checks it, and what its law is: derivatives, what the data determine, samples, divergences."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

from likelihood_kit._numerics.signatures import named_arguments
from likelihood_kit.diagnostics.derivative_check import DerivativeCheck
from likelihood_kit.diagnostics.divergence import CrossEntropy
from likelihood_kit.diagnostics.goodness_of_fit import FIT_LEVEL, GoodnessOfFit
from likelihood_kit.diagnostics.identifiability import Identifiability
from likelihood_kit.diagnostics.losses import LossEquivalence
from likelihood_kit.models import (
    bounds,
    derivative_checks,
    determined,
    divergences,
    fit_of_law,
    information_at_params,
    losses,
    simulated,
)
from likelihood_kit.models.fitted_observations import FittedObservations

#: Seed of the samples of the fitted law, beside the data themselves: the same test for the same fit.
SEED = 1974


class CheckedFit(FittedObservations):
    """Estimates and observations, with checks of the fit."""

    @named_arguments
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

    @named_arguments
    def information(self, kind: str = "observed", coordinates: str = "params") -> pd.DataFrame:
        """Fisher information of the whole sample at the estimate, `(k, k)`; of one observation it is that over nobs.

        Parameters
        ----------
        kind : {"observed", "expected", "outer_product"}
        coordinates : {"params", "link"}
            Of params, or of the images of natural values under the links, in which the maximiser works; coefficients
            are both. The table's `attrs` say which.

        Raises
        ------
        NotAvailableError
            For a family that is not regular; the observed one for one that is not smooth; under sampling weights.
        """
        return information_at_params.information_table(self, kind, coordinates)

    @named_arguments
    def cramer_rao(
        self, of: Callable[..., Any] | None = None, bias: Callable[..., Any] | None = None, nuisance: bool = False
    ) -> pd.DataFrame:
        """Cramer-Rao bound at the estimate for the whole sample, per entry of params or for functions of them.

        Parameters
        ----------
        of : callable, optional
            `of(**params)`, a number or a dict of several; names that are no identifiers (`C(g)[T.b]`) reach a function
            that takes `**params`.
        bias : callable, optional
            `bias(**params)`, or `bias(n, **params)` with the number of observations: of biased estimators; see
            `cramer_rao_bound`.
        nuisance : bool
            Whether to compare with the bounds where other entries of params are known.

        Raises
        ------
        NotAvailableError
            Where no bound exists; without a family; under sampling weights; of an estimate that is not certified.
        """
        return bounds.cramer_rao(self, of, bias, nuisance)

    @named_arguments
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

    @named_arguments
    def simulate(self, rng: Any = None, n: int | None = None) -> Any:
        """A sample of the fitted law, `(nobs,)`: of the model's rows, their designs, known quantities and censoring.

        Under `freq_weights` each row as often as it counts. A Series where the data are pandas; of a response of
        several columns a named tuple, or a DataFrame.

        Parameters
        ----------
        rng : numpy.random.Generator or int, optional
            A generator, or the seed of a new one.
        n : int, optional
            Observations, where all have one law; by default as many as were fitted.

        Raises
        ------
        NotAvailableError
            Where no maximum is certified; under sampling weights; where nothing can be drawn from the law.
        """
        return simulated.simulated(self, rng, n)

    @property
    def tic(self) -> float:
        """Takeuchi's criterion, -2 llf + 2 tr(J^-1 K): AIC for a model that may be wrong. NaN as AIC is.

        Takeuchi, K. (1976), *Suri-Kagaku* 153, 12-18; J the observed information and K the outer product of the scores.
        """
        return -2 * float(self.llf) + 2 * divergences.penalty(self)

    @named_arguments
    def cross_entropy(self) -> CrossEntropy:
        """Mean of minus the log densities of the observations, in nats, with its standard error.

        It is what maximum likelihood makes least. `penalty` is by how much it is too small for new observations.
        """
        return divergences.entropy(self)

    @named_arguments
    def kl_divergence(self, reference: Any) -> float:
        """Kullback-Leibler divergence of the fitted law from a reference, in nats; without censoring.

        Parameters
        ----------
        reference : pair of family and dict of str to float, or "empirical"
            A law, such as `(lk.Gamma(), {"shape": 2.0, "scale": 3.0})`; or that of the sample, for whole numbers.

        Raises
        ------
        NotAvailableError
            Where the rows have laws of their own; where it is infinite for an empirical law that is continuous.
        """
        return divergences.divergence(self, reference)

    @named_arguments
    def loss_equivalence(self) -> LossEquivalence:
        """The loss of a prediction that the fit makes least, and minus the log likelihood rebuilt from it.

        It is read off the formula: squared error of a Normal mean, absolute error of a Laplace location, binary
        cross-entropy of a probability, deviances of Poisson, exponential and gamma means, whatever law has them.

        Returns
        -------
        LossEquivalence
            `name`, `loss`, `factor` and `constant` as LaTeX and text; `total`, `weighted`, `constants`, `rebuilt`,
            `negative_log_likelihood`, `agrees`, `verdict`.

        Raises
        ------
        NotAvailableError
            Without a family or symbolic formula; where no maximum is certified; under sampling weights; for a response
            of several columns, and for supports that move.
        """
        return losses.loss_equivalence(self)

    @named_arguments
    def goodness_of_fit(
        self, replications: int | None = None, seed: int = SEED, level: float = FIT_LEVEL
    ) -> GoodnessOfFit:
        """Anderson-Darling, Cramer-von Mises and Kolmogorov-Smirnov distances from the fitted law, and chi-squared.

        P-values by the parametric bootstrap: samples of the fitted law, each with its parameters estimated anew. Of
        counts each observation is put at random within its step of the distribution function, of censored times above
        it, with a fixed seed. The chi-squared statistic is over cells of equal probability, 2 n^(2/5) of them, so few
        that 5 observations are expected in each, or of counts over whole numbers that are pooled to as many; the
        verdict rests on the three distances, which see more.

        Parameters
        ----------
        replications : int, optional
            Samples, 99 at least; by default 999 of up to 1,000 observations, fewer of more.
        seed : int
        level : float
            Part of right models that the verdict speaks against.

        Raises
        ------
        NotAvailableError
            For censored data without `limit=`; under sampling weights; where no maximum is certified or the family is
            not smooth.
        """
        return fit_of_law.fit_of_law(self, replications, seed, level)
