"""Numbers show the digits that their errors support, and no others."""

import math

import pytest

from likelihood_kit._numerics.printed import counted, exponent, fixed, percent, significant, with_error, with_mcse
from likelihood_kit.reports.numbers import HTML, LATEX, MARKDOWN, NUMBER, decimal_tails


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (2.0, "2.000"),
        (0.00012345, "0.0001234"),
        (9.9996, "10.00"),
        (999999.6, "1.000e+06"),
        (0.0, "0.000"),
        (-1e-12, "-1.000e-12"),
        (math.inf, "inf"),
        (math.nan, "nan"),
    ],
)
def test_significant_digits(value, text):
    assert significant(value) == text


def test_zero_has_no_sign():
    assert fixed(-0.0001, 2) == "0.00"


@pytest.mark.parametrize(
    ("values", "error", "cells"),
    [
        ([2.82611259, 1.2629411], 1.2629411, ["2.83", "1.26"]),
        ([0.09515766, 0.1415542], 0.1415542, ["0.095", "0.142"]),
        ([123456.7, 3210.0], 3210.0, ["123457", "3210"]),
        ([1.5e-9, 2.5e-11], 2.5e-11, ["1.5000e-09", "2.50e-11"]),
        ([4.2e9, 1.3e7], 1.3e7, ["4.2000e+09", "1.30e+07"]),
        ([1.5, math.nan], math.nan, ["1.500", "nan"]),
        ([3.0, math.inf], 0.5, ["3.000", "inf"]),
    ],
)
def test_an_estimate_has_the_digits_of_its_error(values, error, cells):
    assert with_error(values, error) == cells


def test_the_last_digit_shown_is_a_hundredth_of_the_error_at_most():
    for power in range(-6, 6):
        error = 2.5 * 10.0**power
        shown = float(with_error([1.2345678 * error], error)[0])
        assert abs(shown - 1.2345678 * error) <= 0.005 * error


@pytest.mark.parametrize(("count", "text"), [(62, "62"), (2608.0, "2,608"), (1e6, "1,000,000"), (12.5, "12.5")])
def test_counts(count, text):
    assert counted(count) == text


def test_percentages():
    assert [percent(0.95), percent(0.999), percent(0.3333, 1)] == ["95 %", "99.9 %", "33.3 %"]


@pytest.mark.parametrize(
    ("medium", "cell", "prose"),
    [
        (HTML, "\u22121.5 2.0\u202f×\u202f10<sup>\u22127</sup> \u2013 ∞", "at \u22121.5, 95\u00a0% of 3e"),
        (LATEX, r"$-1.5$ $2.0 \times 10^{-7}$ \textendash{} $\infty$", r"at $-$1.5, 95~\% of 3e"),
        (MARKDOWN, "-1.5 2.0e-7 \u2013 ∞", "at -1.5, 95 % of 3e"),
    ],
)
def test_each_medium_typesets_its_way(medium, cell, prose):
    assert medium.cell("-1.5 2.0e-07 nan inf") == cell
    percent_sign = r"\%" if medium is LATEX else "%"
    assert medium.prose(f"at -1.5, 95 {percent_sign} of 3e") == prose


def test_a_column_shares_its_decimals():
    assert with_mcse([0.3, -0.0067, math.nan], [0.0125, 0.0013, math.nan]) == [
        "0.3000 (0.0125)",
        "-0.0067 (0.0013)",
        "nan",
    ]


def test_a_column_without_errors_is_plain():
    assert with_mcse([1.0], [0.0]) == ["1.000"]


def test_large_numbers_have_powers_of_ten():
    assert with_mcse([1.2345e9], [1.2e5]) == ["1.234e+09 (1.2e+05)"]
    assert with_mcse([123456.7], [67.8]) == ["123457 (68)"]


def test_powers_of_ten_begin_at_a_million_with_either_error():
    """Beside a Monte Carlo error they began at ten millions."""
    assert with_mcse([1.5e6], [2e4]) == ["1.500e+06 (2.0e+04)"]
    assert with_error([1.5e6], error=2e4) == ["1.5000e+06"]


def test_tails_align_decimal_points():
    cells = ["1.25", "-12", "0.5", "nan", ""]
    padded = [cell + tail for cell, tail in zip(cells, decimal_tails(cells), strict=True)]
    assert [len(text) - text.index(".") for text in padded[:3]] == [3, 3, 3]
    assert decimal_tails(["1.5e-07", "2"]) == ["", ""]


def test_exponent_of_what_has_none():
    assert [exponent(x) for x in (0.0, math.inf, math.nan)] == [0, 0, 0]


def test_the_pattern_finds_every_number_of_a_cell():
    found = [match.group() for match in NUMBER.finditer("-1.25e-07 (3.0) inf nan")]
    assert found == ["-1.25e-07", "3.0", "inf", "nan"]


@pytest.mark.parametrize(
    ("medium", "text", "typeset"),
    [
        (HTML, "at n^-0.5: slope -0.48", "at <i>n</i><sup>\u22121/2</sup>: slope \u22120.48"),
        (HTML, "n^-1, and xn^-1", "<i>n</i><sup>\u22121</sup>, and xn^\u22121"),
        (LATEX, r"n\textasciicircum{}-0.5 to n\textasciicircum{}-1", "$n^{-1/2}$ to $n^{-1}$"),
        (MARKDOWN, "n^-0.25", "*n*<sup>-0.25</sup>"),
    ],
)
def test_a_rate_is_a_power(medium, text, typeset):
    """It stood as n^-0.5 on the page, and in LaTeX behind a circumflex."""
    assert medium.prose(text) == typeset
