"""statsmodels models of families: the only importer of statsmodels."""

from likelihood_kit.models.example_data import strike_durations
from likelihood_kit.models.model import LikelihoodModel
from likelihood_kit.models.results import LikelihoodResults

__all__ = ["LikelihoodModel", "LikelihoodResults", "strike_durations"]
