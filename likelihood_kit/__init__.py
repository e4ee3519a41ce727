"""A family is one formula; its likelihood, informations and bounds are derived from it.

>>> import likelihood_kit as lk
>>> results = lk.LikelihoodModel([-5, 0, 3, 10], family=lk.Normal(parameters=("mean", "variance"))).fit()
>>> results.params
array([ 2. , 29.5])
"""

from typing import TYPE_CHECKING, NoReturn

from likelihood_kit import errors, families
from likelihood_kit.bridges import to_arviz
from likelihood_kit.diagnostics import (
    barankin_bound,
    bhattacharyya_bound,
    chapman_robbins_bound,
    check_regularity,
    check_sampler,
    cox_snell_bias,
    cramer_rao_bound,
    expected_information,
    kl_divergence,
    pseudo_true,
    van_trees_bound,
)
from likelihood_kit.diagnostics.pit import ProbabilityTransform
from likelihood_kit.errors import near_names
from likelihood_kit.families import (
    CATALOGUE,
    Coordinates,
    Family,
    Unbounded,
    UniqueMaximum,
    advice,
    censored,
    truncated,
)
from likelihood_kit.maximise import Certificate
from likelihood_kit.models import LikelihoodModel, LikelihoodResults, PenalisedProfile, Profile, ProfileRegion, compare
from likelihood_kit.parameters import Integers, Interval, Known, Observed, Positive, Real, UnitInterval
from likelihood_kit.reports import (
    certificate_html,
    plot_bounds,
    plot_fit,
    plot_pit,
    plot_profile,
    plot_region,
    plot_study,
    report_fit,
    report_study,
    results_html,
    study_html,
    summary_html,
    verdicts_html,
)
from likelihood_kit.simulation import Study, StudyResult, StudySummary, Verdicts, performance

# Families are found by looking; a new one needs no line here. Type checkers read the generated list.
globals().update(CATALOGUE)
if TYPE_CHECKING:
    from likelihood_kit.families._generated.catalogue_names import *  # noqa: F403

# Results stand below reports and bridges, and nothing imports upwards: the front door gives them these methods.
LikelihoodResults.report, LikelihoodResults.plot = report_fit, plot_fit
LikelihoodResults.to_arviz = to_arviz
Profile.plot, ProfileRegion.plot, PenalisedProfile.plot = plot_profile, plot_region, plot_profile
ProbabilityTransform.plot = plot_pit
StudyResult.report, StudyResult.plot = report_study, plot_study
# What a notebook shows of them.
LikelihoodResults._repr_html_ = results_html
StudyResult._repr_html_, Certificate._repr_html_ = study_html, certificate_html
StudySummary._repr_html_, Verdicts._repr_html_ = summary_html, verdicts_html

__version__ = "0.1.0"

__all__ = [
    "CATALOGUE",
    "Coordinates",
    "Family",
    "Integers",
    "Interval",
    "Known",
    "LikelihoodModel",
    "LikelihoodResults",
    "Observed",
    "Positive",
    "Real",
    "Study",
    "StudyResult",
    "Unbounded",
    "UniqueMaximum",
    "UnitInterval",
    "barankin_bound",
    "bhattacharyya_bound",
    "censored",
    "chapman_robbins_bound",
    "check_regularity",
    "check_sampler",
    "compare",
    "cox_snell_bias",
    "cramer_rao_bound",
    "errors",
    "expected_information",
    "families",
    "kl_divergence",
    "performance",
    "plot_bounds",
    "pseudo_true",
    "truncated",
    "van_trees_bound",
    *CATALOGUE,
]


def __dir__() -> list[str]:
    """Names for users, and those that every module has."""
    return sorted({*__all__, *(name for name in globals() if name.startswith("__") and name.endswith("__"))})


# Type checkers would take it that every name is there.
if not TYPE_CHECKING:

    def __getattr__(name: str) -> NoReturn:
        """Refusal of a name that is not there, with the name that is meant."""
        if name.startswith("_"):
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        raise AttributeError(f"likelihood_kit has no {name}: {advice(name) or near_names(name, __all__)}")
