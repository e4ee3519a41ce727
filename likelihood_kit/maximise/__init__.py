"""Damped Newton's method over a batch, and the certificate that its end is the maximum."""

from likelihood_kit.maximise.certificate import (
    LOOKOUT,
    NO_FALL,
    Certificate,
    Labels,
    certified_maximum,
    certify,
    labels_of,
    restart_points,
)
from likelihood_kit.maximise.newton import DECREMENT, Likelihood, Maximum, maximise, newton_step

__all__ = [
    "DECREMENT",
    "LOOKOUT",
    "NO_FALL",
    "Certificate",
    "Labels",
    "Likelihood",
    "Maximum",
    "certified_maximum",
    "certify",
    "labels_of",
    "maximise",
    "newton_step",
    "restart_points",
]
