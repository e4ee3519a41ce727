"""A formula from the shell runs no code: all but a named list is refused, by name, and before it is evaluated."""

import numpy as np
import pandas as pd
import pytest

import likelihood_kit as lk
from likelihood_kit.errors import ArgumentError
from likelihood_kit.models import FUNCTIONS, NAMES, check_formula

COLUMNS = ("y", "x", "g", "z", "a", "b", "my col")

ALLOWED = (
    "y ~ x",
    "~ z",
    "z",
    "y ~ 1",
    "y ~ 0 + x",
    "y ~ x - 1",
    "np.log(y) ~ x:z + (a + b)**2",
    "log(y) ~ I(x / 1e3)",
    "y ~ x*z - x:z",
    "y ~ C(g) + C(g, Treatment(reference='b'))",
    "y ~ C(g, Sum)",
    "y ~ I(x**2) + I(x > 3)",
    "y ~ Q('my col')",
    "y ~ bs(x, df=4) + cr(x, df=3, constraints='center')",
    "y ~ bs(x, knots=[1, 2.5])",
    "y ~ scale(x) + center(z) + np.sqrt(np.exp(a))",
    "y ~ round(x, 2) + where(x > 0, x, z) + np.minimum(x, z)",
    "y ~ x*z*a*b*g*Q('my col')*C(g)*I(x)*I(z)*I(a)",
    "y ~ (x + z + a + b + g)**20",
)
REFUSED = {
    "y ~ __import__('os').system('touch here')": "__import__",
    "__import__('os').system('touch here') ~ x": "__import__",
    "y ~ eval('1')": "the function 'eval' is refused",
    "y ~ open('f')": "the function 'open' is refused",
    "y ~ getattr(x, 'a')": "the function 'getattr' is refused",
    "y ~ np.load('f')": "the function 'np.load' is refused",
    "y ~ np.fromfile('f')": "the function 'np.fromfile' is refused",
    "y ~ np.random.normal(x)": "'np.random.normal' is refused",
    "y ~ np.log.__class__(x)": "is refused",
    "y ~ bs(x)(z)": "'bs\\(x\\)' is refused",
    "y ~ x(1)": "the function 'x' is refused",
    "y ~ x.__class__": "'x.__class__' is refused",
    "y ~ my.col": "Q\\('...'\\)",
    "y ~ np": "no column 'np'",
    "y ~ os": "no column 'os'",
    "y ~ C(os)": "no column 'os'",
    "y ~ Q('os')": "no column 'os'",
    "y ~ log": "no column 'log'",
    "y ~ x[0]": "'x\\[0\\]' is refused",
    "y ~ [c for c in x]": "is refused",
    "y ~ (lambda: 1)()": "cannot be read",
    "y ~ (x := 3)": "is refused",
    "y ~ x if x else z": "is refused",
    "y ~ not x": "is refused",
    "y ~ bs(*x)": "is refused",
    "y ~ bs(**x)": "'\\*\\*' before an argument",
    "y ~ f'{x}'": "'{' is refused",
    "y ~ `x`": "'`' is refused",
    "y ~ x # z": "'#' is refused",
    "y ~ x\n+ z": "is refused",
    "y ~ x\0": "is refused",
    "y ~ 'a' * 3": "is no number",
    "y ~ True": "is no number",
    "y ~ 1e400": "is no number",
    "y ~ I(9**9**9)": "a power of a power",
    "y ~ I(9**(9 * 9))": "is no number",
    "y ~ I(x**1000000)": "a power above",
    "y ~ bs(x, df=10**9)": "give a number up to",
    "y ~ bs(x, 1000000000)": "give a number up to",
    "y ~ bs(x, knots='__import__(1)')": "is no number",
    "y ~ x ~ z": "more than one '~'",
    "y ~ sign(x, out=y)": "sign takes 1 argument here, not 2",
    "y ~ where(x, x, out=y)": "out= is refused",
    "y ~ abs(x, x)": "abs takes 1 argument here, not 2",
    "y ~ np.log(x, z)": "log takes 1 argument",
    "y ~ maximum(x, z, a)": "maximum takes 2 arguments here, not 3",
    "y ~ " + "*".join(f"I(x - {i})" for i in range(18)): "more than 2000 terms",
    "y ~ (" + "+".join(f"I(x - {i})" for i in range(16)) + ")**20": "more than 2000 terms",
    "y ~ " + "/".join(f"(x + I(z - {i}))" for i in range(12)): "more than 2000 terms",
    "y ~ x +": "cannot be read",
    "y ~ " + "(" * 300 + "x" + ")" * 300: "cannot be read",
    "y ~ " + "-" * 9000 + "x": "cannot be read",
    "y ~ " + "x+" * 9000 + "x": "letters",
}


@pytest.mark.parametrize("formula", ALLOWED)
def test_what_statisticians_write_passes(formula):
    check_formula(formula, COLUMNS, "--formula")


@pytest.mark.parametrize("formula", REFUSED, ids=lambda text: text[:30])
def test_all_else_is_refused_by_name(formula):
    with pytest.raises(ArgumentError, match=REFUSED[formula]) as caught:
        check_formula(formula, COLUMNS, "--formula")
    assert str(caught.value).startswith("--formula: ")
    assert "\n" not in str(caught.value)


def test_a_column_does_not_make_a_function():
    """Names of columns come from the file, and so from whoever wrote it."""
    for name in ("__import__", "eval", "np.load", "exec"):
        with pytest.raises(ArgumentError, match="is refused"):
            check_formula(f"y ~ {name}('os')", ("y", name), "--formula")


def test_the_functions_are_what_they_are_called():
    rng = np.random.default_rng(1)
    frame = pd.DataFrame({"y": rng.gamma(2.0, 3.0, 50), "x": rng.uniform(1, 2, 50)})
    plain = lk.LikelihoodModel.from_formula("y ~ log(x)", frame, family=lk.Gamma(), eval_env=NAMES).fit()
    dotted = lk.LikelihoodModel.from_formula("y ~ np.log(x)", frame, family=lk.Gamma()).fit()
    np.testing.assert_array_equal(np.asarray(plain.params), np.asarray(dotted.params))
    assert {name for name in FUNCTIONS if name.startswith("np.")} == {f"np.{name}" for name in NAMES if name != "np"}
