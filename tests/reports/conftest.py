"""Fits and studies that the reports are tested on."""

import numpy as np
import pandas as pd
import pytest

from likelihood_kit.families import (
    Bernoulli,
    Binomial,
    Exponential,
    Gamma,
    Normal,
    Poisson,
    StudentT,
    Uniform,
    Weibull,
    censored,
)
from likelihood_kit.models import LikelihoodModel
from likelihood_kit.parameters import Positive
from likelihood_kit.reports.document import (
    Definitions,
    Document,
    Figure,
    Formula,
    Heading,
    Paragraph,
    Preformatted,
    Reference,
    References,
    Table,
)
from likelihood_kit.simulation import Study

#: Names that mean something to HTML, to LaTeX, to Markdown or to matplotlib.
NASTY = (
    *("x_1", "C(g)[T.b]", "a & b", "<i>", "50%", "$x$", "#1", "~t^2", "\\alpha", "|x|", "[z]", "*w*", "a--b", "β"),
    *("`code`", "{q}", "1. one", "- two", "é", "\u4e2d"),
)


def pytest_generate_tests(metafunc):
    if "nasty" in metafunc.fixturenames:
        metafunc.parametrize("nasty", NASTY)


@pytest.fixture
def nasty_names():
    return NASTY


class OwnModel(LikelihoodModel):
    """A model without a family."""

    parameters = {"rate_1": Positive()}

    def loglikeobs(self, params):
        return np.log(params[0]) - params[0] * self.endog


def _fit(kind):
    rng = np.random.default_rng(20260101)
    if kind == "normal":
        return LikelihoodModel([-5, 0, 3, 10], family=Normal(parameters=("mean", "variance"))).fit()
    if kind == "gamma":
        return LikelihoodModel(pd.Series(3 * rng.standard_gamma(2, 62), name="days"), family=Gamma()).fit()
    if kind == "exponential":
        return LikelihoodModel(2 * rng.standard_exponential(40), family=Exponential()).fit()
    if kind == "poisson":
        return LikelihoodModel(rng.poisson(3.0, 53), family=Poisson()).fit()
    if kind == "student_t":
        return LikelihoodModel(rng.standard_t(3, 150), family=StudentT()).fit()
    if kind == "uniform":
        return LikelihoodModel(rng.random(30), family=Uniform()).fit()
    if kind == "own":
        return OwnModel(rng.standard_exponential(30)).fit()
    if kind == "two":
        frame = pd.DataFrame({"x": rng.normal(size=150), "z": rng.normal(size=150), "t": rng.uniform(1, 3, 150)})
        frame["y"] = rng.gamma(np.exp(0.5 + 0.2 * frame["z"]), frame["t"] * np.exp(1 + 0.3 * frame["x"]))
        frame.loc[[3, 8], "z"] = np.nan
        frame["log_t"] = np.log(frame["t"])
        formulas = {"shape": "~ z"}
        return LikelihoodModel.from_formula("y ~ x", frame, family=Gamma(), formulas=formulas, offset="log_t").fit()
    if kind == "frequencies":
        counts = pd.Series(np.arange(9.0), name="count")
        return LikelihoodModel(counts, family=Poisson(), freq_weights=[5, 20, 33, 40, 31, 18, 9, 3, 1]).fit()
    if kind == "sampling":
        y = pd.Series(rng.gamma(2.0, 3.0, 90), name="income")
        return LikelihoodModel(y, family=Gamma(), prob_weights=rng.uniform(1.0, 9.0, 90)).fit()
    if kind == "censored":
        time, limit = 5 * rng.weibull(1.5, 120), rng.uniform(2.0, 9.0, 120)
        event = (time <= limit).astype(int)
        return LikelihoodModel(np.minimum(time, limit), family=censored(Weibull()), event=event).fit()
    if kind == "trials":
        trials = rng.integers(2, 12, 200)
        return LikelihoodModel(rng.binomial(trials, 0.3), family=Binomial(), trials=trials).fit()
    design = pd.DataFrame({"const": 1.0, **{name: rng.normal(size=200) for name in NASTY}})
    if kind == "nasty":
        y = pd.Series(np.exp(0.2 * design["x_1"]) * rng.weibull(1.5, 200), name="T_<0> & $5")
        return LikelihoodModel(y, design, family=Weibull()).fit()
    if kind == "logit":
        y = (rng.random(200) < 1 / (1 + np.exp(-design["x_1"]))).astype(float)
        return LikelihoodModel(y, design[["const", "x_1", "|x|"]], family=Bernoulli()).fit()
    raise KeyError(kind)


@pytest.fixture(scope="session")
def fits():
    """Fits by name, each made once."""
    made = {}

    def get(kind):
        if kind not in made:
            made[kind] = _fit(kind)
        return made[kind]

    return get


@pytest.fixture(scope="session")
def studies():
    """Studies by name, each run once."""
    settings = {
        "gamma": (Gamma(), {"shape": 2.0, "scale": 3.0}, ("mle", "moments")),
        "uniform": (Uniform(), {"low": 0.0, "high": 1.0}, ("mle", "moments")),
        "exponential": (Exponential(), {"scale": 3.0}, ("mle", {"half_median": _half_median})),
        "bernoulli": (Bernoulli(), {"probability": 0.05}, ("mle",), (10, 30)),
        "student_t": (StudentT(), {"loc": 0.0, "scale": 1.0, "df": 5.0}, ("mle",), (20, 50)),
    }
    made = {}

    def get(kind):
        if kind not in made:
            family, truth, estimators, *sizes = settings[kind]
            sizes = sizes[0] if sizes else (20, 50, 100)
            study = Study(family, truth, sizes=sizes, replications=300, estimators=estimators, seed=7)
            made[kind] = study.run(progress=False)
        return made[kind]

    return get


def _half_median(samples):
    return np.median(samples, axis=1) / np.log(2)


@pytest.fixture
def document():
    """One block of each kind, with a figure that counts how often it is drawn."""

    def draw():
        from matplotlib.figure import Figure as Drawing

        drawing = Drawing(figsize=(2, 1))
        drawing.add_subplot().plot([0, 1], [0, 1])
        return drawing

    frame = pd.DataFrame({"value": [1.5, -2.25e-7, np.nan], "count": [1, 2, 3], "word": ["a_b", "c|d", "<e>"]})
    return Document(
        "Title with 50% & <tags>",
        (
            Heading("A_heading"),
            Paragraph("Text with -1.5, 2.0e-14 and C(g)[T.b].", lead="Lead."),
            Definitions((("[term]", "its *meaning*"),)),
            Formula(r"\log f(y) = \frac{y}{\mathrm{scale}}", "log f(y) = y/scale"),
            Preformatted("two  spaces\n  <indented> 5%"),
            Table(frame.set_index(pd.Index(["[x]", "*y", "z"], name="name")), "Caption_1.", note="Note & more."),
            Figure(draw, "A figure of <y>.", "drawing"),
            References((Reference("Author (2020). Title.", "10.1000/a_b"), Reference("No doi (1900)."))),
        ),
    )
