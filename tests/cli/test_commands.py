import re
import shlex

import numpy as np
import pandas as pd
import pytest

from likelihood_kit import cli
from likelihood_kit.cli import options
from likelihood_kit.simulation import INFINITE, MARGIN, MCSE


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


def test_what_is_not_said_is_as_in_python():
    """The same study, whichever way it is asked for."""
    said = options.parser().parse_args(["study", "gamma", "shape=2", "scale=3"])
    assert (said.margin, said.mcse, said.infinite.replace("-", " ")) == (MARGIN, MCSE[0], INFINITE[0])
    assert said.checkpoint is None


def test_policies_of_a_study(tmp_path, capsys):
    """They could not be said in the shell."""
    study = ["study", "binomial", "probability=0.2", "--fix", "trials=2", "--sizes", "5,20", "--replications", "400"]
    study += ["--seed", "1"]
    assert cli.main([*study, "--margin", "0.5", "--report", str(tmp_path / "a.md")]) == 0
    wide = capsys.readouterr().out
    assert "within 50 % of the bound" in wide
    assert "ithin 50\u00a0% of the bound" in (tmp_path / "a.md").read_text("utf-8").replace("50 %", "50\u00a0%")
    assert cli.main([*study, "--mcse", "normal", "--margin", "0.5", "--report", str(tmp_path / "b.md")]) == 0
    assert capsys.readouterr().out != wide
    assert "Kenney" in (tmp_path / "a.md").read_text("utf-8")
    assert "Kenney" not in (tmp_path / "b.md").read_text("utf-8")
    assert cli.main([*study, "--infinite", "kept", "--report", str(tmp_path / "c.md")]) == 0
    assert "kept in bias" in (tmp_path / "c.md").read_text("utf-8")
    assert "left out of bias" in (tmp_path / "a.md").read_text("utf-8")


def test_a_study_goes_on_from_its_checkpoint(tmp_path, capsys):
    study = ["study", "gamma", "shape=2", "scale=3", "--sizes", "5", "--replications", "50", "--seed", "1"]
    study += ["--checkpoint", str(tmp_path / "kept")]
    assert cli.main(study) == 0
    first = capsys.readouterr().out
    assert len(list((tmp_path / "kept").glob("*.npz"))) == 1
    assert cli.main(study) == 0
    assert capsys.readouterr().out == first
    assert cli.main([*study[:-4], "--seed", "2", *study[-2:]]) == 2
    assert "seed is 1 there, 2 here" in capsys.readouterr().err


def test_derive(capsys):
    assert cli.main(["derive", "gamma"]) == 0
    assert "trigamma(shape)" in capsys.readouterr().out
    assert cli.main(["derive", "gamma", "--parameters", "mean,shape", "--fix", "shape=2"]) == 0
    text = capsys.readouterr().out
    assert "mean" in text
    assert "scale" not in text


def test_what_is_printed_of_a_fit_keeps_to_80_columns(table, tmp_path, capsys):
    """The audit was a table of 130 columns, with a verdict on one line."""
    data = pd.read_csv(table)
    data["seen"], data["wrong"] = (data["y"] < 5).astype(int), data["y"] ** 3
    data.to_csv(table, index=False)
    for asked in (
        ["--formula", "y ~ x + C(g)", "--family", "gamma"],
        ["--column", "wrong", "--family", "exponential"],
        ["--column", "y", "--family", "censored-weibull", "--with", "event=seen"],
    ):
        assert cli.main(["fit", str(table), *asked]) == 0
        text = capsys.readouterr().out
        assert "Information audit" in text
        assert max(map(len, text.splitlines())) <= 80
        if "exponential" in asked:
            assert "Prefer --cov-type sandwich" in " ".join(text.split())
        if "censored-weibull" in asked:
            assert "write --with limit=COLUMN" in " ".join(text.split())


def test_a_fit_without_maximum_warns(tmp_path, capsys):
    path = tmp_path / "zeros.csv"
    pd.DataFrame({"y": [0, 0, 0, 0]}).to_csv(path, index=False)
    assert cli.main(["fit", str(path), "--column", "y", "--family", "bernoulli"]) == 0
    captured = capsys.readouterr()
    assert "probability runs to 0" in captured.err
    assert re.search(r"Certified:\s+NO", captured.out)


def test_a_formula_from_the_shell_runs_no_code(table, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code = "__import__('pathlib').Path('made').touch()"
    for arguments in (
        ["--formula", f"y ~ {code}"],
        ["--formula", f"{code} ~ x"],
        ["--formula", f"y ~ I({code})"],
        ["--formula", "y ~ x", "--formula-of", f"shape=~ {code}"],
    ):
        assert cli.main(["fit", str(table), "--family", "gamma", *arguments]) == 2
    assert not (tmp_path / "made").exists()
    assert "Traceback" not in capsys.readouterr().err


def test_a_formula_sees_none_of_the_names_of_the_program(table, capsys):
    for name in ("options", "pd", "sys", "family", "data"):
        assert cli.main(["fit", str(table), "--family", "gamma", "--formula", f"y ~ {name}"]) == 2
        assert f"no column '{name}'" in capsys.readouterr().err


def test_censored_and_truncated_families(tmp_path, capsys):
    rng = np.random.default_rng(2)
    time, end = 3 * rng.weibull(2.0, 80), rng.uniform(1, 8, 80)
    frame = pd.DataFrame({"t": np.minimum(time, end), "died": (time <= end).astype(int), "k": rng.poisson(2, 80) + 1})
    frame.to_csv(tmp_path / "data.csv", index=False)
    path = str(tmp_path / "data.csv")
    assert cli.main(["fit", path, "--formula", "t ~ 1", "--family", "censored-weibull", "--with", "event=died"]) == 0
    assert "censored(Weibull())" in capsys.readouterr().out
    assert cli.main(["fit", path, "--column", "k", "--family", "truncated-poisson", "--fix", "low=1"]) == 0
    assert "truncated(Poisson(), low=1)" in capsys.readouterr().out
    study = ["study", "censored-weibull", "shape=2", "scale=3", "--sizes", "20,50", "--replications", "50"]
    assert cli.main([*study, "--fix", "limit=4", "--seed", "1"]) == 0


@pytest.mark.parametrize("command", [[], ["demo"], ["fit"], ["study"], ["derive"]])
def test_help_has_examples_that_can_be_parsed(command, capsys):
    with pytest.raises(SystemExit) as caught:
        cli.main([*command, "--help"])
    assert caught.value.code == 0
    text = capsys.readouterr().out
    examples = [line.strip() for line in text.partition("examples:\n")[2].splitlines()]
    assert examples
    for line in examples:
        options.parser().parse_args(shlex.split(line)[1:])
        assert len(line) <= 100


def test_help_lists_the_choices(capsys):
    with pytest.raises(SystemExit):
        cli.main(["fit", "--help"])
    text = " ".join(capsys.readouterr().out.split())
    for choice in ("outer_product", "sandwich", "generalizedextremevalue", "censored-", "prob_weights", "standardize"):
        assert choice in text
