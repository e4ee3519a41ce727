"""statsmodels models of families: the only importer of statsmodels."""

from likelihood_kit.models.comparison import compare
from likelihood_kit.models.example_data import strike_durations
from likelihood_kit.models.fitting import COVARIANCES
from likelihood_kit.models.hints import argument_hint, column_hint
from likelihood_kit.models.model import LikelihoodModel
from likelihood_kit.models.penalised_profile import PenalisedProfile
from likelihood_kit.models.profile_likelihood import Profile, ProfileInterval
from likelihood_kit.models.profile_regions import ProfileRegion, RegionContour
from likelihood_kit.models.results import LikelihoodResults
from likelihood_kit.models.safe_formulas import NAMES, check_formula, functions

__all__ = [
    "COVARIANCES",
    "NAMES",
    "LikelihoodModel",
    "LikelihoodResults",
    "PenalisedProfile",
    "Profile",
    "ProfileInterval",
    "ProfileRegion",
    "RegionContour",
    "argument_hint",
    "check_formula",
    "column_hint",
    "compare",
    "functions",
    "strike_durations",
]
