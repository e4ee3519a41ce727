"""The contract of a family: what a user calls, derived from what its author declared.

A family is a law with free parameters. Its author writes `log_density` and the parameter spaces (see `declaration`);
everything a user calls here is derived from them, in the coordinates the user asked for, with some parameters fixed.
"""

from __future__ import annotations

import functools
import importlib
import importlib.util
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike

from likelihood_kit._numerics import lower_pairs, triangle
from likelihood_kit.calculus import Formula, Kernels, compile_kernels, kernels_from
from likelihood_kit.errors import DataError, NotAvailableError, ParameterError, near_names
from likelihood_kit.families import derived
from likelihood_kit.families.declaration import Coordinates, Declaration, declare
from likelihood_kit.parameters import Link, Space

_GENERATED = "likelihood_kit.families._generated"


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
        Parameters held fixed at a value, in the coordinates in use.

    Examples
    --------
    >>> from likelihood_kit.families import Gamma
    >>> family = Gamma(shape=1.0)
    >>> family.parameter_names
    ('scale',)
    >>> family.log_density([1.0, 2.0], scale=2.0)
    array([-1.19314718, -1.69314718])
    """

    declaration: ClassVar[Declaration] = Declaration()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.declaration = declare(cls, cls.declaration)

    def __init__(
        self, parameters: Sequence[str] | None = None, links: Mapping[str, str] | None = None, **fixed: float
    ) -> None:
        if not self.declaration.spaces:
            raise ParameterError("Family is the base class: use a family of the catalogue, or declare one of your own")
        parameters = (parameters,) if isinstance(parameters, str) else parameters
        if parameters is not None and not isinstance(parameters, Sequence):
            raise ParameterError(
                f"parameters names coordinates, such as {tuple(self.declaration.spaces)}; hold a value fixed by keyword"
            )
        if links is not None and not isinstance(links, Mapping):
            raise ParameterError(f"links must be a dict of parameter to the name of a link, not {links!r}")
        names = tuple(self.declaration.spaces) if parameters is None else self._known_coordinates(parameters)
        self._coordinates = names
        self._links = dict(links or {})
        self.spaces: dict[str, Space] = dict(self._in_use.spaces if self._in_use else self.declaration.spaces)
        for name in (*fixed, *self._links):
            if name not in self.spaces:
                raise ParameterError(
                    f"{type(self).__name__} has no parameter {name!r}: {near_names(name, self.spaces)}"
                )
        for name, value in fixed.items():
            if not np.isscalar(value) or isinstance(value, (str, complex)) or not self.spaces[name].contains(value):
                raise ParameterError(f"{name}={value!r} is not a value in its space {self.spaces[name]!r}")
        self.fixed: dict[str, float] = {name: float(fixed[name]) for name in names if name in fixed}
        self.parameter_names: tuple[str, ...] = tuple(name for name in names if name not in fixed)
        self.links: dict[str, Link] = {n: self.spaces[n].link(self._links.get(n)) for n in self.parameter_names}

    def _known_coordinates(self, parameters: Sequence[str]) -> tuple[str, ...]:
        for names in self.available_parameters:
            if set(names) == set(parameters) and len(names) == len(parameters):
                return names
        listing = " or ".join(str(names) for names in self.available_parameters)
        raise ParameterError(f"{type(self).__name__} has no coordinates {tuple(parameters)}: it has {listing}")

    # What the family is

    @property
    def name(self) -> str:
        """Name of the law."""
        return type(self).__name__

    @property
    def available_parameters(self) -> tuple[tuple[str, ...], ...]:
        """All coordinates of this law, the canonical ones first."""
        return (tuple(self.declaration.spaces), *self.declaration.coordinates)

    @property
    def coordinate_names(self) -> tuple[str, ...]:
        """All parameters of the coordinates in use, the fixed ones included."""
        return self._coordinates

    @property
    def support(self) -> Space:
        """Where the density is positive."""
        return self.declaration.support

    @property
    def discrete(self) -> bool:
        """Whether the law lives on whole numbers."""
        return self.support.whole

    @property
    def regular(self) -> bool:
        """Whether Fisher information and the Cramer-Rao bound exist: False where the support moves with a parameter."""
        return not set(self.support.moving) - self._fixed_canonical.keys()

    @property
    def predicted(self) -> str | None:
        """Parameter that predictors drive; None where it is held fixed."""
        name = self.declaration.predicted if self._in_use is None else next(iter(self._in_use.spaces))
        return name if name in self.parameter_names else None

    def predicts_mean(self) -> bool:
        """Whether the predicted parameter is the expectation of Y."""
        if self.predicted is None:
            return False
        # At values without meaning of their own: with shape 1 the scale of a Gamma or a Weibull law is its mean.
        theta = {name: self.spaces[name].link().inverse(0.4 + 0.1 * i) for i, name in enumerate(self.parameter_names)}
        try:
            return bool(np.isclose(self.mean(**theta), theta[self.predicted], rtol=1e-9))
        except NotAvailableError:
            return False

    @property
    def derivatives(self) -> str:
        """Where score and Hessian come from: "symbolic" or "numeric"."""
        return self.kernels.derivatives

    @property
    def kernels(self) -> Kernels:
        """Kernels in the coordinates in use, for all of `coordinate_names`, fixed ones included."""
        law: Any = type(self)
        return _kernels(law, self._coordinates)

    @property
    def formula(self) -> Formula:
        """The author's log density, in the coordinates in use."""
        law: Any = type(self)
        return _formula(law, self._coordinates)

    @property
    def free(self) -> tuple[int, ...]:
        """Positions of the free parameters among `coordinate_names`."""
        return tuple(i for i, name in enumerate(self._coordinates) if name not in self.fixed)

    def __repr__(self) -> str:
        arguments = [] if self._in_use is None else [f"parameters={self._coordinates}"]
        arguments += [f"links={self._links}"] if self._links else []
        arguments += [f"{name}={value:g}" for name, value in self.fixed.items()]
        return f"{self.name}({', '.join(arguments)})"

    def __reduce__(self) -> tuple[Any, ...]:
        # By its arguments: the links are functions made on the spot, which do not pickle.
        return functools.partial(type(self), self._coordinates, self._links, **self.fixed), ()

    # What it computes, at natural parameters given by name

    def log_density(self, y: ArrayLike, **theta: ArrayLike) -> np.ndarray:
        """Log density, `(...)`, the broadcast shape of y and the parameters; -inf outside the support, NaN at NaN.

        Parameters
        ----------
        y : array_like
        **theta : array_like
            The free parameters, natural scale.
        """
        y, values = self._operands(y, theta)
        value = self.kernels.rows.value(self._hoist(y), *values)
        inside = self.support.contains(y, self._canonical(values))
        shape = np.broadcast_shapes(np.shape(y), *(np.shape(v) for v in values))
        return np.where(inside, value, -np.inf) + np.where(np.isnan(y), np.nan, 0.0) + np.zeros(shape)

    def score(self, y: ArrayLike, **theta: ArrayLike) -> np.ndarray:
        """Derivative of the log density in the free parameters, `(..., p)`, in the order of `parameter_names`.

        NaN outside the support.
        """
        return self._derivatives(y, theta)[0]

    def hessian(self, y: ArrayLike, **theta: ArrayLike) -> np.ndarray:
        """Second derivatives of the log density in the free parameters, `(..., p, p)`, natural scale."""
        return self._derivatives(y, theta)[1]

    def _derivatives(self, y: ArrayLike, theta: Mapping[str, ArrayLike]) -> tuple[np.ndarray, np.ndarray]:
        y, values = self._operands(y, theta)
        _, score, hessian = self.kernels.rows.derivatives(self._hoist(y), *values)
        shape = np.broadcast_shapes(np.shape(y), *(np.shape(v) for v in values))
        inside = self.support.contains(y, self._canonical(values))
        slopes = [np.where(inside, score[i], np.nan) + np.zeros(shape) for i in self.free]
        position = dict(zip(lower_pairs(len(values)), hessian, strict=True))
        entries = [position[self.free[i], self.free[j]] for i, j in lower_pairs(len(self.free))]
        entries = [np.where(inside, entry, np.nan) + np.zeros(shape) for entry in entries]
        gradient = np.stack(slopes, axis=-1) if slopes else np.empty((*shape, 0))
        return gradient, triangle(entries, shape)

    def _hoist(self, y: np.ndarray) -> tuple[Any, ...]:
        with np.errstate(all="ignore"):
            return self.kernels.rows.hoist(y)

    def expected_information(self, **theta: ArrayLike) -> np.ndarray:
        """Expected Fisher information of one observation, `(..., p, p)`, in natural coordinates.

        By the family's closed form where it has one, by quadrature or summation of the squared score where not.

        Raises
        ------
        NotAvailableError
            Where the support moves with a parameter, so that no Fisher information exists.
        """
        self.require_regular("expected information")
        _, values = self._operands(0.0, theta)
        self._check_spaces(values)
        shape = np.broadcast_shapes(*(np.shape(v) for v in values))
        closed = self.declaration.functions.get("expected_information")
        if closed is None:
            information = derived.expected_information(self, values)
        else:
            canonical = self._canonical(values)
            entries = closed(*(canonical[name] for name in self.declaration.spaces))
            information = triangle(entries, shape)
            if self._in_use is not None:
                jacobian = derived.jacobian(self._in_use, tuple(self.declaration.spaces), values)
                information = np.swapaxes(jacobian, -1, -2) @ information @ jacobian
        return information[..., np.ix_(self.free, self.free)[0], np.ix_(self.free, self.free)[1]]

    def require_regular(self, what: str) -> None:
        """Refuse a quantity that exists only for regular families.

        Raises
        ------
        NotAvailableError
            Where the family is not regular; says why.
        """
        if not self.regular:
            moving = " and ".join(name for name in self.support.moving if name not in self._fixed_canonical)
            raise NotAvailableError(
                f"{self.name} has no {what}: its support moves with {moving}, so that differentiation and integration "
                "do not commute, E[score] is not zero, and neither Fisher information nor a Cramer-Rao bound exists"
            )

    def sample(self, size: int | tuple[int, ...], rng: np.random.Generator | int, **theta: ArrayLike) -> np.ndarray:
        """Random sample of shape `size`.

        Parameters
        ----------
        size : int or tuple of int
        rng : numpy.random.Generator or int
            A generator, or the seed of a new one.
        **theta : array_like
            The free parameters, natural scale; arrays broadcast against `size`.
        """
        generator = np.random.default_rng(rng)
        _, values = self._operands(0.0, theta)
        self._check_spaces(values)
        canonical = self._canonical(values)
        sampler = self.declaration.functions.get("sample")
        if sampler is None:
            return derived.sample(self, generator, size, canonical)
        return sampler(generator, size, *(canonical[name] for name in self.declaration.spaces))

    def cdf(self, y: ArrayLike, **theta: ArrayLike) -> np.ndarray:
        """Distribution function P(Y <= y), the broadcast shape of y and the parameters."""
        y, values = self._operands(y, theta)
        self._check_spaces(values)
        canonical = self._canonical(values)
        low, high = self.support.ends(canonical)
        closed = self.declaration.functions.get("cdf")
        with np.errstate(all="ignore"):
            if closed is None:
                inner = derived.cdf(self, np.clip(y, low, high), canonical)
            else:
                at = np.floor(y) if self.discrete else y
                inner = closed(at, *(canonical[name] for name in self.declaration.spaces))
        probability = np.where((y < low) | (y == -np.inf), 0.0, np.where(y >= high, 1.0, inner))
        return np.where(np.isnan(y), np.nan, probability)[()]

    def ppf(self, q: ArrayLike, **theta: ArrayLike) -> np.ndarray:
        """Quantile function: smallest y with P(Y <= y) >= q; NaN where q is not in [0, 1]."""
        q, values = self._operands(q, theta)
        self._check_spaces(values)
        canonical = self._canonical(values)
        low, high = self.support.ends(canonical)
        closed = self.declaration.functions.get("ppf")
        with np.errstate(all="ignore"):
            if closed is None:
                inner = derived.ppf(self, q, canonical)
            else:
                inner = closed(q, *(canonical[name] for name in self.declaration.spaces))
        inner = np.where(q <= 0, low, np.where(q >= 1, high, inner))
        return np.where((q >= 0) & (q <= 1), inner, np.nan)[()]

    def mean(self, **theta: ArrayLike) -> np.ndarray:
        """Expectation of Y."""
        return self._moments(theta)[0]

    def variance(self, **theta: ArrayLike) -> np.ndarray:
        """Variance of Y."""
        return self._moments(theta)[1]

    def _moments(self, theta: Mapping[str, ArrayLike]) -> tuple[np.ndarray, np.ndarray]:
        _, values = self._operands(0.0, theta)
        self._check_spaces(values)
        canonical = self._canonical(values)
        closed = self.declaration.functions.get("moments")
        if closed is None:
            return derived.moments(self, canonical)
        shape = np.broadcast_shapes(*(np.shape(v) for v in values))
        mean, variance = closed(*(canonical[name] for name in self.declaration.spaces))
        return mean + np.zeros(shape), variance + np.zeros(shape)

    def derivation(self) -> Any:
        """Log density, score, information and sufficient statistics as formulas; LaTeX in a notebook."""
        from likelihood_kit.families.derivation import derive

        return derive(self)

    # Estimates from samples, in the coordinates in use

    def start(self, y: np.ndarray) -> dict[str, np.ndarray]:
        """Start values for the maximiser from samples `y (..., n)`: each free parameter, `(...)`, natural scale."""
        functions = self.declaration.functions
        author = functions.get("start") or functions.get("maximum_likelihood") or functions.get("method_of_moments")
        if author is None:
            return derived.start(self, y)
        with np.errstate(all="ignore"):
            return self._inside(self._from_canonical(author(y)))

    def method_of_moments(self, y: np.ndarray) -> dict[str, np.ndarray]:
        """Estimates by the method of moments from samples `y (..., n)`: each free parameter, `(...)`.

        Raises
        ------
        NotAvailableError
            Where the family declares none, or holds a parameter fixed.
        """
        author = self.declaration.functions.get("method_of_moments")
        if author is None or self.fixed:
            why = "with a parameter held fixed" if author else "declared"
            raise NotAvailableError(
                f"{self!r} has no method of moments {why}; pass a function of your own as estimator"
            )
        with np.errstate(all="ignore"):
            return self._from_canonical(author(y))

    def closed_maximum(self, y: np.ndarray) -> dict[str, np.ndarray] | None:
        """Maximum likelihood estimates in closed form from samples `y (..., n)`; None where the family has none."""
        author = self.declaration.functions.get("maximum_likelihood")
        return None if author is None else self._from_canonical(author(y))

    # How names become operands

    @property
    def _in_use(self) -> Coordinates | None:
        return self.declaration.coordinates.get(self._coordinates)

    @functools.cached_property
    def _fixed_canonical(self) -> dict[str, float]:
        return self.fixed if self._in_use is None else {}

    def _operands(self, y: ArrayLike, theta: Mapping[str, ArrayLike]) -> tuple[np.ndarray, list[np.ndarray]]:
        for name in theta:
            if name not in self.parameter_names:
                held = f": it is held fixed at {self.fixed[name]:g}" if name in self.fixed else ""
                raise ParameterError(
                    f"{self!r} has no free parameter {name!r}{held or ': ' + near_names(name, self.parameter_names)}"
                )
        missing = [name for name in self.parameter_names if name not in theta]
        if missing:
            raise ParameterError(f"{self!r} needs a value for {', '.join(missing)}, by keyword")
        try:
            values = [np.asarray({**self.fixed, **theta}[name], dtype=float) for name in self._coordinates]
            return np.asarray(y, dtype=float), values
        except (TypeError, ValueError) as error:
            raise DataError(f"{self.name}: y and the parameters must be numbers: {error}") from None

    def _check_spaces(self, values: Sequence[np.ndarray]) -> None:
        for name, value in zip(self._coordinates, values, strict=True):
            if not np.all(self.spaces[name].contains(value)):
                raise ParameterError(f"{name}={value} is outside its space {self.spaces[name]!r}")
        low, high = self.support.ends(self._canonical(values))
        if self.support.moving and not np.all(low < high):
            raise ParameterError(f"the support from {low} to {high} is empty; low must be below high")

    def check_theta(self, theta: Mapping[str, Any], argument: str = "theta") -> dict[str, float]:
        """The free parameters as checked numbers, in order.

        Raises
        ------
        ParameterError
            Where one is missing, unknown, no number, or outside its space; names the argument and the parameter.
        """
        if not isinstance(theta, Mapping):
            raise ParameterError(f"{argument} must be a dict of parameter values: {', '.join(self.parameter_names)}")
        for name in theta:
            if name not in self.parameter_names:
                raise ParameterError(
                    f"{argument}: no free parameter {name!r}: {near_names(name, self.parameter_names)}"
                )
        checked = {}
        for name in self.parameter_names:
            if name not in theta:
                raise ParameterError(f"{argument} has no value for {name!r}")
            value = theta[name]
            if not isinstance(value, (int, float, np.number)) or not self.spaces[name].contains(value):
                raise ParameterError(f"{argument}: {name} = {value!r} is not in its space {self.spaces[name]!r}")
            checked[name] = float(value)
        low, high = self.support.ends(
            self._canonical([np.asarray({**self.fixed, **checked}[n]) for n in self._coordinates])
        )
        if not low < high:
            raise ParameterError(f"{argument}: the support from {low:g} to {high:g} is empty; low must be below high")
        return checked

    def _canonical(self, values: Sequence[np.ndarray]) -> dict[str, np.ndarray]:
        """Canonical parameters by name from coordinate values in order."""
        if self._in_use is None:
            return dict(zip(self._coordinates, values, strict=True))
        with np.errstate(all="ignore"):
            return dict(self._in_use.to_canonical(*values))

    def canonical(self, theta: Mapping[str, Any]) -> dict[str, Any]:
        """Canonical parameters by name from the free parameters by name."""
        return self._canonical([np.asarray({**self.fixed, **theta}[name], dtype=float) for name in self._coordinates])

    def _from_canonical(self, canonical: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        values = canonical
        if self._in_use is not None:
            values = self._in_use.from_canonical(*(canonical[name] for name in self.declaration.spaces))
        return {name: np.asarray(values[name], dtype=float) for name in self.parameter_names}

    def _inside(self, theta: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Starts where those that fell outside their space (a sample without spread, say) are put at a plain value."""
        return {
            name: np.where(self.spaces[name].contains(value), value, derived.plain_value(self.spaces[name]))
            for name, value in theta.items()
        }


@functools.cache
def _formula(family: Any, names: tuple[str, ...]) -> Formula:
    declaration: Declaration = family.declaration
    coordinates = declaration.coordinates.get(names)
    spaces = declaration.spaces if coordinates is None else coordinates.spaces
    bounded = {"y": declaration.support, **spaces}
    return Formula(
        declaration.functions["log_density"],
        tuple(declaration.spaces),
        names,
        None if coordinates is None else coordinates.to_canonical,
        tuple(name for name, space in bounded.items() if not isinstance(space.low, str) and space.low >= 0),
    )


@functools.cache
def _kernels(family: Any, names: tuple[str, ...]) -> Kernels:
    """Kernels from the checked file of a catalogue family, or derived now."""
    package, _, module = family.declaration.origin.rpartition(".")
    if package == __package__ and importlib.util.find_spec(f"{_GENERATED}.{module}"):
        namespace = vars(importlib.import_module(f"{_GENERATED}.{module}"))
        if f"rows{kernel_suffix(family, names)}_hoist" in namespace:  # not for coordinates that a subclass added
            return kernels_from(namespace, kernel_suffix(family, names))
    coordinates = family.declaration.coordinates.get(names)
    spaces = (coordinates or family.declaration).spaces
    return compile_kernels(_formula(family, names), [(float(s.low), float(s.high)) for s in spaces.values()])


def kernel_suffix(family: type[Family], names: tuple[str, ...]) -> str:
    """Suffix of the kernels of these coordinates in a family's generated file; empty for the canonical ones."""
    return "" if names == tuple(family.declaration.spaces) else "_in_" + "_".join(names)
