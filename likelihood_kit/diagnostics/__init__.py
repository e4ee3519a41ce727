"""Pure functions on arrays: informations, covariances and bounds."""

from likelihood_kit.diagnostics.bounds import bound_table, cramer_rao_bound
from likelihood_kit.diagnostics.information import (
    InformationAudit,
    clustered_outer_product,
    covariance,
    information_audit,
    observed_information,
    outer_product_covariance,
    outer_product_information,
    sandwich_covariance,
)
from likelihood_kit.diagnostics.intervals import HALF_WIDTH, LEVEL

__all__ = [
    "HALF_WIDTH",
    "LEVEL",
    "InformationAudit",
    "bound_table",
    "clustered_outer_product",
    "covariance",
    "cramer_rao_bound",
    "information_audit",
    "observed_information",
    "outer_product_covariance",
    "outer_product_information",
    "sandwich_covariance",
]
