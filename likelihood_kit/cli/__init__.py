"""The command line: demo, fit, study, derive."""

from __future__ import annotations

import argparse
import os
import sys
import time
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path

import pandas as pd

from likelihood_kit._numerics.printed import significant
from likelihood_kit.cli import table
from likelihood_kit.cli.options import SIZES, family_of, pairs_of, parser, sizes_of, values_of
from likelihood_kit.cli.shell_words import audit_in_lines, folded, in_shell
from likelihood_kit.errors import (
    ArgumentError,
    DataError,
    LikelihoodKitError,
    LikelihoodKitWarning,
    NotAvailableError,
    OutputError,
    ParameterError,
    near_names,
)
from likelihood_kit.families import Family, Gamma
from likelihood_kit.models import (
    NAMES,
    LikelihoodModel,
    LikelihoodResults,
    argument_hint,
    check_formula,
    column_hint,
    strike_durations,
)
from likelihood_kit.reports import check_writable, left_out, sentence
from likelihood_kit.simulation import Study, check_margin, unfixed

#: Enough for efficiencies to within about 4 % (twice sqrt(2 / 5000)), in about a second.
DEMO_REPLICATIONS = 5000
#: Exit status after Ctrl-C: 128 and the number of the signal, as shells have it.
INTERRUPTED = 130
#: What `--with` gives a model of any family.
COLUMNS_OF_ROWS = ("offset", "freq_weights", "prob_weights")


def main(arguments: Sequence[str] | None = None) -> int:
    """Entry point `likelihood-kit`; 0, 2 where input or output was refused, or 130 where Ctrl-C stopped it."""
    if sys.stdout is None:
        _complain("the output cannot be written: it is closed")
        return 2
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always", LikelihoodKitWarning)
            try:
                options = parser().parse_args(arguments)
                COMMANDS[options.command](options)
            finally:
                sys.stdout.flush()
    except LikelihoodKitError as error:
        _complain(error)
        return 2
    except OSError as error:
        if error.filename is not None:
            raise
        # Python must not try to write the rest at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if isinstance(error, BrokenPipeError):
            return 0  # the reader (head, a closed pager) has what it wanted
        _complain(f"the output cannot be written: {error.strerror or error}")
        return 2
    except KeyboardInterrupt:
        print("likelihood-kit: interrupted", file=sys.stderr)
        return INTERRUPTED
    for warning in caught:
        if issubclass(warning.category, LikelihoodKitWarning):
            _complain(f"warning: {warning.message}")
    return 0


def _complain(words: object) -> None:
    """One line to the shell, whatever letters a name in it has."""
    line = f"likelihood-kit: {in_shell(words)}"
    print(line.encode("utf-8", "backslashreplace").decode("utf-8"), file=sys.stderr)


def _fit(options: argparse.Namespace) -> None:
    family = family_of(options)
    if options.report is not None:
        check_writable(options.report)
    data = table.read(options.data, remote=options.remote, sep=options.sep, decimal=options.decimal)
    model = _model(options, family, data)
    groups = None if options.groups is None else {"groups": data[options.groups]}
    results = model.fit(cov_type=options.cov_type, cov_kwds=groups)
    _print_fit(results)
    if options.report is not None:
        print(f"\nreport: {results.report(options.report)}")


def _model(options: argparse.Namespace, family: Family, data: pd.DataFrame) -> LikelihoodModel:
    formulas = pairs_of(options.formula_of, "--formula-of", 'parameter=formula, such as shape="~ z"')
    columns = pairs_of(options.columns, "--with", "name=column, such as trials=m")
    _check_columns(options, family, data, columns)
    if options.formula is not None:
        check_formula(options.formula, data.columns, "--formula")
        for name, formula in formulas.items():
            check_formula(formula, data.columns, f"--formula-of {name}")
        return LikelihoodModel.from_formula(
            options.formula, data, family=family, formulas=formulas, eval_env=NAMES, **columns
        )
    if formulas:
        raise ArgumentError("--formula-of goes with --formula, which names the response: --formula 'y ~ 1'")
    further = {name: data[column] for name, column in columns.items()}
    return LikelihoodModel(data[options.column], family=family, missing="drop", **further)


def _check_columns(options: argparse.Namespace, family: Family, data: pd.DataFrame, columns: dict[str, str]) -> None:
    """Refuse columns that the family does not take, and those that the file does not have."""
    data_names = (*family.law.observed, *family.law.known)
    for name in columns:
        if name not in (*data_names, *COLUMNS_OF_ROWS):
            known = (*(name for name in data_names if name not in family.fixed), *COLUMNS_OF_ROWS)
            instead = argument_hint(name, family) or near_names(name, known)
            raise ArgumentError(f"--with {name}: {family!r} takes no column {name!r}: {instead}")
    named = {"--column": options.column} if options.formula is None else {}
    if options.groups is not None:
        named["--groups"] = options.groups
    for option, column in {**named, **{f"--with {name}": column for name, column in columns.items()}}.items():
        if column not in data:
            raise DataError(
                f"{option}: {table.called(options.data)} has no column {column!r}: {column_hint(column, data)}"
            )


def _print_fit(results: LikelihoodResults) -> None:
    print(results.summary())
    why = left_out(results)
    if why:
        print(f"\n{folded(sentence(why))}")
        return
    try:
        print(f"\n{audit_in_lines(results.information_audit())}")
        bounds = results.cramer_rao()
    except (NotAvailableError, ParameterError) as error:
        print(f"\n{sentence(folded(error))}")
    else:
        print(f"\nCramer-Rao bounds at the estimate\n{bounds.to_string(float_format=significant)}")


def _study(options: argparse.Namespace) -> None:
    family = family_of(options)
    needed = unfixed(family)
    if needed:
        values = " ".join(f"--fix {name}=10" for name in needed)
        raise ParameterError(f"{family!r}: a study needs {' and '.join(needed)}: give it, such as {values}")
    study = Study(
        family,
        truth=values_of(options.truth, "truth"),
        sizes=sizes_of(options.sizes),
        replications=options.replications,
        estimators=tuple(options.estimators.split(",")),
        seed=options.seed,
        mcse=options.mcse,
        infinite=options.infinite.replace("-", " "),
    )
    check_margin(options.margin, "--margin")
    if options.report is not None:
        check_writable(options.report)
    result = study.run(n_jobs=options.jobs, progress=sys.stderr.isatty(), checkpoint=options.checkpoint)
    print(result.summary(options.margin))
    if options.report is not None:
        print(f"\nreport: {result.report(options.report, margin=options.margin)}")


def _derive(options: argparse.Namespace) -> None:
    print(family_of(options).derivation())


def _made(folder: str) -> Path:
    path = Path(folder)
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"--output: the folder {folder} cannot be made: {error}") from None
    return path


def _demo(options: argparse.Namespace) -> None:
    begin = time.perf_counter()
    folder = _made(options.output)
    paths = {kind: [folder / f"{kind}{suffix}" for suffix in (".html", ".tex", ".md")] for kind in ("fit", "study")}
    for path in (path for group in paths.values() for path in group):
        check_writable(path)
    durations = strike_durations()
    print(f"Durations of {len(durations)} strikes in US manufacturing (Kennan 1985), in days: a Gamma law.\n")
    results = LikelihoodModel(durations, family=Gamma()).fit()
    _print_fit(results)
    truth = results.params.to_dict()
    print(f"\nA study at the fitted truth, {DEMO_REPLICATIONS} samples of each size\n")
    study = Study(
        Gamma(), truth=truth, sizes=SIZES, replications=DEMO_REPLICATIONS, estimators=("mle", "moments"), seed=1985
    )
    result = study.run(progress=sys.stderr.isatty())
    print(result.summary())
    for path in paths["fit"]:
        results.report(path)
    for path in paths["study"]:
        result.report(path)
    seconds = time.perf_counter() - begin
    print(f"\nReports in {folder.resolve()} (fit and study, each .html, .tex, .md); {seconds:.1f} s")


COMMANDS: dict[str, Callable[[argparse.Namespace], None]] = {
    "demo": _demo,
    "fit": _fit,
    "study": _study,
    "derive": _derive,
}
