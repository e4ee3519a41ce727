"""What `import likelihood_kit` costs: nothing heavy is loaded before its first use."""

import subprocess
import sys

import pytest

PACKAGE = "likelihood_kit"
# What `import likelihood_kit` must leave to first use.
HEAVY = ("sympy", "matplotlib.pyplot", "arviz", "joblib", "tqdm", "dask")


def heavy_modules_after(statement: str) -> list[str]:
    """Members of ``HEAVY`` that are loaded once a fresh process has run ``statement``."""
    code = f"{statement}\nimport sys\nprint(*[name for name in {HEAVY!r} if sys.modules.get(name)])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return run.stdout.split()


@pytest.mark.parametrize("module", [PACKAGE, f"{PACKAGE}.calculus", f"{PACKAGE}.families", f"{PACKAGE}.cli"])
def test_importing_loads_nothing_heavy(module):
    assert heavy_modules_after(f"import {module}") == []


def test_calculus_is_importable_without_sympy():
    heavy_modules_after(f"import sys; sys.modules['sympy'] = None; import {PACKAGE}.calculus")


def test_a_heavy_import_is_seen():
    assert heavy_modules_after("import joblib") == ["joblib"]
