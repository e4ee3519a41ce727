"""A family is one formula; likelihood, information and bounds are derived from it."""

from likelihood_kit.families import CATALOGUE
