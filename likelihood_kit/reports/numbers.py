"""Printed numbers as each medium typesets them: its signs, its powers of ten, and the alignment of a column."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from likelihood_kit._numerics.printed import shortest

#: A number within a cell: its mantissa, and its power of ten where it has one.
NUMBER = re.compile(r"(?P<mantissa>-?(?:\d+(?:\.\d+)?|inf|nan))(?:e(?P<power>[+-]\d+))?")
#: What typography does otherwise than ASCII in running text: a power of n, whose sign LaTeX has escaped by then, a
#: number with a power of ten, or the sign of a number.
PROSE_NUMBER = re.compile(
    r"(?<![\w])n(?:\^|\\textasciicircum\{\})(?P<rate>-\d+(?:\.\d+)?)|"
    r"(?<![\w.-])(?P<mantissa>\d+(?:\.\d+)?)e(?P<power>[+-]\d+)(?!\w)|(?<![\w.-])-(?=\d)"
)

#: Space between a number and its percent sign, which LaTeX escapes.
PERCENT = re.compile(r"(?<=\d) (?=\\?%)")


@dataclass(frozen=True)
class Typography:
    """How a medium writes numbers.

    Attributes
    ----------
    minus, infinity : str
        Within a number.
    number, power : str
        Formats of a number, and of one with its power of ten.
    missing : str
        What stands for no number.
    rate : str
        Format of a power of n.
    sign : str
        Minus sign alone, before a number in running text.
    space : str
        Between a number and its percent sign, where no line may break.
    """

    minus: str
    infinity: str
    number: str
    power: str
    missing: str
    rate: str
    sign: str
    space: str

    def cell(self, text: str) -> str:
        """Cell of a table, every number in it typeset; the text is already the medium's."""
        return NUMBER.sub(self._typeset, text)

    def prose(self, text: str) -> str:
        """Running text, already the medium's."""
        return PERCENT.sub(self.space, PROSE_NUMBER.sub(self._prose, text))

    def _prose(self, found: re.Match[str]) -> str:
        if found["rate"] is None:
            return self._typeset(found)
        return self.rate.format(rate_exponent(float(found["rate"])).replace("-", self.minus))

    def _typeset(self, found: re.Match[str]) -> str:
        mantissa = found["mantissa"]
        if mantissa is None:
            return self.sign
        if mantissa == "nan":
            return self.missing
        text = mantissa.replace("-", self.minus).replace("inf", self.infinity)
        if not found["power"]:
            return self.number.format(text)
        return self.power.format(text, str(int(found["power"])).replace("-", self.minus))


HTML = Typography(
    "\u2212", "∞", "{}", "{}\u202f×\u202f10<sup>{}</sup>", "\u2013", "<i>n</i><sup>{}</sup>", "\u2212", "\u00a0"
)
LATEX = Typography("-", r"\infty", "${}$", r"${} \times 10^{{{}}}$", r"\textendash{}", "$n^{{{}}}$", "$-$", "~")
MARKDOWN = Typography("-", "∞", "{}", "{}e{}", "\u2013", "*n*<sup>{}</sup>", "-", " ")


def rate_exponent(rate: float) -> str:
    """Exponent of a rate as it is set: minus one half as a fraction.

    >>> rate_exponent(-0.5), rate_exponent(-1.0), rate_exponent(-0.3)
    ('-1/2', '-1', '-0.3')
    """
    return "-1/2" if rate == -1 / 2 else shortest(rate)


def decimal_tails(cells: Sequence[str]) -> list[str]:
    """What each cell lacks, from its decimal point on, to stand aligned with the longest: `".000"`, `"00"` or `""`.

    >>> decimal_tails(["1.25", "12", "0.5"])
    ['', '.00', '0']
    """
    if any(not re.fullmatch(r"-?\d+(\.\d+)?|-?inf|nan|", cell) for cell in cells):
        return ["" for _ in cells]
    ends = [cell[cell.index(".") :] if "." in cell else "" for cell in cells]
    longest = max(ends, key=len, default="")
    pattern = "." + "0" * (len(longest) - 1) if longest else ""
    return [pattern[len(end) :] for end in ends]
