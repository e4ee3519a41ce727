"""Kernels of the catalogue as checked files, so that a program that fits a known family never waits for SymPy.

`python -m likelihood_kit.families.generate` writes them; with `--check` it fails where a file differs from what the
family's formula derives.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from likelihood_kit.calculus import source_of
from likelihood_kit.families.catalogue import CATALOGUE
from likelihood_kit.families.family import Family, kernel_suffix

COMMAND = "`python -m likelihood_kit.families.generate`"
FOLDER = Path(__file__).parent / "_generated"


def generated_source(family: type[Family]) -> str:
    """Text of the generated file of a family."""
    instance = family()
    parts = [
        f'"""Kernels of {family.__name__}, derived from its formula by {COMMAND}."""',
        "import numpy as np\nfrom scipy import special",
    ]
    for names in instance.available_parameters:
        parts.append(source_of(family(parameters=names).formula, kernel_suffix(family, names)).rstrip())
    if any("incomplete_gamma." in part for part in parts[2:]):
        parts[1] += "\n\nfrom likelihood_kit.calculus import incomplete_gamma"
    return "\n\n".join(parts[:2]) + "\n\n\n" + "\n\n\n".join(parts[2:]) + "\n"


def generated_path(family: type[Family]) -> Path:
    """Path of the generated file of a family."""
    return FOLDER / f"{family.declaration.origin.rpartition('.')[2]}.py"


def main(arguments: list[str] | None = None) -> int:
    """Write the files, or check them; the number of files that differ."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare with the files instead of writing them")
    check = parser.parse_args(arguments).check
    stale = 0
    for family in CATALOGUE.values():
        path, source = generated_path(family), generated_source(family)
        if path.exists() and path.read_text(encoding="utf-8") == source:
            continue
        stale += 1
        if check:
            print(f"{path.name} differs from the formula: run python -m likelihood_kit.families.generate")
        else:
            path.write_text(source, encoding="utf-8")
            print(f"wrote {path.name}")
    return stale if check else 0


if __name__ == "__main__":
    sys.exit(main())
