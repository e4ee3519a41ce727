"""The layers hold: imports go down, never up, never sideways, in no circle, lazily or not.

Every rule is a function from a package's syntax trees to the violations it finds, so that it can be shown to
fail on a package of a few lines.
"""

import ast
from pathlib import Path

import pytest
from syntax_trees import PACKAGE, UNKNOWN, Sources

FRONT_DOOR = "__init__"

# From the bottom up. Members of one layer are siblings: a place imports from lower layers and from itself.
# `__main__` stands above the front doors because all it does is to open one.
LAYERS = (
    ("errors",),
    ("_numerics",),
    ("calculus",),
    ("links",),
    ("parameters", "sample"),
    ("families",),
    ("predictor",),
    ("conditioning",),
    ("identical",),
    ("likelihood",),
    ("maximise",),
    ("diagnostics",),
    ("models", "simulation"),
    ("reports", "bridges"),
    ("cli", FRONT_DOOR),
    ("__main__",),
)
HEIGHT = {place: height for height, layer in enumerate(LAYERS) for place in layer}

# What only one place may know.
KEPT_IN = {"statsmodels": "models", "sympy": "calculus", "arviz": "bridges", "dask": "bridges"}


def place(module: str) -> str:
    """Row of the table that a module of the package belongs to."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else FRONT_DOOR


def is_own(target: str) -> bool:
    return target == PACKAGE or target.startswith(f"{PACKAGE}.")


def is_private(name: str | None) -> bool:
    return name is not None and name.startswith("_") and not name.endswith("__")


def modules_outside_the_table(sources: Sources) -> list[str]:
    return [f"{module} is in no layer" for module in sources.trees if place(module) not in HEIGHT]


def folders_without_init(sources: Sources) -> list[str]:
    folders = {module.rpartition(".")[0] for module in sources.trees} - {""}
    return [f"{folder} has no __init__.py, so it is not installed" for folder in folders - sources.packages]


def imports_not_going_down(sources: Sources) -> list[str]:
    return [
        str(found)
        for found in sources.imports()
        if is_own(found.target)
        and place(found.module) != place(found.target)
        and HEIGHT.get(place(found.module), -1) <= HEIGHT.get(place(found.target), len(LAYERS))
    ]


def imports_of_the_front_door(sources: Sources) -> list[str]:
    return [str(found) for found in sources.imports() if found.target == PACKAGE != found.module]


def unreadable_imports(sources: Sources) -> list[str]:
    """Imports by a computed name; the front door may, because all else is below it."""
    return [str(found) for found in sources.imports() if UNKNOWN in found.target and found.module != PACKAGE]


def imports_of_missing_modules(sources: Sources) -> list[str]:
    known = sources.trees
    return [str(found) for found in sources.imports() if is_own(found.target) and found.target not in known]


def circles(sources: Sources) -> list[str]:
    below: dict[str, set[str]] = {module: set() for module in sources.trees}
    for found in sources.imports():
        if found.target in below and found.target != found.module:
            below[found.module].add(found.target)
    left = dict(below)
    while leaves := [module for module in left if not below[module] & left.keys()]:
        for module in leaves:
            del left[module]
    # What is left stands in a circle or above one; the first way down that meets itself is a circle.
    if not left:
        return []
    way = [min(left)]
    while way[-1] not in way[:-1]:
        way.append(min(below[way[-1]] & left.keys()))
    return [" -> ".join(way[way.index(way[-1]) :])]


def imports_out_of_place(sources: Sources) -> list[str]:
    return [
        str(found)
        for found in sources.imports()
        if place(found.module) != KEPT_IN.get(found.target.partition(".")[0], place(found.module))
    ]


def private_names_from_elsewhere(sources: Sources) -> list[str]:
    found = [str(taken) for taken in sources.imports() if is_private(taken.name)]
    for module, tree in sources.trees.items():
        modules = {
            alias.asname or alias.name
            for node in ast.walk(tree)
            if isinstance(node, ast.Import | ast.ImportFrom)
            for alias in node.names
            if isinstance(node, ast.Import)
            or f"{sources.absolute(module, node.level, node.module or '')}.{alias.name}" in sources.trees
        }
        found += [
            f"{module}:{node.lineno} uses {ast.unparse(node)}"
            for node in ast.walk(tree)
            if isinstance(node, ast.Attribute) and is_private(node.attr) and ast.unparse(node.value) in modules
        ]
    return found


RULES = (
    modules_outside_the_table,
    folders_without_init,
    imports_not_going_down,
    imports_of_the_front_door,
    unreadable_imports,
    imports_of_missing_modules,
    circles,
    imports_out_of_place,
    private_names_from_elsewhere,
)


@pytest.fixture(scope="module")
def sources() -> Sources:
    root = Path(__file__).resolve().parents[1] / PACKAGE
    return Sources({str(path.relative_to(root)): path.read_text("utf-8") for path in root.rglob("*.py")})


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_package_keeps(rule, sources):
    assert rule(sources) == []


def test_the_front_door_was_read(sources):
    """The rules above say nothing of a package that was not found."""
    assert {PACKAGE, f"{PACKAGE}.cli", f"{PACKAGE}.errors"} <= sources.trees.keys()


SOUND = {
    "__init__.py": "from importlib import import_module\nfrom .families import Gamma\n"
    "def __getattr__(name):\n    return import_module(WHERE[name]), import_module(f'.{name}', __name__)",
    "__main__.py": "from likelihood_kit.cli import main",
    "cli.py": "import argparse\nfrom . import errors\nimport likelihood_kit.families.gamma",
    "errors.py": "",
    "_numerics.py": "import numpy as np\nfrom scipy import special",
    "calculus/__init__.py": "from .tracer import trace",
    "calculus/tracer.py": "from .. import _numerics\ndef trace():\n    import sympy\n    _numerics.solve()",
    "families/__init__.py": "from .gamma import Gamma",
    "families/base.py": "from ..calculus import trace\nfrom likelihood_kit.errors import DataError",
    "families/gamma.py": "import importlib\nfrom .base import Family\n"
    "def kernels(name):\n    return importlib.import_module(f'{__package__}._generated.{name}')",
    "families/_generated/__init__.py": "",
    "families/_generated/gamma.py": "import numpy as np",
    "models/__init__.py": "",
    "models/likelihood.py": "from statsmodels.base.model import GenericLikelihoodModel",
    "simulation/__init__.py": "from ..families import Gamma",
}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_a_sound_package_passes(rule):
    assert rule(Sources(SOUND)) == []


FAULTS = {
    "a module that is in no layer": (modules_outside_the_table, {"utilities.py": ""}),
    "a package that is in no layer": (modules_outside_the_table, {"plots/__init__.py": ""}),
    "a folder that is no package": (folders_without_init, {"models/extra/tool.py": ""}),
    "up": (imports_not_going_down, {"calculus/tracer.py": "from ..families import Gamma"}),
    "up, absolute": (imports_not_going_down, {"errors.py": "import likelihood_kit.calculus.tracer"}),
    "up, the module itself": (imports_not_going_down, {"errors.py": "from . import calculus"}),
    "up, within a function": (
        imports_not_going_down,
        {"families/gamma.py": "def f():\n    from ..models.likelihood import Model"},
    ),
    "up, for types only": (
        imports_not_going_down,
        {"errors.py": "import typing\nif typing.TYPE_CHECKING:\n    from .families import Family"},
    ),
    "up, by name": (
        imports_not_going_down,
        {"errors.py": "from importlib import import_module\nimport_module('likelihood_kit.families')"},
    ),
    "up, by relative name": (
        imports_not_going_down,
        {"calculus/tracer.py": "import importlib\nimportlib.import_module('..families.gamma', __package__)"},
    ),
    "up, by a name with a gap": (
        imports_not_going_down,
        {"calculus/tracer.py": "__import__(f'likelihood_kit.families._generated.{name}')"},
    ),
    "to a sibling package": (
        imports_not_going_down,
        {"simulation/__init__.py": "from ..models import likelihood"},
    ),
    "to a sibling module": (
        imports_not_going_down,
        {"regression.py": "from .maximise import maximise", "maximise.py": ""},
    ),
    "between siblings of the reports": (
        imports_not_going_down,
        {"reports/__init__.py": "from ..bridges import to_arviz", "bridges/__init__.py": ""},
    ),
    "to the command line": (imports_not_going_down, {"models/likelihood.py": "from ..cli import main"}),
    "to a place that is in no layer": (
        imports_not_going_down,
        {"cli.py": "from .utilities import say", "utilities.py": ""},
    ),
    "the front door": (imports_of_the_front_door, {"cli.py": "import likelihood_kit as lk"}),
    "a name from the front door": (
        imports_of_the_front_door,
        {"models/likelihood.py": "from likelihood_kit import __version__"},
    ),
    "a name from the front door, relative": (imports_of_the_front_door, {"cli.py": "from . import Gamma"}),
    "the front door by name": (imports_of_the_front_door, {"cli.py": "__import__('likelihood_kit')"}),
    "a name that cannot be read": (
        unreadable_imports,
        {"errors.py": "from importlib import import_module\nimport_module(name)"},
    ),
    "a module that does not exist": (imports_of_missing_modules, {"cli.py": "from .models.absent import x"}),
    "a circle of two": (
        circles,
        {"families/base.py": "from .gamma import Gamma", "families/gamma.py": "from .base import Family"},
    ),
    "a circle of three, lazy": (
        circles,
        {
            "models/a.py": "from . import b",
            "models/b.py": "def f():\n    from .c import x",
            "models/c.py": "import likelihood_kit.models.a",
        },
    ),
    "a circle through the package": (
        circles,
        {"families/base.py": "def f():\n    from . import Gamma"},
    ),
    "statsmodels below the models": (
        imports_out_of_place,
        {"diagnostics/__init__.py": "", "diagnostics/tests.py": "def f():\n    import statsmodels.api as sm"},
    ),
    "statsmodels in the reports": (
        imports_out_of_place,
        {"reports/__init__.py": "from statsmodels.iolib import x"},
    ),
    "sympy above the calculus": (imports_out_of_place, {"families/base.py": "from sympy import Symbol"}),
    "arviz in the models": (
        imports_out_of_place,
        {"models/likelihood.py": "import importlib\nimportlib.import_module('arviz')"},
    ),
    "up, by a constant": (
        imports_not_going_down,
        {"errors.py": "import importlib\nPLACE = f'{__package__}.models'\nimportlib.import_module(PLACE)"},
    ),
    "a private function": (private_names_from_elsewhere, {"families/gamma.py": "from .base import _shape"}),
    "a private function of another library": (
        private_names_from_elsewhere,
        {"_numerics.py": "from scipy.optimize import _minimize"},
    ),
    "a private function of a module": (
        private_names_from_elsewhere,
        {"families/gamma.py": "from . import base\nbase._shape(1)"},
    ),
    "a private function of a renamed module": (
        private_names_from_elsewhere,
        {"cli.py": "import likelihood_kit.families.base as b\nb._shape(1)"},
    ),
}


@pytest.mark.parametrize(("rule", "files"), FAULTS.values(), ids=FAULTS)
def test_a_fault_is_found(rule, files):
    found = rule(Sources(SOUND | files))
    assert len(found) == 1, found


def test_every_rule_is_shown_to_fail():
    assert {rule for rule, _ in FAULTS.values()} == set(RULES)
