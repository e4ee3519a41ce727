"""The contract of a family: what a user calls, derived from what its author declared.

A family is a handle on a law: chosen coordinates, links, some quantities held fixed. Its author writes `log_density`
and the spaces of its quantities (see `law`); everything a user calls here is derived from them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from likelihood_kit.calculus import DATUM, Formula, Kernels
from likelihood_kit.errors import ParameterError
from likelihood_kit.families import (
    compiled,
    estimates,
    fallbacks,
    informations,
    moments,
    operands,
    regularity,
    rows,
    sampling,
    transport,
)
from likelihood_kit.families.by_name import quantities_by_name
from likelihood_kit.families.declare import declare
from likelihood_kit.families.law import Coordinates, Law
from likelihood_kit.families.scipy_names import SCIPY_NAMES
from likelihood_kit.links import Link
from likelihood_kit.parameters import Space


class Family:
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

    law: Law = None  # type: ignore[assignment]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.law = declare(cls, cls.law, vars(Family))  # type: ignore[assignment]

    def __init__(
        self, /, parameters: Sequence[str] | None = None, links: Mapping[str, str] | None = None, **fixed: float
    ) -> None:
        if self.law is None:
            raise ParameterError("Family is the base class: use a family of the catalogue, or declare one of your own")
        self._coordinates = operands.checked_coordinates(self.law, parameters)
        # Read only: a family is a value, which others share.
        self.spaces: Mapping[str, Space] = MappingProxyType(dict(self.law.spaces_in(self._coordinates)))
        self._links = operands.checked_links(self.law, links, self.spaces, fixed)
        self.fixed: Mapping[str, float] = operands.checked_fixed(self.law, fixed, self.spaces)
        self.parameter_names: tuple[str, ...] = tuple(name for name in self._coordinates if name not in fixed)
        self.links: Mapping[str, Link] = MappingProxyType(
            {name: self.spaces[name].link(self._links.get(name)) for name in self.parameter_names}
        )

    @classmethod
    def of(
        cls, law: Law, parameters: Sequence[str] | None, links: Mapping[str, str], fixed: Mapping[str, float]
    ) -> Family:
        """Handle on a law that no class body wrote."""
        family = object.__new__(Family)
        family.law = law
        family.__init__(parameters, links, **fixed)  # type: ignore[misc]
        return family

    # What the family is

    @property
    def name(self) -> str:
        """Name of the law."""
        return self.law.title

    @property
    def available_parameters(self) -> tuple[tuple[str, ...], ...]:
        """All coordinates of this law, the canonical ones first."""
        return (tuple(self.law.parameters), *self.law.coordinates)

    @property
    def coordinate_names(self) -> tuple[str, ...]:
        """All parameters of the coordinates in use, the fixed ones included."""
        return self._coordinates

    @property
    def chosen_links(self) -> Mapping[str, str]:
        """Links that were asked for, by parameter."""
        return self._links

    @property
    def support(self) -> Space:
        """Where the density is positive."""
        return self.law.support

    @property
    def discrete(self) -> bool:
        """Whether the law lives on whole numbers."""
        return self.law.whole

    @cached_property
    def moving(self) -> tuple[str, ...]:
        """Free parameters with which the support moves: the one that is declared, and the formula's own."""
        names = [name for name in self.support.depends_on if name in self.law.parameters]
        if self._in_use is None:
            names = [name for name in names if name not in self.fixed]
        return (*names, *(name for name in self.kernels.moving if name not in (*names, *self.fixed)))

    @cached_property
    def regular(self) -> bool:
        """Whether a Cramer-Rao bound holds: the score has mean zero and a finite variance."""
        return regularity.is_regular(self)

    @cached_property
    def smooth(self) -> bool:
        """Whether the family is regular and its Hessian carries the information: E[s s'] = -E[Hessian]."""
        return regularity.is_smooth(self)

    @property
    def predicted(self) -> str | None:
        """Parameter that predictors drive; None where it is held fixed."""
        name = self.law.predicted if self._in_use is None else next(iter(self._in_use.spaces))
        return name if name in self.parameter_names else None

    def predicts_mean(self) -> bool:
        """Whether the predicted parameter is the expectation of Y."""
        return moments.predicts_mean(self)

    @property
    def derivatives(self) -> str:
        """Where score and Hessian come from: "symbolic" or "numeric"."""
        return self.kernels.derivatives

    @property
    def kernels(self) -> Kernels:
        """Kernels in the coordinates in use, for all of `coordinate_names`, fixed ones included."""
        return compiled.kernels(self.law, self._coordinates)

    @cached_property
    def formula(self) -> Formula:
        """The author's log density, in the coordinates in use."""
        return self.law.formula(self._coordinates)

    @cached_property
    def free(self) -> tuple[int, ...]:
        """Positions of the free parameters among `coordinate_names`."""
        return tuple(i for i, name in enumerate(self._coordinates) if name not in self.fixed)

    def __repr__(self) -> str:
        arguments = [] if self._in_use is None else [f"parameters={self._coordinates}"]
        arguments += [f"links={dict(self._links)}"] if self._links else []
        added = [f", {name}={value:g}" for name, value in self.fixed.items() if name in self.law.added]
        arguments += [f"{name}={value:g}" for name, value in self.fixed.items() if name not in self.law.added]
        text = self.law.pattern.format(f"{self.law.name}({', '.join(arguments)})")
        return f"{text.removesuffix(')')}{''.join(added)})" if added else text

    def __getattr__(self, name: str) -> Any:
        if name in SCIPY_NAMES:
            raise AttributeError(f"a family has no {name}: it is called {SCIPY_NAMES[name]}")
        # Where a property fails for want of an attribute inside it, its own error, not that there is no such property.
        return object.__getattribute__(self, name)

    def __reduce__(self) -> tuple[Any, ...]:
        return transport.restore, (transport.packed(self),)

    def __deepcopy__(self, memo: Any) -> Family:
        return self  # nothing in it changes

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
        return fallbacks.probability(self.law, kind, values[DATUM], operands.canonical(self, values))[()]

    @quantities_by_name("q")
    def ppf(self, q: ArrayLike, /, **theta: ArrayLike) -> np.ndarray:
        """Quantile function: smallest y with P(Y <= y) >= q; NaN where q is not in [0, 1]."""
        values = operands.checked(self, theta, "quantile", q)
        return fallbacks.quantile(self.law, values[DATUM], operands.canonical(self, values))[()]

    @quantities_by_name()
    def mean(self, /, **theta: ArrayLike) -> np.ndarray:
        """Expectation of Y."""
        return moments.moments(self, operands.checked(self, theta, "mean"))[0]

    @quantities_by_name()
    def variance(self, /, **theta: ArrayLike) -> np.ndarray:
        """Variance of Y."""
        return moments.moments(self, operands.checked(self, theta, "mean"))[1]

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

    @property
    def _in_use(self) -> Coordinates | None:
        return self.law.coordinates.get(self._coordinates)

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

    def require_regular(self, what: str) -> None:
        """Refuse a quantity that exists only for regular families.

        Raises
        ------
        NotAvailableError
            Where the family is not regular; says why.
        """
        regularity.require(self, what)
