"""What other programs call an argument or write in a formula, and what to write here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from likelihood_kit.errors import ArgumentError, near_names
from likelihood_kit.families import Family
from likelihood_kit.families.compositions.censored import EVENT, LIMIT
from likelihood_kit.models.formula_engines import BARE_OF, chosen_engine

_WEIGHTS = "write freq_weights= for rows that stand for several observations, prob_weights= for sampling weights"
_EVENT = "wrap the family in lk.censored, which takes event="
_FIT = "it is an argument of fit()"
_GROUPS = "write fit(cov_type='cluster', cov_kwds={'groups': ...})"
#: Columns of a model elsewhere, by what they are called there.
_COLUMNS = {
    **dict.fromkeys(("weights", "weight", "sample_weight", "fweights", "iweights", "aweights", "pweights"), _WEIGHTS),
    **dict.fromkeys(("frequency_weights", "frequencies", "freq", "freqs", "counts"), "write freq_weights="),
    **dict.fromkeys(("probability_weights", "sampling_weights", "survey_weights"), "write prob_weights="),
    "exposure": "write offset=np.log(exposure), of the logarithm of what is multiplied",
    **dict.fromkeys((EVENT, "status", "censor", "censoring", "censored", "delta", "death", LIMIT), _EVENT),
    **dict.fromkeys(("groups", "cluster", "clusters"), _GROUPS),
}
#: Other arguments of a model elsewhere.
_ARGUMENTS = {
    **dict.fromkeys(("start_params", "cov_type", "cov_kwds", "use_t", "method", "maxiter"), _FIT),
    **dict.fromkeys(("formula", "data"), "write LikelihoodModel.from_formula(formula, data, family=...)"),
    **dict.fromkeys(("link", "links"), "a link belongs to the family, such as lk.Gamma(links={'scale': 'log'})"),
    "distribution": "write family=",
}
#: What formulas hold elsewhere, and what to write instead.
_FORMULAS = (
    (r"\bSurv\s*\(", "write the time alone on the left, family=lk.censored(...), and event='name of its column'"),
    (r"\bcbind\s*\(", "write the successes alone on the left, and trials='name of the column of trials'"),
    (r"\|\s*trials\s*\(", "write the successes alone on the left, and trials='name of the column of trials'"),
    (
        r"\boffset\s*\(",
        "leave it out of the formula, and write offset='name of its column', a logarithm for a log link",
    ),
    (r"\(\s*[^()]*\|[^()]*\)", "there are no random effects here; C(g) gives each group a coefficient of its own"),
    (r"\b(?:factor|as\.factor)\s*\(", "write C(...)"),
    (r"\b(?:s|te|ti|ns)\s*\(", "write bs(x, df=4) or cr(x, df=4, constraints='center')"),
    (
        r"\bpoly\s*\(",
        "write x + I(x**2), or set formula_engine = 'formulaic' in statsmodels.formula.options",
    ),
)
#: Functions of NumPy that formulas of other programs call by name alone.
_BARE = re.compile(r"(?<![\w.])(log|exp|sqrt|log10|log2|log1p|abs)\s*\(")


def unknown_argument(kind: str, name: str, family: Any, known: tuple[str, ...]) -> ArgumentError:
    """Refusal of an argument of a model, with what to write instead."""
    instead = argument_hint(name, family) or _of(_ARGUMENTS, name) or near_names(name, known)
    return ArgumentError(f"{kind} takes no argument {name!r}: {instead}")


def argument_hint(name: str, family: Any) -> str:
    """What to write for a parameter, or for what is a column of a model elsewhere; empty where it is neither."""
    if isinstance(family, Family) and name in family.coordinate_names:
        return (
            f"hold a parameter fixed in the family, {family.name}({name}=...), give known values of each row by "
            f"given={{{name!r}: ...}}, or a design by exogs={{{name!r}: ...}}"
        )
    remedy = _of(_COLUMNS, name)
    if remedy != _EVENT or not isinstance(family, Family):
        return remedy
    if EVENT in family.law.observed:
        return f"{family!r} is censored already: write event= and limit="
    return f"wrap the family in lk.censored: family=lk.censored({family!r}), event=..., 1 seen and 0 censored"


def _of(remedies: Mapping[str, str], name: str) -> str:
    """The remedy for a name, or for its singular; empty where there is none."""
    return remedies.get(name.lower()) or remedies.get(name.lower().removesuffix("s")) or ""


def formula_hint(text: Any) -> str:
    """What to write instead of a word of another program in a formula; empty where there is none."""
    known = next((remedy for pattern, remedy in _FORMULAS if re.search(pattern, str(text))), "")
    bare = [name for name in _BARE.findall(str(text)) if name not in BARE_OF[chosen_engine()]]
    return known or (f"functions are NumPy's: write np.{bare[0]}(...), like np.log(...)" if bare else "")


def column_hint(name: str, columns: Iterable[Any]) -> str:
    """What to write where data have no column of a name; of an expression of columns, that it is none."""
    known = [str(column) for column in columns]
    if not name.isidentifier() and set(re.findall(r"\w+", name)) & set(known):
        return "it takes the name of a column, no expression: add one to the data first"
    return near_names(name, known)


def refuse_misplaced_family(kind: str, *others: Any) -> None:
    """Refuse a family that was passed where data belong."""
    for other in others:
        if isinstance(other, Family):
            raise ArgumentError(f"{other!r} stands where data belong: pass it by name, {kind}(..., family={other!r})")
