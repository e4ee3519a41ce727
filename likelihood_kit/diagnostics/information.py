"""Fisher informations of a fitted model and the covariances they imply.

Pure functions on arrays. All matrices are of the whole sample, `(k, k)`, in the coordinates of their input.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy import linalg

from likelihood_kit._numerics import smallest_eigenvalue, stacked_inverse
from likelihood_kit._numerics.in_words import InWords
from likelihood_kit._numerics.printed import fixed, percent, significant
from likelihood_kit.diagnostics.intervals import LEVEL
from likelihood_kit.diagnostics.specification import SpecificationTest

#: Level of the audit: the part of right models that it accuses.
AUDIT_LEVEL = 0.05
#: Relative difference between expected- and observed-information standard errors from which it is worth a sentence.
NOTABLE_GAP = 0.05
#: Ratio of an outer product's diagonal to that of the observed information below which all scores are zero to rounding.
VANISHING = 1e-20
#: Decimals of a ratio of standard errors in a sentence: the range of 999 samples is known to one in the second.
RATIO_DECIMALS = 2
#: p-values below this are not told apart.
SMALLEST_P = 0.001


def observed_information(hessian: np.ndarray) -> np.ndarray:
    """Observed information: minus the Hessian `(k, k)` of the log likelihood."""
    return -(hessian + hessian.T) / 2


def cluster_correction(clusters: int, n: float, k: int) -> float:
    """Small-sample factor G (n - 1) / ((G - 1) (n - k)) of a clustered outer product, as statsmodels has it by default.

    References
    ----------
    Liang, K.-Y. and Zeger, S. L. (1986). Longitudinal data analysis using generalized linear models. *Biometrika* 73,
    13-22.
    """
    return clusters / (clusters - 1) * (n - 1) / (n - k)


def covariance(information: np.ndarray) -> np.ndarray:
    """Inverse of an information; NaN throughout where it is not positive definite."""
    return stacked_inverse(information)


def outer_product_covariance(observed: np.ndarray, outer_product: np.ndarray) -> np.ndarray:
    """Inverse of the outer product; NaN throughout where it is singular, or the scores vanish to rounding."""
    lost = ~(np.diag(outer_product) > VANISHING * np.diag(observed))
    return np.full_like(outer_product, np.nan) if lost.any() else covariance(outer_product)


def sandwich_covariance(observed: np.ndarray, outer_product: np.ndarray) -> np.ndarray:
    """Sandwich `J^-1 K J^-1` of the observed information J and the outer product K.

    References
    ----------
    White, H. (1982). Maximum likelihood estimation of misspecified models. *Econometrica* 50, 1-25, theorem 3.2.
    """
    bread = stacked_inverse(observed)
    return bread @ outer_product @ bread


@dataclass(frozen=True, repr=False, eq=False)
class InformationAudit(InWords):
    """Standard errors by each information side by side.

    Attributes
    ----------
    table : DataFrame
        One row per parameter; columns `observed`, `expected`, `outer_product`, `sandwich` (standard errors), the ratios
        `expected/observed`, `outer_product/observed`, `sandwich/observed`, and of the third of these what it has in
        samples of the fitted law, its parameters estimated from each: its standard error `noise`, which is not
        printed, and the ends `lower`, `upper` of the range of `diagnostics.LEVEL` of them.
    verdict : str
        What they say of the model, in words.
    level : float
        Part of right models that the verdict speaks against.
    pvalue : float
        Smallest level at which it would; NaN where the informations cannot be compared.
    test : SpecificationTest or None
        The comparisons behind it.
    eigenvalues : DataFrame
        A row for each parameter: generalised eigenvalues, ascending, of the expected information in the observed one,
        where there is one, and of the outer product in the observed one: 1 each where two are the same. No change of
        parameters moves them.
    notes : tuple of str
        Which convention each of the standard errors follows, where the expected information comes from, and which
        packages print another number.
    """

    table: pd.DataFrame
    verdict: str
    level: float
    pvalue: float
    test: SpecificationTest | None
    eigenvalues: pd.DataFrame = field(default_factory=pd.DataFrame)
    notes: tuple[str, ...] = ()

    @property
    def printed(self) -> pd.DataFrame:
        """The table without the noise, which says nothing of where a ratio is centred: the range does."""
        told = ["noise"] if self.test is not None else ["noise", "lower", "upper"]
        return self.table.drop(columns=told)

    def _words(self) -> str:
        table = self.printed.to_string(float_format=significant)
        ends = "" if self.test is None else "; lower and upper are ends of sandwich/observed under the model"
        heading = f"Information audit: standard errors{ends}"
        return "\n".join([heading, table, self.verdict, *self.remarks])

    @property
    def remarks(self) -> tuple[str, ...]:
        """The eigenvalues and the notes, in lines."""
        said = [
            f"{name.replace('_', ' ')} in observed {', '.join(map(significant, column))}"
            for name, column in self.eigenvalues.items()
        ]
        values = f"Eigenvalues of one information in another, 1 where they are the same: {'; '.join(said)}."
        return (values, *self.notes) if said else self.notes


def information_audit(
    covariances: Mapping[str, np.ndarray],
    test: SpecificationTest | None,
    names: Sequence[str],
    level: float = AUDIT_LEVEL,
    notes: Sequence[str] = (),
    transform: np.ndarray | None = None,
) -> InformationAudit:
    """The informations side by side, and what they say.

    Parameters
    ----------
    covariances : dict of str to (k, k)
        "observed", "expected" where it can be computed, "outer_product", "sandwich", and "cluster" of a clustered fit.
    test : SpecificationTest or None
        None where a covariance is not a number.
    names : list of k str, or Index
    level : float
    notes : sequence of str
    transform : (k, k), optional
        params = transform @ the vector whose covariances these are; by default they are those of params.
    """
    rows = np.eye(len(names)) if transform is None else transform
    with np.errstate(invalid="ignore"):
        columns = {kind: np.sqrt(np.diag(rows @ matrix @ rows.T)) for kind, matrix in covariances.items()}
    columns |= {f"{kind}/observed": columns[kind] / columns["observed"] for kind in list(covariances)[1:]}
    for name in ("noise", "lower", "upper"):
        columns[name] = np.full(len(names), np.nan) if test is None else getattr(test.expected, name)
    table = pd.DataFrame(np.array(list(columns.values())).T, index=names, columns=list(columns))
    pvalue = np.nan if test is None else test.pvalue
    verdict = _verdict(columns, test, list(names), level)
    return InformationAudit(table, verdict, level, pvalue, test, _eigenvalues(covariances), tuple(notes))


def _eigenvalues(covariances: Mapping[str, np.ndarray]) -> pd.DataFrame:
    """Generalised eigenvalues of one information in another by their inverses: of J^-1 in I^-1 they are of I in J.

    Those of the sandwich J^-1 K J^-1 in J^-1 are those of the outer product K in J.
    """
    observed, found = covariances["observed"], {}
    if "expected" in covariances:
        found["expected"] = relative_eigenvalues(observed, covariances["expected"])
    found["outer_product"] = relative_eigenvalues(covariances["sandwich"], observed)
    return pd.DataFrame(found)


def relative_eigenvalues(matrix: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Generalised eigenvalues `(k,)`, ascending, of a symmetric matrix in a positive definite one; NaN in none such."""
    with np.errstate(all="ignore"):
        size = np.sqrt(np.diag(other))
        scaled = other / np.outer(size, size)
    if not np.isfinite(scaled).all() or not np.isfinite(matrix).all() or not smallest_eigenvalue(scaled) > 0:
        return np.full(len(matrix), np.nan)
    return linalg.eigh(matrix / np.outer(size, size), scaled, eigvals_only=True)


def _verdict(columns: dict[str, np.ndarray], test: SpecificationTest | None, names: list[str], level: float) -> str:
    if "cluster/observed" in columns:
        return _by_clusters(columns["cluster/observed"], names)
    if test is None:
        return "The informations cannot be compared: at least one of them is singular at the estimate."
    if not test.df:
        return (
            "Cannot tell here: the sandwich and the observed information are equal whatever the data, and say nothing "
            "of the model."
        )
    against = test.pvalue <= level
    start = "Evidence" if against else "No evidence"
    words = [f"{start} against the model at the {percent(level)} level: {_comparisons(test)}."]
    words.append(_largest_difference(columns["sandwich/observed"], test, names))
    if against:
        words.append("Prefer cov_type='sandwich', and look for what the model misses.")
    elif test.expected.identical.any():
        same = " and ".join(name for name, equal in zip(names, test.expected.identical, strict=True) if equal)
        words.append(f"For {same} the two are equal whatever the data, and say nothing of the model.")
    if "expected/observed" in columns:
        words.append(_expected_gap(columns["expected/observed"] - 1, names))
    return " ".join(word for word in words if word)


def _comparisons(test: SpecificationTest) -> str:
    """The p-value and where it comes from."""
    if test.reason:
        return f"p {_p(test.pvalue, '= ')} for the largest difference, by the spread of the data ({test.reason})"
    if not test.replications:
        statistic = f"information-matrix statistic {significant(test.statistic)}"
        degrees = f"{test.df} degree{'s' if test.df > 1 else ''} of freedom"
        return f"p {_p(test.pvalue, '= ')}, {statistic}, chi-squared on {degrees}"
    parts = ", ".join(f"{name} {_p(value)}" for name, value in test.parts.items())
    return f"p {_p(test.pvalue, '= ')} by {test.replications} samples of the fitted law ({parts})"


def _p(value: float, equal: str = "") -> str:
    return f"{equal}{fixed(value, 3)}" if value >= SMALLEST_P else f"below {SMALLEST_P}"


def _largest_difference(ratios: np.ndarray, test: SpecificationTest, names: list[str]) -> str:
    """The parameter whose sandwich is furthest from what a right model makes of it, and what that is."""
    expected = test.expected
    if expected.identical.all():
        return ""
    worst = int(np.argmax(expected.distance))
    excess = ratios[worst] - 1
    differs = f"{percent(abs(excess), 1)} {'larger' if excess > 0 else 'smaller'}"
    law = "samples of the fitted law" if test.replications else "large samples of a right model"
    ends = " and ".join(fixed(end, RATIO_DECIMALS) for end in (expected.lower[worst], expected.upper[worst]))
    return (
        f"The sandwich standard error of {names[worst]} is {fixed(ratios[worst], RATIO_DECIMALS)} times the "
        f"observed-information one, or {differs}; in {percent(LEVEL)} of {law} that ratio is between "
        f"{ends}."
    )


def _by_clusters(ratios: np.ndarray, names: list[str]) -> str:
    """The parameter whose standard error by clusters is furthest from that of independent rows."""
    worst = int(np.argmax(np.abs(np.log(ratios))))
    return (
        f"By clusters the standard error of {names[worst]} is {fixed(ratios[worst], RATIO_DECIMALS)} times the "
        "observed-information one. There is no test: it would take the rows for independent, and those of a cluster "
        "are not."
    )


def _expected_gap(gap: np.ndarray, names: list[str]) -> str:
    j = int(np.argmax(np.abs(gap)))
    if not abs(gap[j]) > NOTABLE_GAP:
        return ""
    return (
        f"The expected-information standard error of {names[j]} differs from the observed one by "
        f"{percent(gap[j], 0, signed=True)}: this sample's curvature is not what the model expects on average; the "
        "observed one is the one to report (Efron and Hinkley 1978, Biometrika 65, 457-487)."
    )
