"""Tests of restrictions on a fit's params, under statsmodels' names and the kit's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from likelihood_kit._numerics import is_whole
from likelihood_kit._numerics.signatures import named_arguments
from likelihood_kit.diagnostics.intervals import ALPHA
from likelihood_kit.diagnostics.non_nested import LEVEL, NonNestedTest
from likelihood_kit.diagnostics.r_star import RStar
from likelihood_kit.diagnostics.restrictions import LikelihoodTest
from likelihood_kit.errors import ArgumentError
from likelihood_kit.models import linear_restrictions, modified_roots, non_nested, restrictions, terms
from likelihood_kit.models.arguments import refusing
from likelihood_kit.models.audit import SEED
from likelihood_kit.models.columns import as_flag, short
from likelihood_kit.models.estimated_params import EstimatedParams
from likelihood_kit.models.restrictions import RestrictionTests


class RestrictedParams(EstimatedParams):
    """Estimates, with tests of what is supposed of them."""

    @named_arguments
    def t_test(self, r_matrix: Any, cov_p: Any = None, use_t: Any = None) -> Any:
        """Tests of linear combinations of params, one by one, as in statsmodels."""
        linear_restrictions.check_matrix(self, r_matrix, "combinations of")
        cov_p = linear_restrictions.checked_square(cov_p, "cov_p", len(self.params))
        use_t = None if use_t is None else as_flag(use_t, "use_t")
        with refusing("r_matrix", f"combinations of {', '.join(self.model.exog_names)}"):
            linear_restrictions.parsed(self, r_matrix)
            return super().t_test(r_matrix, cov_p, use_t)

    @named_arguments
    def f_test(self, r_matrix: Any, cov_p: Any = None, invcov: Any = None) -> Any:
        """Test of linear restrictions on params by the F law, as in statsmodels; see `wald_test`."""
        return self.wald_test(r_matrix, cov_p, invcov, use_f=True)

    @named_arguments
    def wald_test(
        self,
        r_matrix: Any,
        cov_p: Any = None,
        invcov: Any = None,
        use_f: Any = None,
        df_constraints: Any = None,
        scalar: Any = True,
    ) -> Any:
        """Test of linear restrictions on params, all together, as in statsmodels.

        One that follows from the others, or contradicts them, is refused, and so are as many as there are clusters: no
        pseudo-inverse stands for a covariance that is singular. Or a test of a restriction as `likelihood_ratio_test`
        takes it, which gives a `LikelihoodTest`; a Series is one where it has fewer entries than params, else a
        combination of all of them as in statsmodels.
        """
        values = isinstance(r_matrix, pd.Series) and len(r_matrix) < len(self.params)
        if values or hasattr(r_matrix, "certificate") or isinstance(r_matrix, Mapping):
            return restrictions.wald_test(self, r_matrix)
        linear_restrictions.check_matrix(self, r_matrix, "restrictions on")
        cov_p = linear_restrictions.checked_square(cov_p, "cov_p", len(self.params))
        use_f, scalar = None if use_f is None else as_flag(use_f, "use_f"), as_flag(scalar, "scalar")
        if df_constraints is not None and not (is_whole(df_constraints) and df_constraints > 0):
            raise ArgumentError(
                f"df_constraints = {short(df_constraints)}: give a positive whole number, or leave it out"
            )
        with refusing("r_matrix", f"restrictions on {', '.join(self.model.exog_names)}"):
            if invcov is None:
                invcov = linear_restrictions.inverse_covariance(self, r_matrix, cov_p)
            else:
                matrix, sides = linear_restrictions.parsed(self, r_matrix)
                linear_restrictions.require_different(self, matrix, sides)
                invcov = linear_restrictions.checked_square(invcov, "invcov", len(matrix))
            return super().wald_test(r_matrix, cov_p, invcov, use_f, df_constraints, scalar)

    @named_arguments
    def likelihood_ratio_test(self, other: Any, bootstrap: int | None = None, seed: int = SEED) -> LikelihoodTest:
        """Likelihood-ratio test of a restriction.

        Parameters
        ----------
        other : LikelihoodResults, or dict or Series of str to float
            The restricted fit, of the same rows and with fewer parameters, such as those of a family with one held
            fixed, or of fewer columns: that it lies within this model is found from the rows, of another family too.
            Or values of params by name.
        bootstrap : int, optional
            Samples of the restricted fit, in which both models are fitted again: the p-value by them, and the statistic
            corrected by Bartlett's factor, are in `.bootstrap`. Without them by the limit law alone.
        seed : int
            Of these samples, beside the data themselves.

        Raises
        ------
        NotAvailableError
            Where it is none; under sampling weights or clusters.
        """
        return restrictions.likelihood_ratio_test(self, other, bootstrap, seed)

    @named_arguments
    def score_test(self, other: Any) -> LikelihoodTest:
        """Rao's score test of a restriction, with the expected information; see `likelihood_ratio_test`."""
        return restrictions.score_test(self, other)

    @named_arguments
    def restriction_tests(self, other: Any) -> RestrictionTests:
        """Likelihood-ratio, score and Wald test of a restriction side by side, and what it means if they differ."""
        return restrictions.restriction_tests(self, other)

    @named_arguments
    def r_star(self, of: str | Callable[..., Any], value: float) -> RStar:
        """Modified signed root r* of the likelihood ratio at a value of a parameter, normal to third order.

        In the exact form of Barndorff-Nielsen where the law of the sample is a full exponential family, and in
        Skovgaard's form, with covariances of scores under the fitted law, elsewhere; it says which.

        Parameters
        ----------
        of : str or callable
            Name of an entry of params; or a function that takes them by name, as for `profile`.
        value : float

        Returns
        -------
        RStar
            With `.r_star`, `.pvalue` of both sides, `.pvalue_less`, `.pvalue_greater`, and `.r`, `.u` behind it.

        Raises
        ------
        NotAvailableError
            Where there is no profile likelihood; of a censored law, a model with its own `loglikeobs`, or a support
            that moves with the parameters, of which no expectations are known.
        """
        return modified_roots.r_star(self, of, value)

    @named_arguments
    def vuong_test(self, other: Any, correction: str = "none", level: float = LEVEL) -> NonNestedTest:
        """Vuong's test of which of two laws, neither within the other, is nearer to the truth.

        First comes the test that the two differ at all, see `variance_test` of what is returned: at the given level the
        two tests together reject no more often than the larger of both levels.

        Parameters
        ----------
        other : LikelihoodResults
            Of the same rows.
        correction : {"none", "aic", "bic"}
            Of the log likelihood ratio for the number of parameters.
        level : float
            Of the variance test, and of the verdict.

        Returns
        -------
        NonNestedTest
            `statistic`, positive where this fit is nearer, `pvalue`, `variance_test`, `verdict`.

        Raises
        ------
        DataError
            For other rows.
        NotAvailableError
            Where one lies within the other, inside or at an end of its space; under sampling weights or clusters; where
            no maximum is certified; for families that are not smooth.
        """
        return non_nested.vuong_test(self, other, correction, level)

    @named_arguments
    def clarke_test(
        self,
        other: Any,
        correction: str = "none",
        level: float = LEVEL,
        *,
        replications: int = non_nested.REPLICATIONS,
        seed: int = non_nested.SEED,
    ) -> NonNestedTest:
        """Clarke's sign test of the log densities of two laws; as `vuong_test`.

        It asks which has the higher density at most observations, in place of on average. P-values are by samples of
        the rows to which both are fitted anew: the binomial law of the published test, whose p-value is beside them,
        takes the parameters for known, and rejects far too often where a scale is estimated.
        """
        return non_nested.clarke_test(self, other, correction, level, replications, seed)

    @named_arguments
    def wald_test_terms(
        self,
        skip_single: bool = False,
        extra_constraints: Any = None,
        combine_terms: Any = None,
        scalar: bool = True,
    ) -> Any:
        """Wald tests of whole terms of the formulas, that their coefficients are 0, as in statsmodels.

        Terms of other parameters than the predicted one stand behind its name, `shape:z`. Without a formula each column
        of a design is one, and without designs each entry of params that may be 0.
        """
        return terms.wald_test_terms(self, skip_single, extra_constraints, combine_terms, scalar)

    @named_arguments
    def t_test_pairwise(
        self, term_name: Any, method: Any = "hs", alpha: float = ALPHA, factor_labels: Any = None
    ) -> Any:
        """Tests of the differences between levels of a term, on the link scale, as in statsmodels.

        Raises
        ------
        NotAvailableError
            Without a formula.
        """
        return terms.t_test_pairwise(self, term_name, method, alpha, factor_labels)
