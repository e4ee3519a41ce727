"""A sweep of nonsense over the options of the command line: status 2 and no work done, or what the option may be."""

import pytest
from nonsense import TEXTS

from likelihood_kit import cli

#: What a shell can hand over.
WORDS = {name: word for name, word in TEXTS.items() if isinstance(word, str) and "\0" not in word} | {
    **{word: word for word in ("-1", "0", "1.5", "nan", "inf", "1e308", "None", "True", "[]", "{}", "()", "=", "a=")},
    **{word: word for word in ("a=b", "=1", "shape=", "shape==2", "a=1=2", ",", "1,,2", "1,2,", ", ", "..", "/", "~")},
    **{word: word for word in ("y ~", "~ x", "y ~ x ~ z", "y + ", "__import__('os')", "1; 2", "$(ls)", "a b", "\t")},
    **{word: word for word in ("10" * 200, "0x10", "1_000", "½", "∞", "−1", "mle,mle", "mle,", "Moments", "--")},
}
FIT = ["fit", "{table}", "--column", "y", "--family", "gamma"]
STUDY = ["study", "exponential", "scale=3", "--sizes", "5", "--replications", "5", "--seed", "1"]
# what the word follows, and which words mean something there
PLACES = {
    "data": (["fit", "{word}", "--column", "y", "--family", "gamma"], set()),
    "column": (["fit", "{table}", "--column", "{word}", "--family", "gamma"], set()),
    "formula": (["fit", "{table}", "--formula", "{word}", "--family", "gamma"], set()),
    "formula of": ([*FIT, "--formula-of", "{word}"], set()),
    "with": ([*FIT, "--with", "{word}"], set()),
    "covariance": ([*FIT, "--cov-type", "{word}"], set()),
    "separator": ([*FIT, "--sep", "{word}"], {","}),
    "decimal": ([*FIT, "--decimal", "{word}"], set()),
    "groups": ([*FIT, "--cov-type", "cluster", "--groups", "{word}"], set()),
    "report": ([*FIT, "--report", "{word}"], set()),
    "family": (["fit", "{table}", "--column", "y", "--family", "{word}"], set()),
    "parameters": ([*FIT, "--parameters", "{word}"], set()),
    "fix": ([*FIT, "--fix", "{word}"], set()),
    "truth": (["study", "exponential", "{word}", "--sizes", "5", "--replications", "5"], set()),
    "sizes": ([*STUDY, "--sizes", "{word}"], {"digit", "1_000"}),
    "replications": ([*STUDY, "--replications", "{word}"], {"digit", "1_000"}),
    "estimators": ([*STUDY, "--estimators", "{word}"], set()),
    "seed": ([*STUDY, "--seed", "{word}"], {"digit", "0", "1_000", "10" * 200}),
    "jobs": ([*STUDY, "--jobs", "{word}"], {"digit", "-1", "1_000", "10" * 200}),
    "margin": ([*STUDY, "--margin", "{word}"], set()),
    "mcse": ([*STUDY, "--mcse", "{word}"], set()),
    "infinite": ([*STUDY, "--infinite", "{word}"], set()),
    "derived": (["derive", "{word}"], set()),
    "command": (["{word}"], set()),
}


@pytest.fixture
def table(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "table.csv"
    path.write_text("y,x\n1,2\n2,3\n4,1\n3,5\n")
    return path


@pytest.mark.parametrize(("arguments", "allowed"), PLACES.values(), ids=PLACES)
def test_nonsense_is_refused(arguments, allowed, table, capsys):
    foreign, silent = {}, set()
    for name, word in WORDS.items():
        filled = [argument.replace("{table}", str(table)).replace("{word}", word) for argument in arguments]
        try:
            status = cli.main(filled)
        except SystemExit as error:  # of argparse
            status = error.code
        except Exception as error:
            foreign[name] = f"{type(error).__name__}: {error}"
            continue
        printed = capsys.readouterr()
        if status == 0:
            silent.add(name)
        elif status != 2 or "Traceback" in printed.err or not printed.err.strip() or printed.out:
            foreign[name] = f"status {status}: {printed.err}"
    assert foreign == {}
    assert silent == allowed


def test_the_sweep_is_large():
    assert len(WORDS) * len(PLACES) > 1000
