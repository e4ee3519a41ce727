import builtins
import configparser
import os
import runpy
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from likelihood_kit import cli

#: The script beside the package, which an earlier installation may lack.
COMMAND = runpy.run_path(str(Path(__file__).parents[2] / "likelihood_kit_command.py"))


def test_a_reader_that_stops_reading_gets_no_traceback(table):
    command = [sys.executable, "-m", "likelihood_kit.cli", "fit", str(table), "--column", "y", "--family", "gamma"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    process.stdout.close()
    assert b"Traceback" not in process.stderr.read()
    process.stderr.close()
    process.wait()


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
    written.read(Path(__file__).parents[2] / "setup.cfg")
    assert written["options.entry_points"]["console_scripts"].strip() == "likelihood-kit = likelihood_kit_command:main"
    assert written["options"]["py_modules"] == "likelihood_kit_command"


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
