"""A formula from the shell runs no code: all but a named list is refused, by name, and before it is evaluated."""

import contextlib

import numpy as np
import pandas as pd
import pytest

import likelihood_kit as lk
from likelihood_kit.cli.options import parser
from likelihood_kit.errors import ArgumentError, DataError, LikelihoodKitError
from likelihood_kit.models import NAMES, check_formula, functions

COLUMNS = ("y", "x", "g", "z", "a", "b", "my col", "dose (mg)", "a ~ b, 50%: #1")

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
    'y ~ Q("my col") + np.log(Q("dose (mg)"))',
    "`dose (mg)` ~ `my col` + `x`",
    "`a ~ b, 50%: #1` ~ x",
    "y ~ (g == 'a (very) long ~ name, 50%') + (C(g) != 'b')",
    "g == 'a' ~ x",
    "y ~ C(g, Treatment(reference='a (b)'))",
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
    "y ~ `x": "'`' is refused",
    "y ~ `os`": "no column 'os'",
    "y ~ `x`.__class__": "is refused",
    "y ~ `__import__('os')`": "no column",
    "y ~ Q('x') + __import__('os')": "__import__",
    "y ~ Q('x', __import__('os'))": "__import__",
    "y ~ Q(g == 'a')(1)": "is refused",
    "y ~ Q('my col').__class__": "is refused",
    "y ~ Q(f'x')": "a letter stands before a text|is refused in a formula",
    "y ~ Q(r'x')": "a letter stands before a text",
    "y ~ Q('''x''')": "is refused in a formula",
    "y ~ g == '{x}'": "'{' is refused",
    "y ~ g == 'a\\x27'": "is refused in a formula",
    "y ~ g < 'a'": "is no number",
    "y ~ 'a'": "is no number",
    "y ~ np.log('x')": "is no number",
    "y ~ .": "'.' is not known here: name the columns",
    "y ~ x^2": "write I\\(x\\*\\*2\\)",
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


#: Names that a file could have, each of which would be code if a text ended where an engine may take it to.
CODE = (
    "x') + __import__('os').system('touch here') + Q('x",
    'x") + __import__("os").system("touch here") + Q("x',
    "x` + __import__('os').system('touch here') + `x",
    "{__import__('os').system('touch here')}",
    "x\\",
    "x\n__import__('os')",
)


@pytest.mark.parametrize("name", CODE)
def test_the_name_of_a_column_is_no_code(name, tmp_path, monkeypatch):
    """A quoted name may be that of any column, and the file says what that is."""
    monkeypatch.chdir(tmp_path)
    frame = pd.DataFrame({"y": [1.0, 2.0, 4.0, 3.0], "x": [1.0, 2.0, 3.0, 5.0], name: [2.0, 1.0, 4.0, 3.0]})
    for quoted in (f"Q({name!r})", f"Q('{name}')", f"`{name}`"):
        with pytest.raises(ArgumentError):
            check_formula(f"y ~ {quoted}", frame.columns, "--formula")
        with contextlib.suppress(LikelihoodKitError):  # a script is its author's: it may, and must not run the name
            lk.LikelihoodModel.from_formula(f"y ~ {quoted}", frame, family=lk.Gamma(), eval_env=NAMES)
    assert not list(tmp_path.iterdir())


def test_a_column_whose_name_is_code_is_refused_by_its_name():
    """The negative control: the same words are a name, where nothing could end the text."""
    check_formula("y ~ Q('import os; touch here')", ("y", "import os; touch here"), "--formula")
    with pytest.raises(ArgumentError, match="must be renamed"):
        check_formula('y ~ Q("it\'s")', ("y", "it's"), "--formula")


#: A formula for each function that --help lists, by engine where they differ.
EXAMPLES = {
    **{name: f"I({name}(z))" for name in NAMES if name not in ("np", "minimum", "maximum", "where")},
    **{name: f"{name}(x, z)" for name in ("minimum", "maximum")},
    "where": "where(x > 1.5, x, z)",
    **{name: f"{name}(z / 10)" for name in ("arcsin", "arccos")},
    **{name: f"{name}(5 * (z - 1.5))" for name in ("floor", "ceil", "round", "sign")},
    "C": "C(g)",
    "I": "I(x**2)",
    "Q": "Q('dose (mg)')",
    "bs": "bs(x, df=4)",
    **{name: f"{name}(x, df=4, constraints='center')" for name in ("cr", "cc", "cs")},
    "te": "te(cr(x, df=3), cr(z, df=3), constraints='center')",
    "poly": "poly(x, 2)",
    **{name: f"{name}(x)" for name in ("scale", "center", "standardize")},
    **{name: f"C(g, {name})" for name in ("Treatment", "Sum", "Helmert", "Diff", "Poly")},
}


@pytest.mark.parametrize("engine", ["formulaic", "patsy"])
def test_what_help_lists_works(engine, monkeypatch, capsys):
    """poly and cs were listed, and refused when they were written."""
    monkeypatch.setenv("SM_FORMULA_ENGINE", engine)
    rng = np.random.default_rng(3)
    frame = pd.DataFrame({"x": rng.uniform(1, 2, 60), "z": rng.uniform(1, 2, 60), "g": [*"abc"] * 20})
    frame = frame.assign(y=rng.gamma(2.0, 3.0, 60), **{"dose (mg)": frame["x"]})
    with pytest.raises(SystemExit):
        parser().parse_args(["fit", "--help"])
    printed = " ".join(capsys.readouterr().out.split())
    listed = printed.partition("and the functions ")[2].partition(" --")[0].split(", ")
    assert listed == [name for name in functions() if not name.startswith("np.")]
    assert ("poly" in listed, "te" in listed) == (engine == "formulaic", engine == "patsy")
    for name in listed:
        formula = f"y ~ {EXAMPLES[name]}"
        assert name in formula
        check_formula(formula, frame.columns, "--formula")
        model = lk.LikelihoodModel.from_formula(formula, frame, family=lk.Gamma(), eval_env=NAMES)
        assert model.fit().certificate.ok, name


@pytest.mark.parametrize("engine", ["formulaic", "patsy"])
@pytest.mark.parametrize("spline", ["cr", "cc"])
def test_a_spline_beside_the_constant_says_what_to_write(engine, spline, monkeypatch):
    """It said "leave one of them out", and nobody can leave out a column of a spline."""
    monkeypatch.setenv("SM_FORMULA_ENGINE", engine)
    rng = np.random.default_rng(3)
    frame = pd.DataFrame({"x": rng.uniform(1, 2, 60), "y": rng.gamma(2.0, 3.0, 60)})
    with pytest.raises(DataError, match=rf"{spline}\(..., constraints='center'\), or leave the constant out by - 1"):
        lk.LikelihoodModel.from_formula(f"y ~ {spline}(x, df=4)", frame, family=lk.Gamma())
    assert lk.LikelihoodModel.from_formula(f"y ~ {spline}(x, df=4) - 1", frame, family=lk.Gamma()).fit().certificate.ok


def test_the_functions_are_what_they_are_called():
    rng = np.random.default_rng(1)
    frame = pd.DataFrame({"y": rng.gamma(2.0, 3.0, 50), "x": rng.uniform(1, 2, 50)})
    plain = lk.LikelihoodModel.from_formula("y ~ log(x)", frame, family=lk.Gamma(), eval_env=NAMES).fit()
    dotted = lk.LikelihoodModel.from_formula("y ~ np.log(x)", frame, family=lk.Gamma()).fit()
    np.testing.assert_array_equal(np.asarray(plain.params), np.asarray(dotted.params))
    assert {name for name in functions() if name.startswith("np.")} == {f"np.{name}" for name in NAMES if name != "np"}
