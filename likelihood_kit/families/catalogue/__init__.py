"""The families that ship with the kit: one file each, found here by looking."""

from __future__ import annotations

import importlib
import pkgutil

from likelihood_kit.families.family import Family


def found() -> dict[str, type[Family]]:
    """Families by name, each from the file that declares it."""
    families: dict[str, type[Family]] = {}
    for info in sorted(pkgutil.iter_modules(__path__), key=lambda info: info.name):
        module = importlib.import_module(f"{__name__}.{info.name}")
        for name, value in vars(module).items():
            # Not one that the file imports, to build on.
            if isinstance(value, type) and issubclass(value, Family) and value.__module__ == module.__name__:
                families[name] = value
    return families


#: Families by name.
CATALOGUE: dict[str, type[Family]] = found()
