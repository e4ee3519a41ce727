"""Fisher informations of a fitted model and the covariances they imply.

Pure functions on arrays. All matrices are of the whole sample, `(k, k)`, in the coordinates of their input.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from likelihood_kit._numerics import stacked_inverse
from likelihood_kit._numerics.printed import fixed, percent, significant

#: Standard errors of the sampling noise beyond which a ratio of standard errors speaks against the model.
NOISE_BAND = 3.0
#: Relative difference between expected- and observed-information standard errors from which it is worth a sentence.
NOTABLE_GAP = 0.05
#: Ratio of an outer product's diagonal to that of the observed information below which all scores are zero to rounding.
VANISHING = 1e-20


#: Columns of the table of an audit without and with expected information.
_HEADINGS = tuple(
    pd.Index([*kinds, *(f"{kind}/observed" for kind in kinds[1:]), "noise"])
    for kinds in (
        ("observed", "outer_product", "sandwich"),
        ("observed", "expected", "outer_product", "sandwich"),
    )
)


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


@dataclass(frozen=True)
class InformationAudit:
    """Standard errors by each information side by side.

    Attributes
    ----------
    table : DataFrame
        One row per parameter; columns `observed`, `expected`, `outer_product`, `sandwich` (standard errors), the ratios
        `expected/observed`, `outer_product/observed`, `sandwich/observed`, and `noise`: the standard error that the
        third of these would have in a correct model, from the spread of the squared scores.
    verdict : str
        What the ratios say, in words.
    """

    table: pd.DataFrame
    verdict: str

    def __str__(self) -> str:
        return f"Information audit: standard errors\n{self.table.to_string(float_format=significant)}\n{self.verdict}"

    def _repr_html_(self) -> str:
        return f"{self.table.to_html(float_format=significant)}<p>{self.verdict}</p>"


def information_audit(
    observed: np.ndarray,
    expected: np.ndarray | None,
    outer_product: np.ndarray,
    scores: tuple[np.ndarray, np.ndarray],
    names: Sequence[str],
) -> InformationAudit:
    """The informations side by side.

    Parameters
    ----------
    observed, outer_product : (k, k)
        Informations of the sample at the estimate.
    expected : (k, k) or None
        None where it cannot be computed.
    scores : (m, k) and (m,) arrays
        Scores at the estimate, and the observations that have each of them.
    names : list of k str, or Index
    """
    bread = covariance(observed)
    errors = {"observed": bread}
    if expected is not None:
        errors["expected"] = covariance(expected)
    errors["outer_product"] = outer_product_covariance(observed, outer_product)
    errors["sandwich"] = bread @ outer_product @ bread
    with np.errstate(invalid="ignore"):
        columns = {name: np.sqrt(matrix.diagonal()) for name, matrix in errors.items()}
    columns |= {f"{name}/observed": columns[name] / columns["observed"] for name in list(errors)[1:]}
    columns["noise"] = _noise(*scores, bread)
    table = pd.DataFrame(np.array(list(columns.values())).T, index=names, columns=_HEADINGS[expected is not None])
    return InformationAudit(table, _verdict(columns, names))


def _noise(scores: np.ndarray, frequencies: np.ndarray, inverse: np.ndarray) -> np.ndarray:
    """Standard error of outer_product/observed: the ratio's log is minus half that of a mean of squares.

    Taken on the influence of each row on each estimate, `J^-1 s`, whose squares sum to the sandwich's diagonal. At
    least 1 / sqrt(2 n), the relative error of a standard deviation of n normal values: few squares understate theirs.
    """
    squares = (scores @ inverse) ** 2
    n = frequencies.sum()
    with np.errstate(all="ignore"):
        mean = frequencies @ squares / n
        deviation = np.sqrt(frequencies @ (squares - mean) ** 2 / n)
        noise = deviation / mean / (2 * np.sqrt(n))
    return np.maximum(noise, 1 / np.sqrt(2 * n))


def _verdict(columns: dict[str, np.ndarray], names: Sequence[str]) -> str:
    robust, noise = columns["sandwich/observed"], columns["noise"]
    if not np.isfinite(robust + columns["outer_product"]).all():
        return "The informations cannot be compared: at least one of them is singular at the estimate."
    distance = np.abs(np.log(robust)) / noise
    worst = int(np.argmax(distance))
    name, excess = names[worst], robust[worst] - 1
    if distance[worst] > NOISE_BAND:
        differs = f"{percent(abs(excess), 0)} {'larger' if excess > 0 else 'smaller'}"
        return (
            f"The sandwich standard error of {name} is {differs} than the observed-information one, "
            f"{fixed(distance[worst], 1)} times its sampling noise: evidence against the model; prefer "
            "cov_type='sandwich', and look for what the model misses."
        )
    sentence = (
        "The standard errors agree within sampling noise (largest difference of the sandwich: "
        f"{percent(excess, 1, signed=True)} for {name}, noise {percent(noise[worst], 1)}): no evidence against the "
        "model."
    )
    if "expected/observed" in columns:
        gap = columns["expected/observed"] - 1
        j = int(np.argmax(np.abs(gap)))
        if abs(gap[j]) > NOTABLE_GAP:
            sentence += (
                f" The expected-information standard error of {names[j]} differs from the observed one by "
                f"{percent(gap[j], 0, signed=True)}: this sample's curvature is not what the model expects on average; "
                "the observed one is the one to report (Efron and Hinkley 1978, Biometrika 65, 457-487)."
            )
    return sentence
