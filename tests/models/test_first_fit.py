"""What a first fit loads: SymPy costs half a second, and a family of the catalogue has no need of it."""

from __future__ import annotations

import subprocess
import sys

SCRIPT = """
import sys
import likelihood_kit as lk
for name, cls in lk.CATALOGUE.items():
    known = {known: 5 for known in cls.law.known}
    family = cls(**known)
    theta = {n: sum(cls.law.typical[n]) / 2 for n in family.parameter_names}
    results = lk.LikelihoodModel(family.sample(40, 1, **theta), family=family).fit()
    results.estimates, results.predict()
    assert "sympy" not in sys.modules, name
lk.Gamma(parameters=("mean", "shape")).expected_information(mean=2.0, shape=3.0)
assert "sympy" not in sys.modules, "coordinates"
lk.Gamma().derivation()
print("sympy" in sys.modules)
"""


def test_a_fit_of_the_catalogue_does_not_load_sympy():
    """Whether a law has a kink was found by tracing its formula, in every first fit."""
    ended = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=False)
    assert (ended.stdout.strip(), ended.returncode) == ("True", 0), ended.stderr
