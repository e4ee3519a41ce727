"""statsmodels models of families: the only importer of statsmodels."""

from likelihood_kit.models.example_data import strike_durations
from likelihood_kit.models.fitting import COVARIANCES
from likelihood_kit.models.model import LikelihoodModel
from likelihood_kit.models.profile_likelihood import Profile, ProfileInterval
from likelihood_kit.models.results import LikelihoodResults
from likelihood_kit.models.safe_formulas import FUNCTIONS, NAMES, check_formula

__all__ = [
    "COVARIANCES",
    "FUNCTIONS",
    "NAMES",
    "LikelihoodModel",
    "LikelihoodResults",
    "Profile",
    "ProfileInterval",
    "check_formula",
    "strike_durations",
]
