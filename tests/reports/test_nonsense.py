"""A sweep of nonsense over reports and plots: the kit's own error, or what the argument may be."""

import numpy as np
import pytest
from nonsense import swept

import likelihood_kit as lk

NOTHING = {"None", "{}"}
DRAWN = {"text", "digit", "unicode", "LaTeX", "format"}
FIT = lk.LikelihoodModel(np.random.default_rng(0).poisson(4, 30), family=lk.Poisson()).fit()
SETTINGS = {"sizes": (9,), "replications": 20, "seed": 1}
RESULT = lk.Study(lk.Exponential(), {"scale": 3.0}, **SETTINGS).run(progress=False)


@pytest.mark.parametrize("found", [FIT, RESULT], ids=["fit", "study"])
@pytest.mark.parametrize("argument", ["path", "fragment", "misspelt", "ax", "labels", "units", "label", "lables"])
def test_nonsense_is_refused(found, argument, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    name = "rate" if found is FIT else "scale"
    calls = {
        "path": (found.report, set()),
        "fragment": (lambda v: found.report("a.html", fragment=v), set()),
        "misspelt": (lambda v: found.report("a.html", fragmnt=v), set()),
        "ax": (lambda v: found.plot(ax=v), {"None"}),
        "labels": (lambda v: found.plot(labels=v), NOTHING),
        "units": (lambda v: found.plot(units=v), NOTHING),
        "label": (lambda v: found.plot(labels={name: v}), DRAWN),
        "lables": (lambda v: found.plot(lables=v), set()),
    }
    call, allowed = calls[argument]
    foreign, silent = swept(call)
    assert foreign == {}
    assert silent == allowed
    assert list(tmp_path.iterdir()) == []


BOUNDS = lk.cramer_rao_bound(lk.Exponential(), {"scale": 3.0}, n=(9, 20))
CALLS = {
    "bounds": (lk.plot_bounds, set()),
    "a bound": (lambda v: lk.plot_bounds({"a": v}), set()),
    "study": (lambda v: lk.plot_bounds(BOUNDS, v), {"None"}),
    "scaled": (lambda v: lk.plot_bounds(BOUNDS, scaled=v), {"True", "np.True"}),
    "ax of bounds": (lambda v: lk.plot_bounds(BOUNDS, ax=v), {"None"}),
    "label of a bound": (lambda v: lk.plot_bounds(BOUNDS, labels={"bound": v}), DRAWN),
}


@pytest.mark.parametrize(("call", "allowed"), CALLS.values(), ids=CALLS)
def test_nonsense_in_a_figure_of_bounds_is_refused(call, allowed):
    foreign, silent = swept(call)
    assert foreign == {}
    assert silent == allowed
