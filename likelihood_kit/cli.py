"""The command line: demo, fit, study, derive."""

from __future__ import annotations

import argparse
import os
import sys
import time
import warnings
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import pandas as pd

from likelihood_kit._numerics.printed import significant
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
from likelihood_kit.families import CATALOGUE, Family, Gamma, find_family
from likelihood_kit.models import LikelihoodModel, LikelihoodResults, strike_durations
from likelihood_kit.reports import check_writable, left_out, sentence
from likelihood_kit.simulation import Study

DEMO_FOLDER = "likelihood-kit-demo"
#: Enough for efficiencies to within about 4 % (twice sqrt(2 / 5000)), in about a second.
DEMO_REPLICATIONS = 5000
SIZES = (20, 50, 100, 200, 500, 1000)


def main(arguments: Sequence[str] | None = None) -> int:
    """Entry point `likelihood-kit`; 0, or 2 where the input was refused."""
    options = _parser().parse_args(arguments)
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always", LikelihoodKitWarning)
            options.run(options)
    except LikelihoodKitError as error:
        print(f"likelihood-kit: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        # The reader (head, a closed pager) has what it wanted; Python must not try to flush the rest at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    for warning in caught:
        if issubclass(warning.category, LikelihoodKitWarning):
            print(f"likelihood-kit: warning: {warning.message}", file=sys.stderr)
    return 0


def _version() -> str:
    try:
        return f"likelihood-kit {version('likelihood_kit')}"
    except PackageNotFoundError:
        return "likelihood-kit, not installed"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="likelihood-kit", description="Maximum likelihood from one formula: fits, bounds and simulation studies."
    )
    parser.add_argument("--version", action="version", version=_version())
    commands = parser.add_subparsers(required=True, metavar="command")

    demo = commands.add_parser("demo", help="fit real data, print the diagnostics, run a study, write the reports")
    demo.add_argument("--output", default=DEMO_FOLDER, metavar="FOLDER", help="where the reports go (%(default)s)")
    demo.set_defaults(run=_demo)

    fit = commands.add_parser("fit", help="fit a family to a column of a CSV file")
    fit.add_argument("data", help="CSV file with a header")
    what = fit.add_mutually_exclusive_group(required=True)
    what.add_argument("--formula", help='such as "y ~ x + C(g)": predictors of the family\'s predicted parameter')
    what.add_argument("--column", help="the response, where nothing predicts it")
    fit.add_argument(
        "--formula-of",
        action="append",
        default=[],
        metavar="PARAMETER=FORMULA",
        help='predictors of another parameter, such as shape="~ z"',
    )
    fit.add_argument(
        "--with",
        dest="columns",
        action="append",
        default=[],
        metavar="NAME=COLUMN",
        help="column of what the family or the model needs besides: trials, event, offset, freq_weights, prob_weights",
    )
    fit.add_argument("--cov-type", help="covariance of the estimates (observed; sandwich under sampling weights)")
    _add_family_options(fit, "--family")
    fit.add_argument("--report", metavar="PATH", help="write a report: .html, .tex or .md")
    fit.set_defaults(run=_fit)

    study = commands.add_parser("study", help="simulate: is the estimator consistent and efficient?")
    _add_family_options(study, "family")
    study.add_argument("truth", nargs="+", metavar="name=value", help="the true parameters")
    study.add_argument("--sizes", default=",".join(map(str, SIZES)), help="sample sizes (%(default)s)")
    study.add_argument("--replications", type=int, default=10_000, help="samples of each size (%(default)s)")
    study.add_argument("--estimators", default="mle", help="such as mle,moments (%(default)s)")
    study.add_argument("--seed", type=int, default=None, help="for a study that can be repeated to the bit")
    study.add_argument("--jobs", type=int, default=1, help="processes (%(default)s)")
    study.add_argument("--report", metavar="PATH", help="write a report: .html, .tex or .md")
    study.set_defaults(run=_study)

    derive = commands.add_parser("derive", help="log density, score, information and sufficient statistics of a family")
    _add_family_options(derive, "family")
    derive.set_defaults(run=_derive)
    return parser


def _add_family_options(parser: argparse.ArgumentParser, name: str) -> None:
    known = ", ".join(sorted(family.lower() for family in CATALOGUE))
    action = parser.add_argument(name, help=f"one of {known}")
    action.required = True
    parser.add_argument("--parameters", help="other coordinates, such as mean,shape")
    parser.add_argument("--fix", action="append", default=[], metavar="name=value", help="hold a parameter fixed")


def _family(options: argparse.Namespace) -> Family:
    parameters = options.parameters.split(",") if options.parameters else None
    fixed: dict[str, Any] = _values(options.fix, "--fix")
    return find_family(options.family)(parameters=parameters, **fixed)


def _values(pairs: Sequence[str], argument: str) -> dict[str, float]:
    values = {}
    for name, value in _pairs(pairs, argument, "name=value, such as shape=2").items():
        try:
            values[name] = float(value)
        except ValueError:
            raise ArgumentError(f"{argument}: {name}={value} is not of the form name=value, such as shape=2") from None
    return values


def _pairs(pairs: Sequence[str], argument: str, form: str) -> dict[str, str]:
    """Texts by name, from texts of the form name=text."""
    found = {}
    for pair in pairs:
        name, equals, text = pair.partition("=")
        if not (equals and name.strip() and text.strip()):
            raise ArgumentError(f"{argument}: {pair!r} is not of the form {form}")
        found[name.strip()] = text.strip()
    return found


def _sizes(text: str) -> tuple[int, ...]:
    try:
        return tuple(int(size) for size in text.split(","))
    except ValueError:
        raise ArgumentError(f"--sizes: {text!r} is not a list of whole numbers such as 20,50,100") from None


def _read(path: str) -> pd.DataFrame:
    try:
        return pd.read_csv(path)
    except (OSError, ValueError) as error:
        raise DataError(f"data: {path} cannot be read as CSV: {error}") from None


def _fit(options: argparse.Namespace) -> None:
    family = _family(options)
    if options.report:
        check_writable(options.report)
    results = _model(options, family, _read(options.data)).fit(cov_type=options.cov_type)
    _print_fit(results)
    if options.report:
        print(f"\nreport: {results.report(options.report)}")


def _model(options: argparse.Namespace, family: Family, data: pd.DataFrame) -> LikelihoodModel:
    formulas = _pairs(options.formula_of, "--formula-of", 'parameter=formula, such as shape="~ z"')
    columns = _pairs(options.columns, "--with", "name=column, such as trials=m")
    if options.formula:
        return LikelihoodModel.from_formula(options.formula, data, family=family, formulas=formulas, **columns)
    if formulas:
        raise ArgumentError("--formula-of goes with --formula, which names the response: --formula 'y ~ 1'")
    for argument, column in {"column": options.column, **columns}.items():
        if column not in data:
            option = "--column" if argument == "column" else f"--with {argument}"
            raise DataError(f"{option}: {options.data} has no column {column!r}: {near_names(column, data)}")
    further = {name: data[column] for name, column in columns.items()}
    return LikelihoodModel(data[options.column], family=family, missing="drop", **further)


def _print_fit(results: LikelihoodResults) -> None:
    print(results.summary())
    why = left_out(results)
    if why:
        print(f"\n{sentence(why)}")
        return
    try:
        print(f"\n{results.information_audit()}")
        bounds = results.cramer_rao()
    except (NotAvailableError, ParameterError) as error:
        print(f"\n{sentence(error)}")
    else:
        print(f"\nCramer-Rao bounds at the estimate\n{bounds.to_string(float_format=significant)}")


def _study(options: argparse.Namespace) -> None:
    family = _family(options)
    study = Study(
        family,
        truth=_values(options.truth, "truth"),
        sizes=_sizes(options.sizes),
        replications=options.replications,
        estimators=tuple(options.estimators.split(",")),
        seed=options.seed,
    )
    if options.report:
        check_writable(options.report)
    result = study.run(n_jobs=options.jobs, progress=sys.stderr.isatty())
    print(result.summary())
    if options.report:
        print(f"\nreport: {result.report(options.report)}")


def _derive(options: argparse.Namespace) -> None:
    print(_family(options).derivation())


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


if __name__ == "__main__":
    sys.exit(main())
