"""Pure functions on arrays: informations, covariances and bounds."""

from likelihood_kit.diagnostics.bhattacharyya import bhattacharyya_bound
from likelihood_kit.diagnostics.bias import cox_snell_bias
from likelihood_kit.diagnostics.conventions import convention_notes
from likelihood_kit.diagnostics.cramer_rao import bound_table, cramer_rao_bound
from likelihood_kit.diagnostics.displaced import barankin_bound, chapman_robbins_bound
from likelihood_kit.diagnostics.distances import anderson_darling, skewness
from likelihood_kit.diagnostics.divergence import kl_divergence
from likelihood_kit.diagnostics.expected_information import ExpectedInformation, expected_information
from likelihood_kit.diagnostics.information import (
    AUDIT_LEVEL,
    InformationAudit,
    cluster_correction,
    covariance,
    information_audit,
    observed_information,
    outer_product_covariance,
    sandwich_covariance,
)
from likelihood_kit.diagnostics.information_matrix import InformationMatrixTest, information_matrix_test
from likelihood_kit.diagnostics.intervals import ALPHA, HALF_WIDTH, LEVEL
from likelihood_kit.diagnostics.pseudo_truth import PseudoTruth, pseudo_true
from likelihood_kit.diagnostics.regularity_conditions import Condition, RegularityConditions, check_regularity
from likelihood_kit.diagnostics.residuals import (
    QuantilePlot,
    observed_probabilities,
    quantile_plot,
    quantile_residuals,
    rows_of_observations,
)
from likelihood_kit.diagnostics.sampler_check import SamplerCheck, check_sampler
from likelihood_kit.diagnostics.specification import (
    SingularInformation,
    SpecificationTest,
    joint_pvalue,
    specification_test,
)
from likelihood_kit.diagnostics.surface import LogLikelihood, moved, reach, surface
from likelihood_kit.diagnostics.van_trees import van_trees_bound

__all__ = [
    "ALPHA",
    "AUDIT_LEVEL",
    "HALF_WIDTH",
    "LEVEL",
    "Condition",
    "ExpectedInformation",
    "InformationAudit",
    "InformationMatrixTest",
    "LogLikelihood",
    "PseudoTruth",
    "QuantilePlot",
    "RegularityConditions",
    "SamplerCheck",
    "SingularInformation",
    "SpecificationTest",
    "anderson_darling",
    "barankin_bound",
    "bhattacharyya_bound",
    "bound_table",
    "chapman_robbins_bound",
    "check_regularity",
    "check_sampler",
    "cluster_correction",
    "convention_notes",
    "covariance",
    "cox_snell_bias",
    "cramer_rao_bound",
    "expected_information",
    "information_audit",
    "information_matrix_test",
    "joint_pvalue",
    "kl_divergence",
    "moved",
    "observed_information",
    "observed_probabilities",
    "outer_product_covariance",
    "pseudo_true",
    "quantile_plot",
    "quantile_residuals",
    "reach",
    "rows_of_observations",
    "sandwich_covariance",
    "skewness",
    "specification_test",
    "surface",
    "van_trees_bound",
]
