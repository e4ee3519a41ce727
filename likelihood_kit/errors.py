"""Names of what the kit refuses or warns of.

Every exception derives from `LikelihoodKitError` and from the built-in that a caller would expect
(`ValueError`, `TypeError`, `OSError`), names the offending argument, row or parameter, and says what to do.
"""

from __future__ import annotations

import difflib
import reprlib
from collections.abc import Iterable
from typing import Any

#: Characters of a value in a message, at most.
LONGEST_SHOWN = 60


class LikelihoodKitError(Exception):
    """Base of every exception that the kit raises on purpose."""


class DataError(LikelihoodKitError, ValueError):
    """The data cannot be used as given: empty, not finite, not numeric, outside the support, of the wrong shape."""


class ParameterError(LikelihoodKitError, ValueError):
    """A parameter is unknown, missing, or has a value outside its space."""


class FormulaError(LikelihoodKitError, ValueError):
    """A family's log density contradicts its declaration, or returns the wrong shape or NaN."""


class TraceError(LikelihoodKitError, TypeError):
    """A log density uses an operation that has no symbolic form; the message names it."""


class NotAvailableError(LikelihoodKitError, ValueError):
    """The quantity does not exist for this family, or cannot be derived; the message says why."""


class ArgumentError(LikelihoodKitError, ValueError):
    """An argument is unknown or has a value that is not allowed."""


class OutputError(LikelihoodKitError, OSError):
    """A file or folder cannot be written."""


class LikelihoodKitWarning(UserWarning):
    """Base of every warning that the kit issues."""


class MaximumWarning(LikelihoodKitWarning):
    """The values returned are not certified to be the maximum of the likelihood; the message says why."""


class InformationWarning(LikelihoodKitWarning):
    """A standard error does not exist, or rests on a matrix that is singular; the message says why."""


class DensityWarning(LikelihoodKitWarning):
    """The formula of a family is the density of no law: its total mass is not 1; the message says what it is."""


def near_names(name: object, known: Iterable[str]) -> str:
    """Sentence that lists the known names nearest to a misspelt one, or all of them where none is near.

    >>> near_names("shpae", ["shape", "scale"])
    "did you mean 'shape' or 'scale'? known: shape, scale"
    """
    known = list(known)
    folded = {candidate.lower(): candidate for candidate in known}
    near = difflib.get_close_matches(str(name).lower(), folded, n=2)
    listing = f"known: {', '.join(known)}" if known else "none is known"
    if not near:
        return listing
    return f"did you mean {' or '.join(repr(folded[match]) for match in near)}? {listing}"


def shown(value: Any) -> str:
    """Text of a value in a message, cut in its middle where it is long.

    >>> shown('a' * 100)
    "'aaaaaaaaaaaaaaaaaaaaaaaaaaa...aaaaaaaaaaaaaaaaaaaaaaaaaaaa'"
    """
    short = reprlib.Repr()
    short.maxlong = short.maxstring = short.maxother = LONGEST_SHOWN
    return " ".join(short.repr(value).split())
