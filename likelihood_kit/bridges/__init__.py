"""Results in the containers of other libraries."""

from likelihood_kit.bridges.arviz import to_arviz

__all__ = ["to_arviz"]
