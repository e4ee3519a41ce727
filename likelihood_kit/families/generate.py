"""Kernels of the catalogue as checked files, so that a program that fits a known family never waits for SymPy.

`python -m likelihood_kit.families.generate` writes them, and the names of the catalogue for type checkers; with
`--check` it fails where a file differs from what the families derive.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from likelihood_kit.calculus import slopes_source, source_of
from likelihood_kit.families.catalogue import CATALOGUE
from likelihood_kit.families.compiled import map_of, suffix
from likelihood_kit.families.family import Family

#: Functions of the kit that emitted source calls, by name, with the module that has them.
OWN_FUNCTIONS = {
    "incomplete_gamma": "from likelihood_kit.calculus import incomplete_gamma",
    "log_excess": "from likelihood_kit.calculus.large_shape import log_excess",
    "stirling_remainder": "from likelihood_kit.calculus.large_shape import stirling_remainder",
    "log1p_ratio": "from likelihood_kit.calculus.log1p_ratio import log1p_ratio",
    "log_rising": "from likelihood_kit.calculus.log_rising import log_rising",
}
COMMAND = "`python -m likelihood_kit.families.generate`"
FOLDER = Path(__file__).parent / "_generated"
NAMES = "catalogue_names"


def generated_source(family: type[Family]) -> str:
    """Text of the generated file of a family."""
    kernels = [
        source_of(family(parameters=names).formula, suffix(family.law, names)).rstrip()
        for names in family().available_parameters
    ]
    kernels += [
        slopes_source(map_of(family.law, names), names, f"canonical{suffix(family.law, names)}").rstrip()
        for names in family.law.coordinates
    ]
    imports = ["import numpy as np", "from scipy import special"]
    own = [
        line
        for name, line in OWN_FUNCTIONS.items()
        if any(f"{name}(" in text or f"{name}." in text for text in kernels)
    ]
    head = f'"""Kernels of {family.__name__}, derived from its formula by {COMMAND}."""\n\n' + "\n".join(imports)
    return "\n\n\n".join(["\n\n".join([head, *(["\n".join(own)] if own else [])]), *kernels]) + "\n"


def names_source() -> str:
    """Text of the module that type checkers read the catalogue from; nothing imports it at run time."""
    lines = [f"from {family.__module__} import {name} as {name}" for name, family in CATALOGUE.items()]
    return f'"""Names of the catalogue for type checkers, written by {COMMAND}."""\n\n' + "\n".join(lines) + "\n"


def generated_path(family: type[Family]) -> Path:
    """Path of the generated file of a family."""
    return FOLDER / f"{family.law.origin.partition(':')[0].rpartition('.')[2]}.py"


def wanted() -> dict[Path, str]:
    """Text of every generated file, by path."""
    kernels = {generated_path(family): generated_source(family) for family in CATALOGUE.values()}
    return {FOLDER / f"{NAMES}.py": names_source(), **kernels}


def main(arguments: list[str] | None = None) -> int:
    """Write the files, or check them; the number of files that differ."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare with the files instead of writing them")
    check = parser.parse_args(arguments).check
    stale = 0
    sources = wanted()
    for path, source in sources.items():
        if path.exists() and path.read_text(encoding="utf-8") == source:
            continue
        stale += 1
        if check:
            print(f"{path.name} differs from the families: run python -m likelihood_kit.families.generate")
        else:
            path.write_text(source, encoding="utf-8")
            print(f"wrote {path.name}")
    for path in sorted(set(FOLDER.glob("[!_]*.py")) - sources.keys()):
        stale += 1
        print(f"{path.name} belongs to no family" + ("" if check else ": removed"))
        if not check:
            path.unlink()
    return stale if check else 0


if __name__ == "__main__":
    sys.exit(main())
