"""Families on their way to another process: by reference where their class can be imported, by value where not.

A formula or a coordinate map may be a lambda, or defined in a notebook: such are carried by cloudpickle. The source of
derived kernels goes along, so that a worker never derives again.
"""

from __future__ import annotations

import pickle
from typing import Any

from likelihood_kit.families import compiled
from likelihood_kit.families.handle import Handle


def packed(family: Handle) -> bytes:
    """A family as bytes."""
    import cloudpickle  # type: ignore[import-untyped]

    law = family.law if "law" in vars(family) else None
    arguments = family.coordinate_names, dict(family.chosen_links), dict(family.fixed)
    return cloudpickle.dumps((type(family), law, compiled.sources(family.law), arguments))


def restore(content: bytes) -> Any:
    """The family that `packed` made bytes of."""
    cls, law, sources, (coordinates, links, fixed) = pickle.loads(content)
    compiled.sources(law or cls.law).update(sources)
    return cls(coordinates, links, **fixed) if law is None else cls.of(law, coordinates, links, fixed)
