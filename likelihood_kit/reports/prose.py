"""Words of a report."""

from __future__ import annotations

from collections.abc import Iterable


def sentence(words: object) -> str:
    """Words as a sentence: a capital letter, a full stop.

    >>> sentence("no bound exists")
    'No bound exists.'
    """
    text = str(words)
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith('.') else '.'}"


def listed(names: Iterable[object]) -> str:
    """Names as a list in a sentence.

    >>> listed(["shape", "scale", "loc"])
    'shape, scale and loc'
    """
    *first, last = [str(name) for name in names] or [""]
    return f"{', '.join(first)} and {last}" if first else last


def article(noun: str) -> str:
    """Indefinite article of a noun, by its first letter.

    >>> article("Gamma"), article("Exponential"), article("Uniform")
    ('a', 'an', 'a')
    """
    return "an" if noun[:1].lower() in "aeio" else "a"
