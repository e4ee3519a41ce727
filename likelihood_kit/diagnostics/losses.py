r"""Minus a log likelihood as a loss: what the estimates of maximum likelihood make least, in the words of prediction.

Of the observations with weights :math:`w_i`, minus the log likelihood is
:math:`\sum w_i \{c_i L(y_i, \theta_i) + a_i\}`, where the loss L alone depends on the parameter that is predicted.
McCullagh and Nelder (1989), *Generalized Linear Models*, 2nd ed., section 2.3 and table 2.1, for the deviances.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape

import numpy as np
from scipy import special

from likelihood_kit._numerics.in_words import in_lines
from likelihood_kit._numerics.printed import significant
from likelihood_kit.calculus import Form, Notation

#: Relative difference that the two sides may have by rounding: eight digits are more than any sum here loses.
AGREEMENT = 1e-8


def squared_error(target: np.ndarray, prediction: np.ndarray) -> np.ndarray:
    """(target - prediction)^2."""
    return (target - prediction) ** 2


def absolute_error(target: np.ndarray, prediction: np.ndarray) -> np.ndarray:
    """|target - prediction|."""
    return np.abs(target - prediction)


def binary_cross_entropy(successes: np.ndarray, failures: np.ndarray, probability: np.ndarray) -> np.ndarray:
    """Minus the log density of successes and failures in a given order."""
    return -special.xlogy(successes, probability) - special.xlog1py(failures, -probability)


def poisson_deviance(target: np.ndarray, prediction: np.ndarray) -> np.ndarray:
    """2 {y log(y / m) - (y - m)}."""
    return 2 * special.kl_div(target, prediction)


def gamma_deviance(target: np.ndarray, prediction: np.ndarray) -> np.ndarray:
    """2 {(y - m) / m - log(y / m)}."""
    return 2 * (target / prediction - 1 - np.log(target / prediction))


#: Losses of a target and a prediction.
LOSSES: Mapping[Form, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {
    Form.SQUARE: squared_error,
    Form.DISTANCE: absolute_error,
    Form.POISSON: poisson_deviance,
    Form.GAMMA: gamma_deviance,
}
#: A loss in LaTeX and in text, of target, prediction and failures; elsewhere it is written by itself.
_WRITTEN: Mapping[Form, tuple[str, str]] = {
    Form.SQUARE: (r"\left({0} - {1}\right)^2", "({0} - {1})^2"),
    Form.DISTANCE: (r"\left|{0} - {1}\right|", "|{0} - {1}|"),
    Form.CROSS_ENTROPY: (
        r"-\left\{{{0} \log {1} + \left({2}\right) \log\left(1 - {1}\right)\right\}}",
        "-({0}*log({1}) + ({2})*log(1 - {1}))",
    ),
    Form.POISSON: (
        r"2 \left\{{{0} \log \frac{{{0}}}{{{1}}} - \left({0} - {1}\right)\right\}}",
        "2*({0}*log({0}/{3}) - ({0} - {1}))",
    ),
    Form.GAMMA: (
        r"2 \left\{{\frac{{{0} - {1}}}{{{1}}} - \log \frac{{{0}}}{{{1}}}\right\}}",
        "2*(({0} - {1})/{3} - log({0}/{3}))",
    ),
    Form.OTHER: ("{0}", "{0}"),
}


def written_loss(form: Form, target: Notation, prediction: Notation, failures: Notation | None) -> Notation:
    """The loss of one observation, as LaTeX and as text."""
    latex, text = _WRITTEN[form]
    others = ("", "") if failures is None else (failures.latex, failures.text)
    return Notation(
        latex.format(target.latex, prediction.latex, others[0]),
        text.format(target.text, prediction.text, others[1], in_brackets(prediction.text)),
    )


def in_brackets(text: str) -> str:
    """An expression as a part of another: a name by itself, all else in brackets."""
    return text if text.isidentifier() else f"({text})"


@dataclass(frozen=True, repr=False)
class LossEquivalence:
    """The loss that a fit makes least, and that it is minus the log likelihood up to named constants.

    Attributes
    ----------
    law, name, parameter : str
        The law, the loss, and the parameter that is predicted.
    loss, factor, constant : Notation
        Of one observation: minus its log density is `factor * loss + constant`.
    negative_log_likelihood : float
        As the fit has it.
    total : float
        Loss of the sample.
    weighted, constants : float
        Sums of factor times loss, and of the constants: together minus the log likelihood.
    shared : tuple of str
        Other parameters that the loss depends on, a factor that differs from row to row, or predictions that no design
        without a constant makes up for; without any the least does not depend on them.
    saturated : bool
        Whether the loss is a deviance, whose constant holds the log density of a perfect prediction.
    n : float
        Observations.
    entropy, divergence : float
        Of the empirical law, and its divergence from the fitted one, in nats: of whole numbers that have one law, whose
        cross-entropy is the sum of both; else NaN.
    """

    law: str
    name: str
    parameter: str
    loss: Notation
    factor: Notation
    constant: Notation
    negative_log_likelihood: float
    total: float
    weighted: float
    constants: float
    shared: tuple[str, ...]
    saturated: bool
    n: float
    entropy: float = np.nan
    divergence: float = np.nan

    @property
    def rebuilt(self) -> float:
        """Minus the log likelihood, from the loss and the constants."""
        return self.weighted + self.constants

    @property
    def agrees(self) -> bool:
        """Whether that is what the fit has, to rounding."""
        size = 1 + abs(self.weighted) + abs(self.constants)
        return bool(abs(self.rebuilt - self.negative_log_likelihood) <= AGREEMENT * size)

    @property
    def cross_entropy(self) -> float:
        """Of the sample from the law, minus the mean log density."""
        return self.negative_log_likelihood / self.n

    @property
    def verdict(self) -> str:
        """What the loss is, and that both numbers agree, in words."""
        others = "; minus the log density of a perfect prediction is among the constants" if self.saturated else ""
        free = (
            f"What is best depends on {' and '.join(self.shared)} too, estimated with it"
            if self.shared
            else f"The same {self.parameter} is best whatever other parameters are"
        )
        same = "the same" if self.agrees else "NOT the same"
        said = (
            f"Maximum likelihood for {self.law} is the least {self.name} in {self.parameter}. {free}{others}. "
            f"Minus the log likelihood is {significant(self.negative_log_likelihood, 8)}; factor times loss "
            f"{significant(self.weighted, 8)} and constants {significant(self.constants, 8)} are {same}, "
            f"and n = {self.n:g} times the cross-entropy {significant(self.cross_entropy, 6)}"
        )
        if np.isnan(self.divergence):
            return f"{said}."
        return (
            f"{said}, which is the entropy of the sample, {significant(self.entropy, 6)}, and its divergence from the "
            f"law, {significant(self.divergence, 6)}."
        )

    def __str__(self) -> str:
        lines = (
            f"-log f(y) = factor * loss + constant, {self.law}",
            f"    loss      {self.loss}",
            f"    factor    {self.factor}",
            f"    constant  {self.constant}",
            self.verdict,
        )
        return in_lines("\n".join(lines))

    @property
    def latex(self) -> str:
        """Minus the log density of one observation."""
        return rf"-\log f(y) = {self.factor.latex} \cdot \left[{self.loss.latex}\right] + {self.constant.latex}"

    def __repr__(self) -> str:
        return str(self)

    def _repr_latex_(self) -> str:
        return rf"$\displaystyle {self.latex}$"

    def _repr_markdown_(self) -> str:
        words = re.sub(r"([*_])", r"\\\1", escape(self.verdict, quote=False))  # of formulas, no emphasis
        return f"$$\n{self.latex}\n$$\n\n{words}"
