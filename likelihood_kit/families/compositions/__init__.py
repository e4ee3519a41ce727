"""Functions from laws to laws: what comes out is a family, with the coordinates, links and fixed values of its part."""

from likelihood_kit.families.compositions.censored import censored
from likelihood_kit.families.compositions.truncated import truncated

__all__ = ["censored", "truncated"]
