import os
import sys

import pandas as pd
import pytest

from likelihood_kit import cli

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


def test_columns_of_one_name_are_refused(tmp_path, capsys):
    (tmp_path / "data.csv").write_text("y,y\n1,2\n3,4\n")
    assert cli.main(["fit", str(tmp_path / "data.csv"), "--column", "y", "--family", "gamma"]) == 2
    assert "two columns named 'y'" in capsys.readouterr().err


@pytest.mark.parametrize("which", [["--column", "y"], ["--formula", "y ~ x"]])
@pytest.mark.parametrize("argument", ["missing", "family", "data", "eval_env", "endog", "exog", "given", "trails"])
def test_a_column_of_what_is_no_column_was_a_traceback(which, argument, table, capsys):
    arguments = ["fit", str(table), *which, "--family", "binomial", "--with", "trials=x", "--with", f"{argument}=x"]
    assert cli.main(arguments) == 2
    assert f"--with {argument}: Binomial() takes no column '{argument}': " in capsys.readouterr().err
