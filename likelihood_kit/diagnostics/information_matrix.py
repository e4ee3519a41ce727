"""The information-matrix test by itself, in either of its forms."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from likelihood_kit._numerics.in_words import InWords
from likelihood_kit._numerics.printed import significant
from likelihood_kit.diagnostics.specification import MATRIX, SpecificationTest


@dataclass(frozen=True, repr=False)
class InformationMatrixTest(InWords):
    """Whether outer product and observed information estimate the same matrix.

    Attributes
    ----------
    statistic : float
    df : int
        Rank of its variance; 0 where the informations are equal whatever the data.
    pvalue : float
        NaN where there is nothing to compare.
    replications : int
        Samples of the fitted law behind the p-value; 0 where it is that of the chi-squared law.
    """

    statistic: float
    df: int
    pvalue: float
    replications: int

    def _words(self) -> str:
        if not self.df:
            return "information-matrix test: the informations are equal whatever the data, and say nothing of the model"
        law = f"{self.replications} samples of the fitted law" if self.replications else "the chi-squared law"
        found = f"{significant(self.statistic)}, df = {self.df}, p = {significant(self.pvalue, 3)}"
        return f"information-matrix test: {found} by {law}"


def information_matrix_test(found: SpecificationTest) -> InformationMatrixTest:
    """The comparison of the informations by itself, out of all comparisons with the fitted law."""
    return InformationMatrixTest(
        statistic=found.statistic,
        df=found.df,
        pvalue=found.parts.get(MATRIX, np.nan),
        replications=found.replications,
    )
