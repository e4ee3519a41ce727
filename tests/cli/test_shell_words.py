import re

import pandas as pd
import pytest

from likelihood_kit import cli


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["fit", "{table}", "--column", "z", "--family", "gamma"], "no column 'z'"),
        (["fit", "{table}", "--column", "y", "--family", "gama"], "did you mean 'Gamma'"),
        (["fit", "{folder}/none.csv", "--column", "y", "--family", "gamma"], "cannot be read"),
        (["fit", "{table}", "--column", "g", "--family", "gamma"], "not numeric"),
        (["fit", "{table}", "--column", "y", "--family", "gamma", "--report", "{folder}/no/x.html"], "does not exist"),
        (["fit", "{table}", "--column", "y", "--family", "gamma", "--report", "{folder}/x.doc"], ".html"),
        (["fit", "{table}", "--column", "y", "--family", "gamma", "--with", "trials"], "name=column"),
        (["fit", "{table}", "--column", "y", "--family", "gamma", "--with", "event=x"], "takes no column 'event'"),
        (["fit", "{table}", "--column", "y", "--family", "binomial", "--with", "trials=k"], "no column 'k'"),
        (["fit", "{table}", "--column", "y", "--family", "gamma", "--formula-of", "shape=~ x"], "--formula"),
        (
            ["fit", "{table}", "--formula", "y ~ x", "--family", "gamma", "--formula-of", "shap=~ x"],
            "no free parameter",
        ),
        (["study", "gamma", "shape=2", "scale"], "name=value"),
        (["study", "gamma", "shape=2", "scale=-3"], "scale = -3.0 is not in its space"),
        (["study", "gamma", "shape=2", "scale=3", "--sizes", "20,x"], "--sizes"),
        (["study", "gamma", "shape=2", "scale=3", "--replications", "0"], "replications"),
        (["study", "gamma", "shape=2", "scale=3", "--estimators", "mel"], "did you mean 'mle'"),
        (["study", "gamma", "shape=2", "scale=3", "--jobs", "-100"], "n_jobs = -100"),
        (["study", "gamma", "shape=2", "scale=3", "shape=3"], "shape is given twice"),
        (["study", "gamma", "shape=2", "scale=3", "--fix", "a=1", "--fix", "a=2"], "--fix: a is given twice"),
        (["study", "gamma", "shape=2", "scale=3", "--replications", f"{10**15}"], "at most"),
        (["study", "gamma", "shape=2", "scale=3", "--sizes", f"20,{10**15}"], "make them smaller"),
        (["study", "binomial", "probability=0.3"], "--fix trials=10"),
        (["study", "gamma", "shape=2", "scale=3", "--margin", "2"], "--margin = 2.0: give a number between 0 and 1"),
        (["study", "gamma", "shape=2", "scale=3", "--margin", "nan"], "--margin = nan"),
        (["study", "gamma", "shape=2", "scale=3", "--checkpoint", "{folder}"], "holds something else"),
        (["study", "gamma", "shape=2", "scale=3", "--checkpoint", "{table}"], "cannot be used"),
        (["fit", "{table}", "--column", "y", "--family", "gaussian"], "did you mean 'Normal'"),
        (["fit", "{table}", "--column", "y", "--family", "censored"], "censored-weibull"),
        (["fit", "{table}", "--column", "y", "--family", "gamma", "--cov-type", "robust"], "did you mean 'sandwich'"),
        (["fit", "{table}", "--column", "y", "--family", "weibull", "--with", "event=x"], "censored-weibull"),
        (["fit", "{table}", "--formula", "y ~ os", "--family", "gamma"], "no column 'os'"),
        (["fit", "{table}", "--formula", "y ~ eval('1')", "--family", "gamma"], "'eval' is refused"),
        (["fit", "{table}", "--formula", "y ~ x", "--family", "gamma", "--formula-of", "shape=eval(x)"], "'eval'"),
        (["fit", "{table}", "--formula", "", "--family", "gamma"], "must be a text with the response"),
        (["fit", "https://localhost:1/x.csv", "--column", "y", "--family", "gamma"], "unless --remote"),
        (["fit", "s3://bucket/x.csv", "--column", "y", "--family", "gamma"], "unless --remote"),
        (["fit", "file:///etc/passwd", "--column", "y", "--family", "gamma"], "unless --remote"),
        (["fit", "simplecache::s3://bucket/x.csv", "--column", "y", "--family", "gamma"], "unless --remote"),
        (["fit", "memory::x.csv", "--column", "y", "--family", "gamma"], "unless --remote"),
        (["fit", "https://localhost:1/x.csv", "--remote", "--column", "y", "--family", "gamma"], "cannot be read"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(arguments, message, table, capsys):
    filled = [argument.format(table=table, folder=table.parent) for argument in arguments]
    assert cli.main(filled) == 2
    captured = capsys.readouterr()
    assert message in captured.err
    assert captured.err.count("\n") == 1
    assert captured.out == ""


PYTHON = re.compile(r"\w=(?=[\s,;'{]|$)|lk\.|\(\.\.\.|cov_kwds|cov_type|Likelihood[A-Z]|\bendog\b|\bexog\b|np\.")
IN_SHELL = {
    "known": (["--column", "k", "--family", "binomial"], "write --with trials=COLUMN"),
    "clusters": (
        ["--column", "y", "--family", "gamma", "--cov-type", "cluster"],
        "--cov-type cluster needs --groups",
    ),
    "clusters of what": (["--column", "y", "--family", "gamma", "--groups", "g"], "--groups is for --cov-type cluster"),
    "hint of clusters": (
        ["--column", "y", "--family", "gamma", "--with", "groups=g"],
        "--cov-type cluster --groups COL",
    ),
    "weights": (["--column", "y", "--family", "gamma", "--with", "weights=k"], "write --with freq_weights=COLUMN for"),
    "exposure": (["--column", "y", "--family", "gamma", "--with", "exposure=k"], "write --with offset=COLUMN, of the"),
    "event": (
        ["--column", "y", "--family", "gamma", "--with", "status=k"],
        "write --family censored-gamma --with event=C",
    ),
    "event of what is truncated": (
        ["--column", "y", "--family", "truncated-gamma", "--fix", "low=0.01", "--with", "event=k"],
        "write --family censored-truncated-gamma --with event=C",
    ),
    "event of what is censored": (
        ["--column", "y", "--family", "censored-gamma", "--with", "status=k"],
        "is censored already: write --with event=COLUMN and --with limit=COLUMN",
    ),
    "parameter of what is censored": (
        ["--column", "y", "--family", "censored-gamma", "--with", "event=k", "--with", "shape=k"],
        "hold .* fixed by --fix shape=NUMBER",
    ),
    "parameter": (
        ["--column", "y", "--family", "gamma", "--with", "shape=k"],
        r"--with shape: Gamma\(\) takes no column 'shape': hold .* fixed by --fix",
    ),
    "support": (["--column", "x", "--family", "gamma"], "the response has"),
    "covariance": (
        ["--column", "y", "--family", "gamma", "--with", "prob_weights=k", "--cov-type", "expected"],
        "--cov-type expected is refused",
    ),
    "no column": (["--column", "y", "--family", "gamma", "--cov-type", "cluster", "--groups", "z"], "--groups: .*'z'"),
}


@pytest.mark.parametrize(("arguments", "message"), IN_SHELL.values(), ids=IN_SHELL)
def test_the_shell_spoke_python(arguments, message, table, capsys):
    pd.read_csv(table).assign(k=1).to_csv(table, index=False)
    assert cli.main(["fit", str(table), *arguments]) == 2
    told = capsys.readouterr().err
    assert re.search(message, told)
    assert not PYTHON.search(re.sub("=(COLUMN|NUMBER|'~ x')", "", told.replace(str(table), "")))


def test_python_is_seen():
    for text in ("pass trials=", "lk.censored(...)", "cov_type='cluster'", "Model(..., limit=...)", "endog has"):
        assert PYTHON.search(text)
    assert not PYTHON.search("write --with trials COLUMN")


def test_clusters_could_not_be_given(table, capsys):
    for which in (["--column", "y"], ["--formula", "y ~ x"]):
        asked = ["fit", str(table), *which, "--family", "gamma", "--cov-type", "cluster", "--groups", "g"]
        assert cli.main(asked) == 0
        printed = capsys.readouterr()
        assert "within 2 clusters" in printed.out
        assert "2 clusters and" in printed.err


def test_a_suggestion_is_never_the_opposite_of_what_was_meant(table, capsys):
    assert cli.main(["fit", str(table), "--column", "y", "--family", "cens-weibull"]) == 2
    assert "did you mean" not in capsys.readouterr().err


def test_an_option_must_be_written_out(table, capsys):
    with pytest.raises(SystemExit):
        cli.main(["fit", str(table), "--column", "y", "--family", "gamma", "--cov", "sandwich"])
    assert "unrecognized arguments: --cov" in capsys.readouterr().err


def test_what_a_family_needs_is_said_as_the_shell_has_it(table, capsys):
    assert cli.main(["fit", str(table), "--column", "y", "--family", "censored-weibull"]) == 2
    assert "needs event of each row: write --with event=COLUMN" in capsys.readouterr().err
