"""A batch of log likelihoods in coordinates that are linear functions of the working ones, perhaps fewer of them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from likelihood_kit.maximise.newton import Objective


@dataclass(frozen=True, eq=False)
class MovedCoordinates:
    """Log likelihoods at `origin + basis @ moved`: an `Objective` of `moved (r, q)`.

    Attributes
    ----------
    likelihood : Objective
        Of working vectors `(r, k)`.
    origin : (k,), or (r, k) for each member of the batch
    basis : (k, q), or (r, k, q) for each member of the batch
    """

    likelihood: Objective
    origin: np.ndarray
    basis: np.ndarray

    def working(self, moved: np.ndarray) -> np.ndarray:
        """Working vectors `(r, k)` of `moved (r, q)`."""
        return self.origin + np.einsum("...kq,...q->...k", self.basis, moved)

    def value(self, moved: np.ndarray) -> np.ndarray:
        """Log likelihoods `(r,)`."""
        return self.likelihood.value(self.working(moved))

    def derivatives(self, moved: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Log likelihoods `(r,)`, scores `(r, q)`, Hessians `(r, q, q)`."""
        value, score, hessian = self.likelihood.derivatives(self.working(moved))
        basis = self.basis
        with np.errstate(invalid="ignore"):  # where the derivatives are no numbers
            there = np.swapaxes(basis, -1, -2) @ hessian @ basis
            return value, np.einsum("...kq,...k->...q", basis, score), there

    def take(self, index: np.ndarray) -> MovedCoordinates:
        """The likelihoods `index` of the batch."""
        basis = self.basis if self.basis.ndim == 2 else self.basis[index]
        origin = self.origin if self.origin.ndim == 1 else self.origin[index]
        return replace(self, likelihood=self.likelihood.take(index), origin=origin, basis=basis)


def with_held(likelihood: Objective, entry: int, held: np.ndarray, k: int) -> MovedCoordinates:
    """Log likelihoods of the other entries of working vectors `(r, k)`, one of them held at values `(r,)`."""
    unit = np.eye(k)
    return MovedCoordinates(likelihood, held[:, None] * unit[entry], np.delete(unit, entry, axis=1))
