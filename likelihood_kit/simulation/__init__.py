"""Batched studies of estimators: whether they do what theory says as the sample grows."""

from likelihood_kit.simulation.consistency import Consistency
from likelihood_kit.simulation.efficiency import MARGIN, Efficiency, check_margin
from likelihood_kit.simulation.estimates import Estimates
from likelihood_kit.simulation.measures import INFINITE, MCSE
from likelihood_kit.simulation.performance import performance
from likelihood_kit.simulation.result import StudyResult, StudySummary
from likelihood_kit.simulation.study import Study, unfixed
from likelihood_kit.simulation.verdicts import Verdicts

__all__ = [
    "INFINITE",
    "MARGIN",
    "MCSE",
    "Consistency",
    "Efficiency",
    "Estimates",
    "Study",
    "StudyResult",
    "StudySummary",
    "Verdicts",
    "check_margin",
    "performance",
    "unfixed",
]
