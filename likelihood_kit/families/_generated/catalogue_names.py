"""Names of the catalogue for type checkers, written by `python -m likelihood_kit.families.generate`."""

from likelihood_kit.families.catalogue.bernoulli import Bernoulli as Bernoulli
from likelihood_kit.families.catalogue.beta import Beta as Beta
from likelihood_kit.families.catalogue.binomial import Binomial as Binomial
from likelihood_kit.families.catalogue.cauchy import Cauchy as Cauchy
from likelihood_kit.families.catalogue.exponential import Exponential as Exponential
from likelihood_kit.families.catalogue.gamma import Gamma as Gamma
from likelihood_kit.families.catalogue.generalized_extreme_value import GeneralizedExtremeValue as GeneralizedExtremeValue
from likelihood_kit.families.catalogue.laplace import Laplace as Laplace
from likelihood_kit.families.catalogue.log_normal import LogNormal as LogNormal
from likelihood_kit.families.catalogue.logistic import Logistic as Logistic
from likelihood_kit.families.catalogue.negative_binomial import NegativeBinomial as NegativeBinomial
from likelihood_kit.families.catalogue.normal import Normal as Normal
from likelihood_kit.families.catalogue.poisson import Poisson as Poisson
from likelihood_kit.families.catalogue.shifted_exponential import ShiftedExponential as ShiftedExponential
from likelihood_kit.families.catalogue.student_t import StudentT as StudentT
from likelihood_kit.families.catalogue.uniform import Uniform as Uniform
from likelihood_kit.families.catalogue.weibull import Weibull as Weibull
