"""Pure functions on arrays: informations, covariances and bounds."""

from likelihood_kit.diagnostics.bounds import bound_table, cramer_rao_bound
from likelihood_kit.diagnostics.information import (
    InformationAudit,
    cluster_correction,
    covariance,
    information_audit,
    observed_information,
    outer_product_covariance,
    sandwich_covariance,
)
from likelihood_kit.diagnostics.intervals import HALF_WIDTH, LEVEL

__all__ = [
    "HALF_WIDTH",
    "LEVEL",
    "InformationAudit",
    "bound_table",
    "cluster_correction",
    "covariance",
    "cramer_rao_bound",
    "information_audit",
    "observed_information",
    "outer_product_covariance",
    "sandwich_covariance",
]
