"""The contract of a family: what a user calls, derived from what its author declared.

A family is a handle on a law: chosen coordinates, links, some quantities held fixed. Its author writes `log_density`
and the spaces of its quantities (see `law`); everything a user calls here is derived from them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from likelihood_kit.calculus import DATUM
from likelihood_kit.families import (
    declared_forms,
    estimates,
    fallbacks,
    informations,
    moments,
    operands,
    regularity,
    rows,
    sampling,
)
from likelihood_kit.families.by_name import quantities_by_name
from likelihood_kit.families.chosen import Chosen
from likelihood_kit.families.declare import declare


class Family(Chosen):
    """A law with free parameters.

    Parameters
    ----------
    parameters : sequence of str, optional
        Names of other coordinates of the same law, such as `("mean", "shape")`; those a family has are in
        `available_parameters`. By default the canonical ones.
    links : dict of str to str, optional
        Another link for some parameters, by name.
    **fixed : float
        Quantities held fixed at a value, in the coordinates in use.

    Examples
    --------
    >>> from likelihood_kit.families import Gamma
    >>> family = Gamma(shape=1.0)
    >>> family.parameter_names
    ('scale',)
    >>> family.log_density([1.0, 2.0], scale=2.0)
    array([-1.19314718, -1.69314718])
    """

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.law = declare(cls, cls.law, {**vars(Chosen), **vars(Family)})  # type: ignore[assignment]

    # What it computes, at natural parameters given by name

    @quantities_by_name("y")
    def log_density(self, y: ArrayLike, /, **theta: ArrayLike) -> np.ndarray:
        """Log density, `(...)`, the broadcast shape of y and the parameters.

        It is -inf outside the support and outside the spaces of the parameters, and NaN where one of them is NaN.

        Parameters
        ----------
        y : array_like
        **theta : array_like
            The free parameters, natural scale; further columns of the response and known quantities by name.
        """
        return rows.log_density(self, operands.collected(self, theta, y))

    @quantities_by_name("y")
    def density(self, y: ArrayLike, /, **theta: ArrayLike) -> np.ndarray:
        """Density, or probability of a whole number, `(...)`; 0 outside the support."""
        return np.exp(self.log_density(y, **theta))

    @quantities_by_name("y")
    def score(self, y: ArrayLike, /, **theta: ArrayLike) -> np.ndarray:
        """Derivative of the log density in the free parameters, `(..., p)`, in the order of `parameter_names`.

        NaN outside the support, and outside the spaces of the parameters.
        """
        return rows.derivatives(self, operands.collected(self, theta, y))[0]

    @quantities_by_name("y")
    def hessian(self, y: ArrayLike, /, **theta: ArrayLike) -> np.ndarray:
        """Second derivatives of the log density in the free parameters, `(..., p, p)`, natural scale.

        NaN outside the support, and outside the spaces of the parameters.
        """
        return rows.derivatives(self, operands.collected(self, theta, y))[1]

    @quantities_by_name()
    def expected_information(self, /, **theta: ArrayLike) -> np.ndarray:
        """Expected Fisher information of one observation, `(..., p, p)`, in natural coordinates.

        By the family's closed form where it has one, by quadrature or summation of the squared score where not.

        Raises
        ------
        NotAvailableError
            Where no Fisher information exists.
        """
        values = operands.checked(self, theta, "expected information")
        return self.information_inside(values)

    def information_inside(self, values: Mapping[str, np.ndarray]) -> np.ndarray:
        """The same at quantities that are known to lie inside their spaces, the fixed ones among them."""
        regularity.require(self, "expected information", values)
        declared_forms.require_true(self.law, "expected_information")
        return informations.of_family(self, values)

    @quantities_by_name("size", "rng")
    def sample(self, size: int | tuple[int, ...], rng: np.random.Generator | int, /, **theta: ArrayLike) -> Any:
        """Random sample of shape `size`; of a response of several columns a named tuple of such.

        Parameters
        ----------
        size : int or tuple of int
        rng : numpy.random.Generator or int
            A generator, or the seed of a new one.
        **theta : array_like
            The free parameters, natural scale, and known quantities; arrays broadcast against `size`.
        """
        return sampling.draw(self, size, rng, theta)

    @quantities_by_name("y")
    def cdf(self, y: ArrayLike, /, **theta: ArrayLike) -> np.ndarray:
        """Distribution function P(Y <= y), the broadcast shape of y and the parameters."""
        return self._probability("cdf", y, theta)

    @quantities_by_name("y")
    def log_cdf(self, y: ArrayLike, /, **theta: ArrayLike) -> np.ndarray:
        """Logarithm of P(Y <= y)."""
        return self._probability("log_cdf", y, theta)

    @quantities_by_name("y")
    def survival(self, y: ArrayLike, /, **theta: ArrayLike) -> np.ndarray:
        """Survival function P(Y > y), the broadcast shape of y and the parameters."""
        return self._probability("survival", y, theta)

    @quantities_by_name("y")
    def log_survival(self, y: ArrayLike, /, **theta: ArrayLike) -> np.ndarray:
        """Logarithm of P(Y > y)."""
        return self._probability("log_survival", y, theta)

    def _probability(self, kind: str, y: ArrayLike, theta: Mapping[str, ArrayLike]) -> np.ndarray:
        values = operands.checked(self, theta, kind.replace("_", " "), y)
        declared_forms.require_probabilities(self.law)
        return fallbacks.probability(self.law, kind, values[DATUM], operands.canonical(self, values))[()]

    @quantities_by_name("q")
    def ppf(self, q: ArrayLike, /, **theta: ArrayLike) -> np.ndarray:
        """Quantile function: smallest y with P(Y <= y) >= q; NaN where q is not in [0, 1]."""
        values = operands.checked(self, theta, "quantile", q)
        declared_forms.require_quantiles(self.law)
        return fallbacks.quantile(self.law, values[DATUM], operands.canonical(self, values))[()]

    @quantities_by_name()
    def mean(self, /, **theta: ArrayLike) -> np.ndarray:
        """Expectation of Y."""
        return moments.moments(self, operands.checked(self, theta, "mean"))[0]

    @quantities_by_name()
    def variance(self, /, **theta: ArrayLike) -> np.ndarray:
        """Variance of Y."""
        return moments.moments(self, operands.checked(self, theta, "variance"), "variance")[1]

    def derivation(self) -> Any:
        """Log density, score, information and sufficient statistics as formulas; LaTeX in a notebook."""
        from likelihood_kit.families.derivation import derive

        return derive(self)

    # Estimates from samples, in the coordinates in use

    def start(self, y: ArrayLike, /, **data: ArrayLike) -> dict[str, np.ndarray]:
        """Start values for the maximiser from samples `y (..., n)`: each free parameter, `(...)`, natural scale.

        Parameters
        ----------
        y : (..., n)
        **data : (..., n) or number
            Further columns of the response, and known quantities that the family does not hold fixed.
        """
        return estimates.start(self, y, data)

    def method_of_moments(self, y: ArrayLike, /, **data: ArrayLike) -> dict[str, np.ndarray]:
        """Estimates by the method of moments from samples `y (..., n)`: each free parameter, `(...)`.

        Parameters
        ----------
        y : (..., n)
        **data : (..., n) or number
            As in `start`.

        Raises
        ------
        NotAvailableError
            Where the family declares none, or holds a parameter fixed.
        """
        return estimates.method_of_moments(self, y, data)

    def closed_maximum(self, y: ArrayLike, /, **data: ArrayLike) -> dict[str, np.ndarray] | None:
        """Maximum likelihood estimates in closed form from samples `y (..., n)`; None where the family has none.

        That of all parameters is not that of some with the others held fixed, but for the ends of a support, which are
        the first and the last observation whatever the others are: it is used where all that is free are such ends.
        """
        return estimates.closed_maximum(self, y, data)

    # How names become operands

    def check_theta(self, theta: Mapping[str, Any], argument: str = "theta") -> dict[str, float]:
        """The free parameters as checked numbers, in order.

        Raises
        ------
        ParameterError
            Where one is missing, unknown, no number, or outside its space; names the argument and the parameter.
        """
        return operands.checked_theta(self, theta, argument)

    def canonical(self, theta: Mapping[str, Any]) -> dict[str, Any]:
        """Canonical parameters and known quantities by name from the free parameters by name."""
        return operands.canonical(self, operands.collected(self, theta, 0.0))
