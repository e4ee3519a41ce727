"""The contract of a family: what a user calls, derived from what its author declared.

A family is a handle on a law: chosen coordinates, links, some quantities held fixed. Its author writes `log_density`
and the spaces of its quantities (see `law`); everything a user calls here is derived from them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from likelihood_kit._numerics import triangle
from likelihood_kit.calculus import DATUM, Formula, Kernels, called
from likelihood_kit.errors import NotAvailableError, ParameterError
from likelihood_kit.families import compiled, fallbacks, informations, operands, regularity, sampling, starts, transport
from likelihood_kit.families.declare import declare
from likelihood_kit.families.law import Case, Coordinates, Law
from likelihood_kit.parameters import Link, Space

#: What users of scipy.stats type by habit, and what it is called here.
SCIPY_NAMES: Mapping[str, str] = {
    "pdf": "density",
    "pmf": "density",
    "logpdf": "log_density",
    "logpmf": "log_density",
    "logcdf": "log_cdf",
    "sf": "survival",
    "logsf": "log_survival",
    "rvs": "sample(size, rng, ...)",
    "isf": "ppf(1 - q, ...)",
    "median": "ppf(0.5, ...)",
    "std": "variance(...) ** 0.5",
    "var": "variance",
    "fit": "lk.LikelihoodModel(y, family=...).fit()",
}


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
        cls.law = declare(cls, cls.law)  # type: ignore[assignment]

    def __init__(
        self, /, parameters: Sequence[str] | None = None, links: Mapping[str, str] | None = None, **fixed: float
    ) -> None:
        if self.law is None:
            raise ParameterError("Family is the base class: use a family of the catalogue, or declare one of your own")
        self._coordinates = operands.checked_coordinates(self.law, parameters)
        self.spaces: dict[str, Space] = dict(self.law.spaces_in(self._coordinates))
        self._links = operands.checked_links(self.law, links, self.spaces)
        self.fixed: dict[str, float] = operands.checked_fixed(self.law, fixed, self.spaces)
        self.parameter_names: tuple[str, ...] = tuple(name for name in self._coordinates if name not in fixed)
        self.links: dict[str, Link] = {n: self.spaces[n].link(self._links.get(n)) for n in self.parameter_names}

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
        """Free parameters with which the support moves."""
        names = [name for name in self.support.depends_on if name in self.law.parameters]
        if self._in_use is not None:
            return tuple(names)
        return tuple(name for name in names if name not in self.fixed)

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
        if self.predicted is None:
            return False
        # At values without meaning of their own: with shape 1 the scale of a Gamma or a Weibull law is its mean.
        theta = {name: self.spaces[name].link().inverse(0.4 + 0.1 * i) for i, name in enumerate(self.parameter_names)}
        try:
            return bool(np.isclose(self.mean(**theta), theta[self.predicted], rtol=1e-9))
        except (NotAvailableError, ParameterError):
            return False

    @property
    def derivatives(self) -> str:
        """Where score and Hessian come from: "symbolic" or "numeric"."""
        return self.kernels.derivatives

    @property
    def kernels(self) -> Kernels:
        """Kernels in the coordinates in use, for all of `coordinate_names`, fixed ones included."""
        return compiled.kernels(self.law, self._coordinates)

    @property
    def cases(self) -> tuple[tuple[Case, Kernels], ...]:
        """Parts of the rows that have a formula of their own, with its kernels in the coordinates in use."""
        return tuple((case, compiled.kernels(case.law, self._coordinates)) for case in self.law.cases)

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
        arguments += [f"links={self._links}"] if self._links else []
        arguments += [f"{name}={value:g}" for name, value in self.fixed.items()]
        return self.law.pattern.format(f"{self.law.name}({', '.join(arguments)})")

    def __getattr__(self, name: str) -> Any:
        if name in SCIPY_NAMES:
            raise AttributeError(f"a family has no {name}: it is called {SCIPY_NAMES[name]}")
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def __reduce__(self) -> tuple[Any, ...]:
        return transport.restore, (transport.packed(self),)

    def __deepcopy__(self, memo: Any) -> Family:
        return self  # nothing in it changes

    # What it computes, at natural parameters given by name

    def log_density(self, y: ArrayLike, /, **theta: ArrayLike) -> np.ndarray:
        """Log density, `(...)`, the broadcast shape of y and the parameters.

        It is -inf outside the support and outside the spaces of the parameters, and NaN where one of them is NaN.

        Parameters
        ----------
        y : array_like
        **theta : array_like
            The free parameters, natural scale; further columns of the response and known quantities by name.
        """
        values = operands.collected(self, theta, y)
        data, theta_values = operands.split(self, values)
        with np.errstate(all="ignore"):
            value = self.kernels.rows.value(self.kernels.rows.hoist(*data), *theta_values)  # type: ignore[misc]
        inside = operands.inside(self, values)
        shape = np.broadcast_shapes(*(np.shape(v) for v in (*data, *theta_values)))
        missing = sum(np.where(np.isnan(v), np.nan, 0.0) for v in (*data, *theta_values))
        return np.where(inside, value, -np.inf) + missing + np.zeros(shape)

    def density(self, y: ArrayLike, /, **theta: ArrayLike) -> np.ndarray:
        """Density, or probability of a whole number, `(...)`; 0 outside the support."""
        return np.exp(self.log_density(y, **theta))

    def score(self, y: ArrayLike, /, **theta: ArrayLike) -> np.ndarray:
        """Derivative of the log density in the free parameters, `(..., p)`, in the order of `parameter_names`.

        NaN outside the support, and outside the spaces of the parameters.
        """
        return operands.row_derivatives(self, operands.collected(self, theta, y))[0]

    def hessian(self, y: ArrayLike, /, **theta: ArrayLike) -> np.ndarray:
        """Second derivatives of the log density in the free parameters, `(..., p, p)`, natural scale.

        NaN outside the support, and outside the spaces of the parameters.
        """
        return operands.row_derivatives(self, operands.collected(self, theta, y))[1]

    def expected_information(self, /, **theta: ArrayLike) -> np.ndarray:
        """Expected Fisher information of one observation, `(..., p, p)`, in natural coordinates.

        By the family's closed form where it has one, by quadrature or summation of the squared score where not.

        Raises
        ------
        NotAvailableError
            Where no Fisher information exists.
        """
        values = self._at(theta, "expected information")
        regularity.require(self, "expected information", values)
        coordinates = [values[name] for name in self._coordinates]
        if "expected_information" in self.law.functions:
            operands.require(self, self.law.takes("expected_information"), values, "expected information")
            canonical = operands.canonical(self, values)
            shape = np.broadcast_shapes(*(np.shape(v) for v in values.values()))
            information = triangle(self.law.call("expected_information", (), canonical), shape)
            if self._in_use is not None:
                jacobian = compiled.jacobian(self.law, self._coordinates, coordinates)
                information = np.swapaxes(jacobian, -1, -2) @ information @ jacobian
        else:
            return informations.expected_information(self.law, self._coordinates, self.free, self.kernels, values)
        return information[..., np.ix_(self.free, self.free)[0], np.ix_(self.free, self.free)[1]]

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
        generator = np.random.default_rng(rng)
        values = self._at(theta, "sample")
        if "sample" in self.law.functions:
            operands.require(self, self.law.takes("sample"), values, "sample")
            drawn = self.law.call("sample", (generator, size), operands.canonical(self, values))
        else:
            drawn = sampling.sample(self.law, generator, size, operands.canonical(self, values))
        if not self.law.observed:
            return drawn
        return sampling.response(self.law.response, tuple(drawn[name] for name in self.law.response))

    def cdf(self, y: ArrayLike, /, **theta: ArrayLike) -> np.ndarray:
        """Distribution function P(Y <= y), the broadcast shape of y and the parameters."""
        return self._probability("cdf", y, theta)

    def log_cdf(self, y: ArrayLike, /, **theta: ArrayLike) -> np.ndarray:
        """Logarithm of P(Y <= y)."""
        return self._probability("log_cdf", y, theta)

    def survival(self, y: ArrayLike, /, **theta: ArrayLike) -> np.ndarray:
        """Survival function P(Y > y), the broadcast shape of y and the parameters."""
        return self._probability("survival", y, theta)

    def log_survival(self, y: ArrayLike, /, **theta: ArrayLike) -> np.ndarray:
        """Logarithm of P(Y > y)."""
        return self._probability("log_survival", y, theta)

    def _probability(self, kind: str, y: ArrayLike, theta: Mapping[str, ArrayLike]) -> np.ndarray:
        values = self._at(theta, kind.replace("_", " "), y)
        return fallbacks.probability(self.law, kind, values[DATUM], operands.canonical(self, values))[()]

    def ppf(self, q: ArrayLike, /, **theta: ArrayLike) -> np.ndarray:
        """Quantile function: smallest y with P(Y <= y) >= q; NaN where q is not in [0, 1]."""
        values = self._at(theta, "quantile", q)
        return fallbacks.quantile(self.law, values[DATUM], operands.canonical(self, values))[()]

    def mean(self, /, **theta: ArrayLike) -> np.ndarray:
        """Expectation of Y."""
        return self._moments(theta)[0]

    def variance(self, /, **theta: ArrayLike) -> np.ndarray:
        """Variance of Y."""
        return self._moments(theta)[1]

    def _moments(self, theta: Mapping[str, ArrayLike]) -> tuple[np.ndarray, np.ndarray]:
        values = self._at(theta, "mean")
        canonical = operands.canonical(self, values)
        if "moments" not in self.law.functions:
            return fallbacks.moments(self.law, canonical)
        operands.require(self, self.law.takes("moments"), values, "mean")
        shape = np.broadcast_shapes(*(np.shape(v) for v in values.values()))
        mean, variance = self.law.call("moments", (), canonical)
        return mean + np.zeros(shape), variance + np.zeros(shape)

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
        columns = operands.collected_data(self, data, y)
        with np.errstate(all="ignore"):
            for author in ("start", "maximum_likelihood", "method_of_moments"):
                if author in self.law.functions:
                    return self._inside(self._estimates(author, columns))
        return starts.best_of_grid(self, columns)

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
        declared = "method_of_moments" in self.law.functions
        if not declared or set(self.fixed) & set(self._coordinates):
            why = "with a parameter held fixed" if declared else "declared"
            raise NotAvailableError(
                f"{self!r} has no method of moments {why}; pass a function of your own as estimator"
            )
        with np.errstate(all="ignore"):
            return self._estimates("method_of_moments", operands.collected_data(self, data, y))

    def closed_maximum(self, y: ArrayLike, /, **data: ArrayLike) -> dict[str, np.ndarray] | None:
        """Maximum likelihood estimates in closed form from samples `y (..., n)`; None where the family has none.

        That of all parameters is not that of some with the others held fixed, but for the ends of a support, which are
        the first and the last observation whatever the others are: it is used where all that is free are such ends.
        """
        if "maximum_likelihood" not in self.law.functions or not self._has_closed_maximum:
            return None
        return self._estimates("maximum_likelihood", operands.collected_data(self, data, y))

    @cached_property
    def _has_closed_maximum(self) -> bool:
        held = set(self.fixed) & set(self._coordinates)
        ends = {end for end in (self.support.low, self.support.high) if isinstance(end, str)}
        return not held or (self._in_use is None and set(self.parameter_names) <= ends)

    def _estimates(self, author: str, columns: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        values: Mapping[str, Any] = self.law.call(author, (columns[DATUM],), columns)
        if self._in_use is not None:
            canonical = (values[name] for name in self.law.parameters)
            values = called(self._in_use.from_canonical, canonical, f"family {self.law.name}: from_canonical")
        return {name: np.asarray(values[name], dtype=float) for name in self.parameter_names}

    def _inside(self, theta: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Starts where those that fell outside their space (a sample without spread, say) are put at a plain value."""
        return {
            name: np.where(self.spaces[name].contains(value), value, fallbacks.plain_value(self.spaces[name]))
            for name, value in theta.items()
        }

    # How names become operands

    @property
    def _in_use(self) -> Coordinates | None:
        return self.law.coordinates.get(self._coordinates)

    def _at(self, theta: Mapping[str, ArrayLike], what: str, y: ArrayLike = 0.0) -> dict[str, np.ndarray]:
        """Values by name, checked to lie in their spaces."""
        for name in self.law.observed:
            if name in theta:
                raise ParameterError(f"{self!r}: {name!r} is part of the response; {what} takes no value of it")
        values = operands.collected(self, theta, y)
        operands.check_spaces(self, values, what)
        return values

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
