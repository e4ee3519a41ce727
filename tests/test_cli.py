import builtins
import configparser
import os
import re
import runpy
import shlex
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from likelihood_kit import cli
from likelihood_kit.cli import options
from likelihood_kit.simulation import INFINITE, MARGIN, MCSE

#: The script beside the package, which an earlier installation may lack.
COMMAND = runpy.run_path(str(Path(__file__).parents[1] / "likelihood_kit_command.py"))


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


WRITTEN = {
    "half of Europe": ({"sep": ";", "decimal": ","}, ["--sep", ";", "--decimal", ","]),
    "semicolons": ({"sep": ";"}, ["--sep", ";"]),
    "tabs": ({"sep": "\t"}, ["--sep", "tab"]),
    "bars": ({"sep": "|"}, ["--sep", "|"]),
}


@pytest.mark.parametrize(("how", "said"), WRITTEN.values(), ids=WRITTEN)
@pytest.mark.parametrize("which", [["--column", "y"], ["--formula", "y ~ x"]])
def test_files_with_other_separators_had_no_column(how, said, which, table, capsys):
    asked = ["fit", str(table), *which, "--family", "gamma"]
    assert cli.main(asked) == 0
    expected = capsys.readouterr().out
    pd.read_csv(table).to_csv(table, index=False, **how)
    assert cli.main(asked) == 2
    told = capsys.readouterr().err
    assert f"add {' '.join(said[:2])}".replace("|", "'|'").replace(";", "';'") in told
    assert "--decimal ," in told
    assert cli.main([*asked, *said]) == 0
    assert capsys.readouterr().out == expected
    if "decimal" in how:
        assert cli.main([*asked, *said[:2]]) == 2
        assert "column 'y' of" in (told := capsys.readouterr().err)
        assert "add --decimal ," in told


@pytest.mark.parametrize("named", [False, True])
def test_a_pipe_was_read_twice_and_empty_the_second_time(named, table, capsys, monkeypatch):
    """ "No columns to parse from file", since its separator was looked at first."""

    def piped(text, *further):
        read, write = os.pipe()
        os.write(write, text.encode())
        os.close(write)
        with open(read, encoding="utf-8") as stream:
            monkeypatch.setattr(sys, "stdin", stream)
            status = cli.main(["fit", f"/dev/fd/{read}" if named else "-", *further, "--family", "gamma"])
        told = capsys.readouterr()
        return status, told.out, told.err

    assert cli.main(["fit", str(table), "--formula", "y ~ x", "--family", "gamma"]) == 0
    expected = capsys.readouterr().out
    assert piped(table.read_text(), "--formula", "y ~ x") == (0, expected, "")
    for text, column, words in (
        ("y;x\n1;2\n", "y", "add --sep ';'"),
        (table.read_text(), "q", "has no column 'q'"),
        ("", "y", "cannot be read as CSV"),
    ):
        status, _, told = piped(text, "--column", column)
        assert status == 2
        assert words in told
        assert ("standard input" in told) is not named


def test_words_that_look_like_numbers_and_one_column_of_an_odd_name(tmp_path, capsys):
    path = tmp_path / "data.csv"
    path.write_text("a;b\n1\n2\n4\n")
    assert cli.main(["fit", str(path), "--column", "a;b", "--family", "gamma", "--sep", ","]) == 0
    path.write_text("y;g\n1;1,5\n2;2,5\n4;1,5\n3;2,5\n5;1,5\n2.5;2,5\n")
    asked = ["fit", str(path), "--formula", "y ~ g", "--family", "gamma", "--sep", ";"]
    assert cli.main(asked) == 2
    capsys.readouterr()
    assert cli.main([*asked, "--decimal", "."]) == 0
    assert "g[T.2,5]" in capsys.readouterr().out
    for odd in (["--sep", "ab"], ["--sep", "7"], ["--sep", ""], ["--sep", ",", "--decimal", ","], ["--decimal", ","]):
        assert cli.main([*asked[:-2], *odd]) == 2
        assert "--sep" in capsys.readouterr().err


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


def test_a_suggestion_is_never_the_opposite_of_what_was_meant(table, capsys):
    assert cli.main(["fit", str(table), "--column", "y", "--family", "cens-weibull"]) == 2
    assert "did you mean" not in capsys.readouterr().err


def test_columns_of_one_name_are_refused(tmp_path, capsys):
    (tmp_path / "data.csv").write_text("y,y\n1,2\n3,4\n")
    assert cli.main(["fit", str(tmp_path / "data.csv"), "--column", "y", "--family", "gamma"]) == 2
    assert "two columns named 'y'" in capsys.readouterr().err


def test_control_c_is_one_line_and_status_130(capsys, monkeypatch):
    def interrupted(options):
        raise KeyboardInterrupt

    monkeypatch.setitem(cli.COMMANDS, "derive", interrupted)
    assert cli.main(["derive", "gamma"]) == 130
    assert capsys.readouterr().err == "likelihood-kit: interrupted\n"


def test_control_c_while_the_kit_is_imported_was_a_traceback(capsys, monkeypatch):
    imported = builtins.__import__

    def interrupted(name, *others):
        if name == "likelihood_kit":
            raise KeyboardInterrupt
        return imported(name, *others)

    monkeypatch.setattr(builtins, "__import__", interrupted)
    assert COMMAND["main"]() == 130
    assert capsys.readouterr().err == "likelihood-kit: interrupted\n"


def test_the_command_starts_what_the_package_holds(capsys, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["likelihood-kit", "derive", "gamma"])
    assert COMMAND["main"]() == 0
    assert "Gamma" in capsys.readouterr().out
    written = configparser.ConfigParser()
    written.read(Path(__file__).parents[1] / "setup.cfg")
    assert written["options.entry_points"]["console_scripts"].strip() == "likelihood-kit = likelihood_kit_command:main"
    assert written["options"]["py_modules"] == "likelihood_kit_command"


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


def test_an_option_must_be_written_out(table, capsys):
    with pytest.raises(SystemExit):
        cli.main(["fit", str(table), "--column", "y", "--family", "gamma", "--cov", "sandwich"])
    assert "unrecognized arguments: --cov" in capsys.readouterr().err


@pytest.mark.parametrize("which", [["--column", "y"], ["--formula", "y ~ x"]])
@pytest.mark.parametrize("argument", ["missing", "family", "data", "eval_env", "endog", "exog", "given", "trails"])
def test_a_column_of_what_is_no_column_was_a_traceback(which, argument, table, capsys):
    arguments = ["fit", str(table), *which, "--family", "binomial", "--with", "trials=x", "--with", f"{argument}=x"]
    assert cli.main(arguments) == 2
    assert f"--with {argument}: Binomial() takes no column '{argument}': " in capsys.readouterr().err


def test_what_a_family_needs_is_said_as_the_shell_has_it(table, capsys):
    assert cli.main(["fit", str(table), "--column", "y", "--family", "censored-weibull"]) == 2
    assert "needs event of each row: write --with event=COLUMN" in capsys.readouterr().err


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="a device of Linux")
@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("derive gamma > /dev/full", "the output cannot be written: No space left on device"),
        ("derive gamma >&-", "the output cannot be written: it is closed"),
    ],
)
def test_an_output_that_cannot_be_written_was_a_traceback(command, words):
    done = subprocess.run(
        f"{shlex.quote(sys.executable)} -m likelihood_kit.cli {command}", shell=True, stderr=subprocess.PIPE, text=True
    )
    assert (done.returncode, done.stderr) == (2, f"likelihood-kit: {words}\n")
