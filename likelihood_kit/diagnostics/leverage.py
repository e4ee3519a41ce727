r"""Scores of rows or clusters that are freed of what they take from the estimate themselves.

A row pulls the estimate to itself, so that its score there is too small: with expected informations
:math:`H_i = E[-\partial^2 \log f_i]` of the rows and their total :math:`I`, the covariance of the scores :math:`s_i` at
the estimate is :math:`H_i - H_i I^{-1} H_i` in place of :math:`H_i`. Its leverage is
:math:`\mathrm{tr}(H_i I^{-1})`; in a linear model, a generalized linear one too, the diagonal of the hat matrix.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

#: A leverage this near to 1 is 1: what is left of such a row's score is rounding.
WHOLE = 1e-8
#: Powers of 1 - leverage by which a score is divided.
HC2, HC3 = 0.5, 1.0


@dataclass(frozen=True, eq=False)
class Leverages:
    """Informations of m rows or clusters as parts of the total.

    Attributes
    ----------
    root : (k, k)
        Lower triangular, the total is root root'.
    values : (m, k)
        Eigenvalues of each information in the total, from 0 to 1, ascending; they add up to the leverage.
    vectors : (m, k, k)
        Of root^-1 H root'^-1, in columns.
    """

    root: np.ndarray
    values: np.ndarray
    vectors: np.ndarray

    @classmethod
    def of(cls, informations: np.ndarray, total: np.ndarray) -> Leverages:
        """Those of expected informations `(m, k, k)` in their total `(k, k)`, which is positive definite."""
        size = np.sqrt(np.diag(total))
        root = np.linalg.cholesky(total / np.outer(size, size)) * size[:, None]
        back = np.linalg.inv(root)
        return cls(root, *np.linalg.eigh(back @ informations @ back.T))

    def adjusted(self, scores: np.ndarray, power: float) -> np.ndarray:
        """Scores (1 - H I^-1)^-power s, `(m, k)`: over sqrt(1 - h) or 1 - h where one number is predicted.

        A direction of leverage 1, in which the score is 0, is left at 0, as the generalised inverse has it.

        Parameters
        ----------
        scores : (m, k)
        power : float
            `HC2`, of clusters CR2, or `HC3`, which is deletion of the row by one step.

        References
        ----------
        MacKinnon, J. G. and White, H. (1985). Some heteroskedasticity-consistent covariance matrix estimators with
        improved finite sample properties. *Journal of Econometrics* 29, 305-325. Bell, R. M. and McCaffrey, D. F.
        (2002). Bias reduction in standard errors for linear regression with multi-stage samples. *Survey Methodology*
        28, 169-181. Pustejovsky, J. E. and Tipton, E. (2018). Small-sample methods for cluster-robust variance
        estimation and hypothesis testing in fixed effects models. *Journal of Business and Economic Statistics* 36,
        672-683. Wei, B.-C., Hu, Y.-Q. and Fung, W.-K. (1998). Generalized leverage and its applications. *Scandinavian
        Journal of Statistics* 25, 25-37.
        """
        return self._turned(np.linalg.solve(self.root, scores.T).T, power) @ self.root.T

    def transposed(self, vectors: np.ndarray, power: float) -> np.ndarray:
        """Vectors `(m, k)` times the transpose of what adjusts the scores."""
        return np.linalg.solve(self.root.T, self._turned(vectors @ self.root, power).T).T

    def _turned(self, vectors: np.ndarray, power: float) -> np.ndarray:
        left = 1 - self.values
        factors = np.where(left > WHOLE, np.maximum(left, WHOLE) ** -power, 0.0)
        inside = np.einsum("mij,mi->mj", self.vectors, vectors)
        return np.einsum("mij,mj->mi", self.vectors, inside * factors)


def satterthwaite(leverages: Leverages, informations: np.ndarray, along: np.ndarray) -> float:
    """Degrees of freedom of a CR2 variance: twice its squared mean over its variance.

    Under the model, scores of the clusters taken for normal, with covariances H_g - H_g I^-1 H_g and -H_g I^-1 H_h.

    Parameters
    ----------
    leverages : Leverages
        Of the clusters.
    informations : (g, k, k)
    along : (k,)
        The combination of params whose variance it is, times the inverse of the information in the sandwich.

    References
    ----------
    Satterthwaite, F. E. (1946). *Biometrics Bulletin* 2, 110-114. Bell and McCaffrey (2002), section 5; Pustejovsky and
    Tipton (2018), section 3.
    """
    vectors = leverages.transposed(np.broadcast_to(along, (len(informations), len(along))), HC2)
    pulled = np.einsum("gij,gj->gi", informations, vectors)
    inside = np.linalg.solve(leverages.root, pulled.T)
    covariance = np.diag(np.einsum("gi,gi->g", vectors, pulled)) - inside.T @ inside
    return float(np.trace(covariance) ** 2 / np.sum(covariance**2))
