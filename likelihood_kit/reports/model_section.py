"""Section of a report on what was fitted to what: the law, its formula, the data, the designs."""

from __future__ import annotations

import re

import numpy as np

from likelihood_kit._numerics.printed import counted, percent, shortest
from likelihood_kit.calculus import latex_name, typeset_log_density
from likelihood_kit.errors import TraceError
from likelihood_kit.families import Family
from likelihood_kit.families.compositions.censored import EVENT, is_censored
from likelihood_kit.models import LikelihoodModel, LikelihoodResults
from likelihood_kit.predictor import Predictor
from likelihood_kit.reports.document import Block, Formula, Paragraph
from likelihood_kit.reports.names import distribution, in_words
from likelihood_kit.reports.prose import article, listed, sentence

#: What each grade of a certificate claims.
GRADES = {
    "global": "",
    "highest found": "No search from elsewhere ended higher; that none could is not proved.",
    "local": "It is a local maximum, and no more is claimed of it.",
}


def title(results: LikelihoodResults) -> str:
    """Title of a report of a fit."""
    model = results.model
    if model.family is None:
        return f"Maximum likelihood fit of {type(model).__name__} to {model.endog_names}"
    name = model.family.name
    what = f"{in_words(name)} regression for" if model.designs else f"{distribution(name)} fitted to"
    return f"{what[:1].upper()}{what[1:]} {model.endog_names}"


def model_section(results: LikelihoodResults) -> list[Block]:
    """What was fitted to what, and why this is the maximum."""
    model, certificate = results.model, results.certificate
    blocks: list[Block] = []
    if model.family is None:
        text = f"The model {type(model).__name__}, which defines its own log likelihood, was fitted to {data(results)}."
        blocks.append(Paragraph(f"{text} Its parameters are {listed(model.exog_names)}.{remarks(model)}"))
    else:
        blocks.append(Paragraph(f"{law(model)} was fitted to {data(results)}.{remarks(model)} Its log density is"))
        formula = log_density_block(model.family)
        blocks += [formula, *_functions(formula)]
        predicted = [predictor for predictor in model.predictors if predictor.columns is not None]
        for place, predictor in enumerate(predicted):
            blocks += _design(model, predictor, "where" if place == 0 else "and", alone=len(predicted) == 1)
    grade = GRADES.get(certificate.grade, "")
    words = f"{sentence(certificate)}{' ' if grade else ''}{grade}"
    return [*blocks, Paragraph(words, lead="Certificate.")]


def law(model: LikelihoodModel) -> str:
    """The law with its parameters: which are estimated, held at a value, or known for each row."""
    family = model.family
    plural = "s" if len(model.free_names) > 1 else ""
    held = [f"{name} held at {shortest(value)}" for name, value in family.fixed.items()]
    known = [*model.given, *(name for name in model.columns if name in family.law.known)]
    if known:
        held.append(f"{listed(known)} known for each row")
    words = distribution(family.name)
    name = f"{article(words).capitalize()} {words}"
    return f"{name} with parameter{plural} {listed(model.free_names)}{f' ({listed(held)})' if held else ''}"


def data(results: LikelihoodResults) -> str:
    """How many observations of what."""
    model = results.model
    observations = f"{counted(results.nobs)} observation{'' if results.nobs == 1 else 's'} of {model.endog_names}"
    if model.freq_weights is not None:
        observations += f" in {counted(len(model.endog))} rows with frequencies"
    return observations + (" with sampling weights" if model.prob_weights is not None else "")


def remarks(model: LikelihoodModel) -> str:
    """Sentences on the law, on censoring and on rows left out; empty, or with a space before each."""
    found = f" {model.family.law.remark}." if model.family is not None and model.family.law.remark else ""
    rows = model.rows_dropped
    if model.family is not None and is_censored(model.family):
        event = model.columns[EVENT]
        weights = np.ones(len(event)) if model.freq_weights is None else model.freq_weights
        share = float(weights @ (event == 0)) / float(weights.sum())
        count = float(weights @ (event == 0))
        found += (
            f" Of {counted(count)} ({percent(share, 1)}) the value is censored: all that is known is that it is larger."
        )
    if rows:
        found += f" {counted(rows)} row{' was' if rows == 1 else 's were'} left out for missing values."
    return found


def log_density_block(family: Family) -> Block:
    """The log density as a formula, or the sentence that it has no symbolic form."""
    try:
        found = typeset_log_density(family.formula, family.fixed)
    except TraceError as error:
        return Paragraph(f"not available as a formula: {error}.")
    return Formula(rf"\log f(y) = {found.latex}", f"log f(y) = {found.text}")


def _functions(formula: Block) -> list[Block]:
    """What P and Q are, where the formula has them."""
    used = [name for name in "PQ" if isinstance(formula, Formula) and re.search(rf"\b{name}\(", formula.text)]
    words = {"P": "P is the regularised lower incomplete gamma function", "Q": "Q = 1 - P the upper one"}
    if not used:
        return []
    alone = "Q is the regularised upper incomplete gamma function"
    said = alone if used == ["Q"] else f"{' and '.join(words[name] for name in used)}"
    return [Paragraph(f"{said} (Abramowitz and Stegun 1964, equation 6.5.1).")]


def _design(model: LikelihoodModel, predictor: Predictor, begin: str, *, alone: bool) -> list[Block]:
    """How one parameter depends on its design."""
    name, link = predictor.name, predictor.link
    columns = listed(model.designs[name].names)
    offset = predictor.offset is not None
    scale = "" if link.name == "identity" else f" on the {link.name} scale"
    intro = f"{begin} {name} varies over the observations{scale}, in {columns}{', with an offset' if offset else ''}:"
    own = "" if alone else rf"_{{{latex_name(name)}}}"
    row = rf"\mathbf{{x}}_i^{{T}} \beta{own}" if alone else rf"\mathbf{{x}}_{{{latex_name(name)}, i}}^{{T}} \beta{own}"
    left = link.latex % rf"{latex_name(name)}_i"
    word = f"{link.name}({name}[i])" if link.name != "identity" else f"{name}[i]"
    suffix = "" if alone else f"_{name}"
    text = f"{word} = {'offset[i] + ' if offset else ''}x{suffix}[i]' beta{suffix}"
    return [Paragraph(intro), Formula(f"{left} = {r'o_i + ' if offset else ''}{row}", text)]
