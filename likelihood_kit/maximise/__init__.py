"""Maximum of a likelihood, over a batch: damped Newton, and the certificate that its end is the maximum."""

from likelihood_kit.maximise.certificate import (
    LARGEST_DERIVATIVE_ERROR,
    Certificate,
    Labels,
    certificate_of,
    closed_certificate,
    labels_of,
    refused_certificate,
)
from likelihood_kit.maximise.declared import as_high, surpassed
from likelihood_kit.maximise.estimate import Estimate, estimate, scales_of, start_values
from likelihood_kit.maximise.findings import Findings, Flaw, Grade
from likelihood_kit.maximise.judged import Setting
from likelihood_kit.maximise.kinked import kinked_maximum, kinks_near
from likelihood_kit.maximise.newton import DECREMENT, Maximum, Objective, maximise, newton_step
from likelihood_kit.maximise.restarts import Starts
from likelihood_kit.maximise.road import Road, road_of
from likelihood_kit.maximise.search import find
from likelihood_kit.maximise.single import SMALL, plain_derivatives
from likelihood_kit.maximise.spikes import without_bound
from likelihood_kit.maximise.surroundings import LOOKOUT, NO_FALL, Scales, look_around

__all__ = [
    "DECREMENT",
    "LARGEST_DERIVATIVE_ERROR",
    "LOOKOUT",
    "NO_FALL",
    "SMALL",
    "Certificate",
    "Estimate",
    "Findings",
    "Flaw",
    "Grade",
    "Labels",
    "Maximum",
    "Objective",
    "Road",
    "Scales",
    "Setting",
    "Starts",
    "as_high",
    "certificate_of",
    "closed_certificate",
    "estimate",
    "find",
    "kinked_maximum",
    "kinks_near",
    "labels_of",
    "look_around",
    "maximise",
    "newton_step",
    "plain_derivatives",
    "refused_certificate",
    "road_of",
    "scales_of",
    "start_values",
    "surpassed",
    "without_bound",
]
