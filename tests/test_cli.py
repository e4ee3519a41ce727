import re
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from likelihood_kit import cli


@pytest.fixture
def table(tmp_path):
    rng = np.random.default_rng(7)
    x = rng.normal(size=40)
    frame = pd.DataFrame({"y": rng.gamma(2.0, np.exp(0.5 + 0.3 * x)), "x": x, "g": [*"ab"] * 20})
    path = tmp_path / "data.csv"
    frame.to_csv(path, index=False)
    return path


def test_demo_prints_verdicts_and_writes_what_it_names(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(cli, "DEMO_REPLICATIONS", 200)
    assert cli.main(["demo", "--output", str(tmp_path / "reports")]) == 0
    text = capsys.readouterr().out
    for words in (
        "Maximum certified",
        "Information audit",
        "Cramer-Rao bounds",
        "Rate of the root mean",
        "times the bound",
    ):
        assert words in text
    assert str((tmp_path / "reports").resolve()) in text
    names = {path.name for path in (tmp_path / "reports").iterdir() if path.is_file()}
    assert names == {f"{kind}{suffix}" for kind in ("fit", "study") for suffix in (".html", ".tex", ".md")}


def test_demo_begins_no_work_that_it_cannot_write(tmp_path, capsys):
    (tmp_path / "study.tex").mkdir()
    assert cli.main(["demo", "--output", str(tmp_path)]) == 2
    captured = capsys.readouterr()
    assert "is a folder" in captured.err
    assert captured.out == ""


def test_fit_with_formula_and_report(table, tmp_path, capsys):
    report = tmp_path / "out.html"
    arguments = ["fit", str(table), "--formula", "y ~ x + C(g)", "--family", "gamma", "--parameters", "mean,shape"]
    assert cli.main([*arguments, "--cov-type", "sandwich", "--report", str(report)]) == 0
    text = capsys.readouterr().out
    assert "C(g)[T.b]" in text
    assert "sandwich" in text
    assert "<html" in report.read_text(encoding="utf-8")


def test_fit_of_a_column_with_a_fixed_parameter(table, capsys):
    assert cli.main(["fit", str(table), "--column", "y", "--family", "gamma", "--fix", "shape=2"]) == 0
    assert "Gamma(shape=2)" in capsys.readouterr().out


def test_fit_of_a_family_that_is_not_regular_says_why_there_are_no_errors(table, capsys):
    assert cli.main(["fit", str(table), "--column", "y", "--family", "uniform"]) == 0
    assert "support of Uniform moves with low and high" in capsys.readouterr().out


def test_fit_with_designs_weights_and_known_columns(tmp_path, capsys):
    rng = np.random.default_rng(3)
    frame = pd.DataFrame({"x": rng.normal(size=60), "z": rng.normal(size=60), "w": rng.integers(1, 4, 60)})
    frame["m"] = rng.integers(2, 9, 60)
    frame["k"] = rng.binomial(frame["m"], 0.4)
    frame["t"] = rng.gamma(2.0, np.exp(frame["x"]))
    path = tmp_path / "data.csv"
    frame.to_csv(path, index=False)
    gamma = ["fit", str(path), "--formula", "t ~ x", "--formula-of", "shape=~ z", "--family", "gamma"]
    assert cli.main([*gamma, "--with", "freq_weights=w"]) == 0
    text = capsys.readouterr().out
    assert "shape:z" in text
    assert re.search(rf"No\. Observations:\s+{frame['w'].sum()}\b", text)
    assert cli.main([*gamma, "--with", "prob_weights=w"]) == 0
    text = capsys.readouterr().out
    assert "Sampling weights make a pseudo-likelihood" in text
    assert "Cramer-Rao" not in text
    for which in (["--formula", "k ~ x"], ["--column", "k"]):
        assert cli.main(["fit", str(path), *which, "--family", "binomial", "--with", "trials=m"]) == 0
        assert "Cramer-Rao bounds" in capsys.readouterr().out


def test_study_is_reproducible(tmp_path, capsys):
    arguments = ["study", "gamma", "shape=2", "scale=3", "--sizes", "20,50", "--replications", "200", "--seed", "3"]
    assert cli.main([*arguments, "--report", str(tmp_path / "study.md")]) == 0
    first = capsys.readouterr().out
    assert cli.main(arguments) == 0
    assert first.startswith(capsys.readouterr().out.rstrip())
    assert (tmp_path / "study.md").exists()


def test_derive(capsys):
    assert cli.main(["derive", "gamma"]) == 0
    assert "trigamma(shape)" in capsys.readouterr().out
    assert cli.main(["derive", "gamma", "--parameters", "mean,shape", "--fix", "shape=2"]) == 0
    text = capsys.readouterr().out
    assert "mean" in text
    assert "scale" not in text


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
        (["fit", "{table}", "--column", "y", "--family", "gamma", "--with", "event=x"], "no argument 'event'"),
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
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(arguments, message, table, capsys):
    filled = [argument.format(table=table, folder=table.parent) for argument in arguments]
    assert cli.main(filled) == 2
    captured = capsys.readouterr()
    assert message in captured.err
    assert captured.err.count("\n") == 1
    assert captured.out == ""


def test_a_fit_without_maximum_warns(tmp_path, capsys):
    path = tmp_path / "zeros.csv"
    pd.DataFrame({"y": [0, 0, 0, 0]}).to_csv(path, index=False)
    assert cli.main(["fit", str(path), "--column", "y", "--family", "bernoulli"]) == 0
    captured = capsys.readouterr()
    assert "probability runs to 0" in captured.err
    assert re.search(r"Certified:\s+NO", captured.out)


def test_a_reader_that_stops_reading_gets_no_traceback(table):
    command = [sys.executable, "-m", "likelihood_kit.cli", "fit", str(table), "--column", "y", "--family", "gamma"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    process.stdout.close()
    assert b"Traceback" not in process.stderr.read()
    process.stderr.close()
    process.wait()
