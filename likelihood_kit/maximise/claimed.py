"""A theorem that a user's own law declares, held to what the searches found: theorems of the catalogue are proved.

Of such a law the whole space is searched as without a theorem. Another maximum than the highest, or a place where the
likelihood has no bound, contradicts that there is one alone.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from likelihood_kit.families import CATALOGUE, UniqueMaximum
from likelihood_kit.maximise.findings import Findings, Flaw, Grade


@cache
def _of_the_kit() -> frozenset[UniqueMaximum]:
    return frozenset(theorem for family in CATALOGUE.values() for theorem in family.law.theorems)


def is_proved(theorem: UniqueMaximum) -> bool:
    """Whether the kit itself declares a theorem, of a law of its catalogue."""
    return theorem in _of_the_kit()


def held_to(theorem: str, findings: Findings, unbounded: str) -> str:
    """What was found that contradicts a theorem, in words; where nothing does, the findings become global.

    Parameters
    ----------
    theorem : str
        In words, with its source.
    findings : Findings
        Of searches from starts spread over the space.
    unbounded : str
        Where the likelihood has no bound, in words; empty where it has one.
    """
    others = findings.restarts - findings.agreeing
    contradicted = (others > 0) | (findings.escaped > 0) | bool(unbounded)
    # That none of the few starts of one of many samples came here is no flaw of what a theorem says is unique.
    alone = (findings.flaws == Flaw.UNCONFIRMED) & (findings.restarts == 0)
    flaws = np.where(alone, 0, findings.flaws)
    findings.flaws[:] = flaws
    findings.grade[(flaws == 0) & ~contradicted] = Grade.GLOBAL
    findings.grade[alone & contradicted] = Grade.LOCAL
    if not contradicted.any():
        return ""
    worst = int(np.argmax(others))
    if unbounded:
        why = f"the likelihood {unbounded}"
    elif others[worst] > 0:
        why = f"{others[worst]} of {findings.restarts[worst]} searches ended at other maxima"
    else:
        why = "the likelihood rises elsewhere"
    return f"the declared theorem does not hold: {theorem}, but {why}; correct or remove theorems"
