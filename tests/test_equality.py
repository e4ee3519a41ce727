"""Objects that hold arrays, frames or mappings are equal to themselves alone: `==` and `hash` raise nothing.

An equality by fields asks a comparison of arrays for its truth, which NumPy and pandas refuse.
"""

import ast
import re
from pathlib import Path

import numpy as np
import pytest

import likelihood_kit as lk

HELD = re.compile(r"\b(ndarray|DataFrame|Series)\b")
RESULT = "InWords"


def compared_by_fields(text: str) -> list[str]:
    """Dataclasses of a source text that hold arrays or frames, or are results with mappings, without eq=False."""
    found = []
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.ClassDef):
            continue
        made = [ast.unparse(one) for one in node.decorator_list if ast.unparse(one).startswith("dataclass")]
        fields = [ast.unparse(part.annotation) for part in node.body if isinstance(part, ast.AnnAssign)]
        fields = [field for field in fields if "Callable" not in field and "ClassVar" not in field]
        result = RESULT in map(ast.unparse, node.bases)
        holds = any(HELD.search(field) or (result and "Mapping" in field) for field in fields)
        if made and holds and "eq=False" not in made[0]:
            found.append(node.name)
    return found


def test_no_class_of_the_package_compares_arrays():
    root = Path(lk.__file__).parent
    texts = {path: path.read_text("utf-8") for path in root.rglob("*.py")}
    assert len(texts) > 100
    assert {str(path): found for path, text in texts.items() if (found := compared_by_fields(text))} == {}


@pytest.mark.parametrize(
    ("head", "field", "faults"),
    [
        ("@dataclass(frozen=True)\nclass A:", "x: np.ndarray", ["A"]),
        ("@dataclass\nclass A:", "x: Mapping[str, pd.Series]", ["A"]),
        ("@dataclass(frozen=True)\nclass A(InWords):", "x: Mapping[str, float]", ["A"]),
        ("@dataclass(frozen=True, eq=False)\nclass A:", "x: pd.DataFrame | None", []),
        ("@dataclass(frozen=True)\nclass A:", "x: float", []),
        ("@dataclass(frozen=True)\nclass A:", "x: Callable[[np.ndarray], float]", []),
    ],
)
def test_a_fault_is_found(head, field, faults):
    assert compared_by_fields(f"{head}\n    {field}\n") == faults


@pytest.fixture(scope="module")
def fit():
    return lk.LikelihoodModel(np.random.default_rng(3).gamma(2.0, 1.5, 40), family=lk.Gamma()).fit()


FOUND = {
    "pit": lambda fit: fit.pit(),
    "identifiability": lambda fit: fit.identifiability(),
    "goodness of fit": lambda fit: fit.goodness_of_fit(replications=99),
    "prediction": lambda fit: fit.get_prediction(),
    "profile": lambda fit: fit.profile("shape"),
    "region": lambda fit: fit.profile("shape", "scale"),
    "audit": lambda fit: fit.information_audit(replications=0),
    "regularity": lambda _: lk.check_regularity(lk.Gamma(), {"shape": 2.0, "scale": 1.0}),
    "expected information": lambda _: lk.expected_information(lk.Gamma(), {"shape": 2.0, "scale": 1.0}),
    "loss": lambda fit: fit.loss_equivalence(),
    "comparison": lambda fit: lk.compare({"gamma": fit, "weibull": _weibull(fit)}),
    "vuong": lambda fit: fit.vuong_test(_weibull(fit)),
}


def _weibull(fit):
    return lk.LikelihoodModel(np.asarray(fit.model.endog).ravel(), family=lk.Weibull()).fit()


@pytest.mark.parametrize("find", FOUND.values(), ids=FOUND)
def test_results_are_compared_and_hashed(find, fit):
    one, other = find(fit), find(fit)
    assert one == one
    assert (one == other) in (True, False)
    assert one in {one, other}
