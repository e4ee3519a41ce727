"""Names of what the kit refuses or warns of.

Every exception derives from `LikelihoodKitError` and from the built-in that a caller would expect
(`ValueError`, `TypeError`, `OSError`, `RuntimeError`), names the offending argument, row or parameter, and says what
to do.
"""

from __future__ import annotations

import difflib
import itertools
import reprlib
from collections.abc import Iterable, Mapping
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


class WorkerError(LikelihoodKitError, RuntimeError):
    """A process that worked for the kit was killed; the message says what was done, and how to go on."""


class LikelihoodKitWarning(UserWarning):
    """Base of every warning that the kit issues."""


class MaximumWarning(LikelihoodKitWarning):
    """The values returned are not certified to be the maximum of the likelihood; the message says why."""


class InformationWarning(LikelihoodKitWarning):
    """A standard error does not exist, or rests on a matrix that is singular; the message says why."""


class ArgumentWarning(LikelihoodKitWarning):
    """An argument of statsmodels' signature was given a value that is not used; the message says which."""


class DensityWarning(LikelihoodKitWarning):
    """The formula of a family is the density of no law: its total mass is not 1; the message says what it is."""


#: What before a word turns its meaning, and heads of words that are otherwise one: no name is a misspelling of such.
_TURNING = frozenset(("un", "non", "no", "not", "in", "im", "ir", "anti", "dis", "inverse", "log", "neg", "without"))
_OPPOSITE_HEADS = frozenset(
    frozenset(pair)
    for pair in (
        *(("min", "max"), ("upp", "low"), ("in", "ex"), ("in", "de"), ("expect", "observ"), ("high", "low")),
        *(("with", "without"), ("left", "right"), ("pre", "post"), ("sub", "super"), ("over", "under")),
    )
)
#: Letters before a word from which on they are a word of their own: censored-weibull is no weibull misspelt.
_QUALIFIER = 3


def near_names(name: object, known: Iterable[str], meant: Mapping[str, str] | None = None) -> str:
    """Sentence that lists the known names nearest to a misspelt one, or all of them where none is near.

    What means something else, however near its letters, is not suggested: `minimum` for `maximum`, a law for the
    censored one.

    Parameters
    ----------
    name : object
    known : iterable of str
    meant : dict of str to str, optional
        What else a known name is called: words in small letters without hyphens and underscores, and the name.

    Examples
    --------
    >>> near_names("shpae", ["shape", "scale"])
    "did you mean 'shape' or 'scale'? known: shape, scale"
    >>> near_names("maximum", ["minimum", "scale"])
    'known: minimum, scale'
    >>> near_names("robust", ["observed", "sandwich"], {"robust": "sandwich"})
    "did you mean 'sandwich'? known: observed, sandwich"
    """
    known = list(known)
    folded = {candidate.lower(): candidate for candidate in known}
    near = [folded[match] for match in difflib.get_close_matches(str(name).lower(), folded, n=2)]
    near = [candidate for candidate in near if not _means_another(str(name), candidate)]
    synonym = (meant or {}).get(_letters(str(name)))
    if synonym in known:
        near = [str(synonym)]
    listing = f"known: {', '.join(known)}" if known else "none is known"
    if not near:
        return listing
    return f"did you mean {' or '.join(map(repr, near))}? {listing}"


def _letters(name: str) -> str:
    return "".join(letter for letter in name.lower() if letter.isalnum())


def _means_another(name: str, candidate: str) -> bool:
    """Whether the two differ by a word before them that says something else."""
    given, other = _letters(name), _letters(candidate)
    pairs = zip(reversed(given), reversed(other), strict=False)
    shared = len(list(itertools.takewhile(lambda pair: pair[0] == pair[1], pairs)))
    before, its = given[: len(given) - shared], other[: len(other) - shared]
    if not its:
        return before in _TURNING or len(before) >= _QUALIFIER
    return (not before and its in _TURNING) or frozenset((before, its)) in _OPPOSITE_HEADS


def shown(value: Any) -> str:
    """Text of a value in a message, cut in its middle where it is long.

    >>> shown('a' * 100)
    "'aaaaaaaaaaaaaaaaaaaaaaaaaaa...aaaaaaaaaaaaaaaaaaaaaaaaaaaa'"
    """
    short = reprlib.Repr()
    short.maxlong = short.maxstring = short.maxother = LONGEST_SHOWN
    return " ".join(short.repr(value).split())
