"""A sweep of nonsense over every argument of a study: the kit's own error, or what the argument may be."""

import numpy as np
import pandas as pd
import pytest
from nonsense import swept, values

import likelihood_kit as lk
from likelihood_kit.simulation import Study, StudyResult, performance

WHOLE = {"int8", "uint64"}
LARGE = {str(10**12), str(2**63)}
NAMES = {"text", "digit", "unicode", "LaTeX", "half a formula", "format"}
BY_COLUMN = {"estimate": "estimate", "se": "se", "truth": 1.0, "by": "n"}
FRAME = pd.DataFrame({"estimate": [1.0, 1.2, 0.8, 1.1], "se": 0.1, "n": [1, 1, 2, 2]})


def study(**changes):
    settings = {
        "family": lk.Gamma(),
        "truth": {"shape": 2.0, "scale": 3.0},
        "sizes": (9,),
        "replications": 3,
        "seed": 1,
    }
    return Study(**{**settings, **changes})


def ran(**changes):
    return study(**changes).run(progress=False)


def labelled(name):
    """A function by this name, where a dict can hold it."""
    try:
        return {name: lambda y: y[:, :2]}
    except TypeError:
        return [name]


@pytest.fixture(scope="module")
def result():
    return ran(sizes=(9, 20), replications=20)


# argument: what is done with a value, what it may be
STUDY = {
    "family": (lambda v: study(family=v), set()),
    "truth": (lambda v: study(truth=v), set()),
    "truth of a parameter": (
        lambda v: study(truth={"shape": v, "scale": 3.0}),
        {*WHOLE, *LARGE, "1.5", "1e+308", "fraction", "float16"},
    ),
    "sizes": (lambda v: ran(sizes=v), {*WHOLE, "[1]", "{1}"}),
    "replications": (lambda v: ran(replications=v), WHOLE),
    "estimators": (lambda v: study(estimators=v), set()),
    "name of an estimator": (
        lambda v: study(estimators=labelled(v)),
        NAMES,
    ),
    "what an estimator returns": (lambda v: ran(estimators={"f": lambda y: v}), set()),
    "seed": (lambda v: study(seed=v), {*WHOLE, *LARGE, "0", "None", "10**400"}),
    "mcse": (lambda v: study(mcse=v), set()),
    "infinite": (lambda v: study(infinite=v), set()),
    "misspelt": (lambda v: study(xmin=v), set()),
    "n_jobs": (lambda v: study().run(progress=False, n_jobs=v), {*WHOLE, *LARGE, "-1", "10**400"}),
    "progress": (lambda v: study().run(progress=v), {"True", "np.True"}),
    "misspelt in run": (lambda v: study().run(progress=False, n_job=v), set()),
    "file of a study": (StudyResult.load, set()),
    "frame": (lambda v: performance(v, **BY_COLUMN), set()),
    "estimate": (lambda v: performance(FRAME, **{**BY_COLUMN, "estimate": v}), set()),
    "se": (lambda v: performance(FRAME, **{**BY_COLUMN, "se": v}), {"None"}),
    "truth of a frame": (
        lambda v: performance(FRAME, **{**BY_COLUMN, "truth": v}),
        {*WHOLE, *LARGE, "0", "-1", "-5", "1.5", "0.0", "1e+308", "fraction", "float16"},
    ),
    "by": (lambda v: performance(FRAME, **{**BY_COLUMN, "by": v}), {"None", "[]", "()"}),
    "mcse of a frame": (lambda v: performance(FRAME, **BY_COLUMN, mcse=v), set()),
    "infinite of a frame": (lambda v: performance(FRAME, **BY_COLUMN, infinite=v), set()),
    "misspelt in performance": (lambda v: performance(FRAME, **BY_COLUMN, esimate=v), set()),
}


@pytest.mark.filterwarnings("ignore::likelihood_kit.errors.LikelihoodKitWarning")
@pytest.mark.parametrize(("call", "allowed"), STUDY.values(), ids=STUDY)
def test_nonsense_is_refused(call, allowed, tmp_path, monkeypatch):
    """Of 4,320 such calls, over the rooms that are swept so, 1,003 ended in an exception of Python, NumPy or pandas."""
    monkeypatch.chdir(tmp_path)
    with np.errstate(all="ignore"):
        foreign, silent = swept(call)
    assert foreign == {}
    assert silent == allowed


RESULT = {
    "margin": (lambda found, v: found.efficiency(v), {"fraction"}),
    "margin of the summary": (lambda found, v: found.summary(v), {"fraction"}),
    "misspelt": (lambda found, v: found.efficiency(margn=v), set()),
    "file": (lambda found, v: found.save(v), {*NAMES, "newline"}),
}


@pytest.mark.parametrize(("call", "allowed"), RESULT.values(), ids=RESULT)
def test_nonsense_is_refused_by_a_result(call, allowed, result, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    foreign, silent = swept(lambda value: call(result, value))
    assert foreign == {}
    assert silent == allowed


def test_the_sweep_is_large():
    assert len(values()) >= 60
    assert (len(STUDY) + len(RESULT)) * len(values()) > 2000
