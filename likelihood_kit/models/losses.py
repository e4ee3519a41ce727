"""The loss that a fit makes least."""

from __future__ import annotations

from typing import Any

import numpy as np

from likelihood_kit.calculus import DATUM, Form, LossForm, Notation, loss_form
from likelihood_kit.diagnostics.losses import LOSSES, LossEquivalence, binary_cross_entropy, in_brackets, written_loss
from likelihood_kit.errors import NotAvailableError, TraceError
from likelihood_kit.models import at_params, divergences
from likelihood_kit.models.existence import require_certified, require_likelihood

#: Largest rest of a constant beside columns that hold it: rounding of a design of any units.
CONSTANT = 1e-6
#: Forms whose loss is a deviance, which is twice what it is of minus a log density.
DEVIANCES = (Form.POISSON, Form.GAMMA)


def loss_equivalence(results: Any) -> LossEquivalence:
    """The loss of results, of the parameter that is predicted."""
    _require(results)
    model, family = results.model, results.model.family
    parameter = family.predicted if family.predicted in model.free_names else model.free_names[0]
    try:
        found = loss_form(family.formula, parameter, family.fixed)
        loss, factor, constant = _of_rows(found, _values(results))
    except TraceError as error:
        raise NotAvailableError(f"the loss of {family!r} cannot be written: {error}") from None
    except (NameError, AttributeError, TypeError):
        raise NotAvailableError(
            f"the loss of {family!r} cannot be written: its formula has functions without a plain form"
        ) from None
    weights = np.ones(len(loss)) if model.freq_weights is None else np.asarray(model.freq_weights, dtype=float)
    counts = weights > 0
    total, weighted, constants = (
        float(np.sum(weights[counts] * part[counts])) for part in (loss, factor * loss, constant)
    )
    shared = set(found.target.names) if found.form is Form.OTHER else set()
    if np.ptp(factor[counts]) > 0:
        shared |= set(found.factor.names)
    if not _reaches_all_multiples(model, parameter):
        shared |= set(found.prediction.names)
    failures = None if found.failures is None else found.failures.notation
    return LossEquivalence(
        law=repr(family),
        name=found.form.value if found.form is not Form.OTHER else "loss of its own",
        parameter=found.prediction.notation.text,
        loss=written_loss(found.form, found.target.notation, found.prediction.notation, failures),
        factor=_halved(found.factor.notation) if found.form in DEVIANCES else found.factor.notation,
        constant=found.perfect,
        negative_log_likelihood=-float(results.llf),
        total=total,
        weighted=weighted,
        constants=constants,
        shared=tuple(name for name in model.free_names if name in shared and name != parameter),
        saturated=found.form in DEVIANCES,
        n=float(results.nobs),
        **_identity(results),
    )


def _of_rows(found: LossForm, values: dict[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Loss, factor and constant of each row, `(n,)` each, by the data and parameters of the rows."""
    shape = values[DATUM].shape
    with np.errstate(all="ignore"):
        target, prediction, factor, constant = (
            np.broadcast_to(np.asarray(term.value(values), dtype=float), shape)
            for term in (found.target, found.prediction, found.factor, found.constant)
        )
        if found.form is Form.CROSS_ENTROPY and found.failures is not None:
            return binary_cross_entropy(target, found.failures.value(values), prediction), factor, constant
        if found.form is Form.OTHER:
            return target, factor, constant
        loss = LOSSES[found.form](target, prediction)
        if found.form in DEVIANCES:
            return loss, factor / 2, constant + factor * _perfect(found.form, target)
    return loss, factor, constant


def _reaches_all_multiples(model: Any, parameter: str) -> bool:
    """Whether the predictions may be what they are whatever else they are multiplied with, as a shape.

    One value for all rows may be any; coefficients of a design make up for a factor where its link is log and a
    combination of its columns is constant.
    """
    predictor = next(p for p in model.predictors if p.name == parameter)
    if predictor.columns is None:
        return True
    columns, ones = np.asarray(predictor.columns), np.ones(len(predictor.columns))
    rest = ones - columns @ np.linalg.lstsq(columns, ones, rcond=None)[0]
    return predictor.link.name == "log" and float(np.abs(rest).max()) < CONSTANT


def _require(results: Any) -> None:
    what, model = "loss", results.model
    if model.family is None:
        raise NotAvailableError(
            "the loss is read off the formula of a family; a model with its own loglikeobs has none"
        )
    require_certified(results, what)
    require_likelihood(model, "the loss of a likelihood")
    model.require_data()
    if model.family.law.observed:
        raise NotAvailableError(
            f"the loss of {model.family!r} is none of one value: of a response that is censored, or of several columns"
        )
    if model.family.moving:
        raise NotAvailableError(
            f"the loss of {model.family!r} is not in its formula: its support moves with "
            f"{' and '.join(model.family.moving)}, outside of which it is infinite"
        )


def _values(results: Any) -> dict[str, np.ndarray]:
    """Data and parameters of the rows by name, `(n,)` each."""
    model, family = results.model, results.model.family
    working = model.working(np.asarray(results.params))
    theta = at_params.natural_values(model.likelihood, working)
    y = np.asarray(model.endog, dtype=float)
    return {DATUM: y, **family.fixed, **model.known, **{name: np.ravel(value) for name, value in theta.items()}}


def _perfect(form: Form, target: np.ndarray) -> np.ndarray:
    """What half a deviance leaves out of m - y log m, or of log m + y / m: its value at m = y."""
    if form is Form.GAMMA:
        return 1 + np.log(target)
    return target - np.where(target > 0, target * np.log(np.where(target > 0, target, 1.0)), 0.0)


def _halved(factor: Notation) -> Notation:
    one = factor.text == "1"
    return Notation(
        r"\frac{1}{2}" if one else rf"\frac{{{factor.latex}}}{{2}}", "1/2" if one else f"{in_brackets(factor.text)}/2"
    )


def _identity(results: Any) -> dict[str, float]:
    """Entropy of the empirical law and its divergence from the fitted one, of whole numbers that have one law."""
    model = results.model
    if not model.family.discrete:
        return {}
    try:
        divergence = divergences.divergence(results, divergences.EMPIRICAL)
    except NotAvailableError:
        return {}
    weights = np.ones(len(model.endog)) if model.freq_weights is None else np.asarray(model.freq_weights, dtype=float)
    _, place = np.unique(np.asarray(model.endog, dtype=float), return_inverse=True)
    share = np.bincount(place, weights=weights) / weights.sum()
    share = share[share > 0]
    return {"entropy": -float(share @ np.log(share)), "divergence": divergence}
