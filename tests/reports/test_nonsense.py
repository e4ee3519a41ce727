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
