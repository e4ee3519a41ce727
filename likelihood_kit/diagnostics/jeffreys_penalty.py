"""Log likelihood of a regression in a canonical parameter, penalised by Jeffreys' prior, with its derivatives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import special

from likelihood_kit.diagnostics.ascent import Shape

#: Log of the largest mean of a count whose square is a number too.
LARGEST = 350.0


@dataclass(frozen=True, eq=False)
class RowTerms:
    """What a row adds to a log likelihood, as a function of its canonical parameter; arrays `(n,)`.

    Attributes
    ----------
    value, score : (n,)
    variance : (n,)
        Information of the row, kappa2.
    third, fourth : (n,)
        Derivatives of the information, relative to it: kappa3 / kappa2 and kappa4 / kappa2.
    """

    value: np.ndarray
    score: np.ndarray
    variance: np.ndarray
    third: np.ndarray
    fourth: np.ndarray


def logit_terms(eta: np.ndarray, y: np.ndarray, trials: np.ndarray) -> RowTerms:
    """Those of successes `(n,)` of trials `(n,)` at logits `(n,)`, exact far out where a probability rounds to 1."""
    p, q = special.expit(eta), special.expit(-eta)
    # log p = -log(1 + exp(-eta)): y eta - m log(1 + exp(eta)) cancels for large eta.
    value = -y * np.logaddexp(0, -eta) - (trials - y) * np.logaddexp(0, eta)
    return RowTerms(value, y * q - (trials - y) * p, trials * p * q, q - p, 1 - 6 * p * q)


def log_rate_terms(eta: np.ndarray, y: np.ndarray, trials: np.ndarray) -> RowTerms:
    """Those of counts `(n,)` at logs of rates `(n,)`; NaN beyond the numbers. There are no trials."""
    rate = np.where(eta < LARGEST, np.exp(np.minimum(eta, LARGEST)), np.nan)
    ones = np.ones_like(eta)
    return RowTerms(y * eta - rate, y - rate, rate, ones, ones)


@dataclass(frozen=True, eq=False)
class JeffreysPenalised:
    """Log likelihood, but for a constant, and half the log determinant of the information.

    Attributes
    ----------
    terms : callable
        `terms(eta, y, trials) -> RowTerms`.
    columns : (n, k)
    offset, y, trials, weights : (n,)
    """

    terms: Callable[[np.ndarray, np.ndarray, np.ndarray], RowTerms]
    columns: np.ndarray
    offset: np.ndarray
    y: np.ndarray
    trials: np.ndarray
    weights: np.ndarray

    def at(self, point: np.ndarray) -> Shape | None:
        """Value and derivatives at coefficients `(k,)`; None where they are no numbers, or the information singular.

        Gradient: Firth (1993), section 3; the Hessian of the penalty is its derivative once more. By the rows of Q of
        a QR decomposition of the weighted design, largest rows first, which keeps the digits of rows that weigh little
        (Higham 2002, *Accuracy and Stability of Numerical Algorithms*, section 19.4).
        """
        columns = self.columns
        here = self.terms(columns @ point + self.offset, self.y, self.trials)
        roots = np.sqrt(self.weights * here.variance)
        weighted = columns * roots[:, None]
        order = np.argsort(-np.einsum("nk,nk->n", weighted, weighted))
        if not np.isfinite(weighted).all():
            return None
        sorted_q, r = np.linalg.qr(weighted[order])
        diagonal = np.abs(np.diag(r))
        if not (diagonal > 0).all():
            return None
        q = np.empty_like(sorted_q)
        q[order] = sorted_q
        leverages = np.einsum("nk,nk->n", q, q)
        value = float(self.weights @ here.value) + float(np.log(diagonal).sum())
        gradient = columns.T @ (self.weights * here.score + leverages * here.third / 2)
        information = weighted.T @ weighted
        moved = np.array([(q.T * (here.third * column)) @ q for column in columns.T]).reshape(len(point), -1)
        bend = (columns.T * (leverages * here.fourth)) @ columns - moved @ moved.T
        return Shape(value, gradient, information - bend / 2, information)
