"""Options of the command line: what may be typed, with examples, and what is made of it."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from likelihood_kit.errors import ArgumentError
from likelihood_kit.families import CATALOGUE, Family, censored, find_family, truncated
from likelihood_kit.models import COVARIANCES, functions
from likelihood_kit.simulation import INFINITE, MARGIN, MCSE

DEMO_FOLDER = "likelihood-kit-demo"
SIZES = (20, 50, 100, 200, 500, 1000)
#: What may stand before the name of a family, and what `--fix` gives the composition itself.
COMPOSITIONS: dict[str, tuple[Callable[..., Family], tuple[str, ...]]] = {
    "censored": (censored, ("limit",)),
    "truncated": (truncated, ("low", "high")),
}
EXAMPLES = {
    "": (
        "likelihood-kit demo",
        'likelihood-kit fit data.csv --formula "y ~ x" --family gamma --report fit.html',
        "likelihood-kit study gamma shape=2 scale=3 --sizes 20,50,100",
        "likelihood-kit derive weibull",
    ),
    "demo": ("likelihood-kit demo --output reports",),
    "fit": (
        "likelihood-kit fit data.csv --column y --family gamma",
        'likelihood-kit fit data.csv --formula "y ~ x + C(g)" --family gamma --formula-of "shape=~ z"',
        "likelihood-kit fit data.csv --column dead --family binomial --with trials=m",
        'likelihood-kit fit data.csv --formula "days ~ x" --family censored-weibull --with event=died',
        'likelihood-kit fit data.csv --formula "k ~ x" --family truncated-poisson --fix low=1',
        'likelihood-kit fit data.csv --formula "y ~ x" --family gamma --cov-type cluster --groups school',
        "likelihood-kit fit data.csv --sep ';' --decimal , --column y --family gamma",
        "likelihood-kit fit - --column y --family gamma",
    ),
    "study": (
        "likelihood-kit study gamma shape=2 scale=3 --estimators mle,moments --report study.html",
        "likelihood-kit study binomial probability=0.3 --fix trials=10 --sizes 20,50 --replications 2000",
        "likelihood-kit study censored-weibull shape=2 scale=3 --fix limit=4 --seed 1",
        "likelihood-kit study gamma shape=2 scale=3 --margin 0.1 --mcse normal --checkpoint kept --seed 1",
    ),
    "derive": ("likelihood-kit derive gamma", "likelihood-kit derive gamma --parameters mean,shape --fix shape=2"),
}


def _version() -> str:
    try:
        return f"likelihood-kit {version('likelihood_kit')}"
    except PackageNotFoundError:
        return "likelihood-kit, not installed"


def parser() -> argparse.ArgumentParser:
    """Parser of all commands; `command` of its result is the name of one."""
    description = "Maximum likelihood from one formula: fits, bounds and simulation studies."
    made = _command(argparse.ArgumentParser, "", prog="likelihood-kit", description=description)
    made.add_argument("--version", action="version", version=_version())
    commands = made.add_subparsers(required=True, metavar="command")
    _add_demo(commands)
    _add_fit(commands)
    _add_study(commands)
    text = "log density, score, information and sufficient statistics of a family"
    derive = _command(commands.add_parser, "derive", help=text, description=text)
    _add_family_options(derive, "family")
    derive.set_defaults(command="derive")
    return made


def _command(make: Callable[..., argparse.ArgumentParser], name: str, **texts: str) -> argparse.ArgumentParser:
    """Parser of a command, with its examples below its options; an option must be written out."""
    lines = "\n".join(f"  {line}" for line in EXAMPLES[name])
    settings: dict[str, Any] = {"formatter_class": argparse.RawDescriptionHelpFormatter, "allow_abbrev": False}
    return make(*([name] if name else []), epilog=f"examples:\n{lines}", **settings, **texts)


def _add_demo(commands: Any) -> None:
    text = "fit real data, print the diagnostics, run a study, write the reports"
    demo = _command(commands.add_parser, "demo", help=text, description=text)
    demo.add_argument("--output", default=DEMO_FOLDER, metavar="FOLDER", help="where the reports go (%(default)s)")
    demo.set_defaults(command="demo")


def _add_fit(commands: Any) -> None:
    text = "fit a family to a column of a CSV file"
    fit = _command(commands.add_parser, "fit", help=text, description=text)
    fit.add_argument("data", help="CSV file with a header; - is standard input")
    fit.add_argument("--remote", action="store_true", help="let data be an address (https://..., s3://...)")
    fit.add_argument("--sep", metavar="CHARACTER", help="what separates columns: ';', tab (a comma)")
    fit.add_argument("--decimal", choices=(".", ","), help="what stands before decimals (a point)")
    what = fit.add_mutually_exclusive_group(required=True)
    words = ", ".join(name for name in functions() if not name.startswith("np."))
    what.add_argument(
        "--formula",
        help='such as "y ~ x + C(g)": predictors of the family\'s predicted parameter, of columns, numbers, operators, '
        f"and the functions {words}",
    )
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
        help="column of what the family or the model needs besides: trials (binomial), event, limit (censored), "
        "offset, freq_weights, prob_weights",
    )
    fit.add_argument(
        "--cov-type",
        metavar="NAME",
        help=f"covariance of the estimates, one of {', '.join(COVARIANCES)} "
        "(observed; sandwich under sampling weights)",
    )
    fit.add_argument("--groups", metavar="COLUMN", help="the clusters, with --cov-type cluster")
    _add_family_options(fit, "--family")
    fit.add_argument("--report", metavar="PATH", help="write a report: .html, .tex or .md")
    fit.set_defaults(command="fit")


def _add_study(commands: Any) -> None:
    text = "simulate: is the estimator consistent and efficient?"
    study = _command(commands.add_parser, "study", help=text, description=text)
    _add_family_options(study, "family")
    study.add_argument("truth", nargs="+", metavar="name=value", help="the true parameters")
    study.add_argument("--sizes", default=",".join(map(str, SIZES)), help="sample sizes (%(default)s)")
    study.add_argument("--replications", type=int, default=10_000, help="samples of each size (%(default)s)")
    study.add_argument("--estimators", default="mle", help="mle, moments or mle,moments (%(default)s)")
    study.add_argument("--seed", type=int, default=None, help="for a study that can be repeated to the bit")
    study.add_argument("--jobs", type=int, default=1, help="processes, -1 for one per core (%(default)s)")
    _add_policies(study)
    text = "keep what is done in this folder, and go on from what is there"
    study.add_argument("--checkpoint", metavar="FOLDER", help=text)
    study.add_argument("--report", metavar="PATH", help="write a report: .html, .tex or .md")
    study.set_defaults(command="study")


def _add_policies(study: argparse.ArgumentParser) -> None:
    """What the measures and verdicts of a study rest on."""
    text = "part of the Cramer-Rao bound within which a variance counts as that of the bound (%(default)s)"
    study.add_argument("--margin", type=float, default=MARGIN, help=text)
    text = "what Monte Carlo errors rest on: the moments of the estimates, or normal ones as published (%(default)s)"
    study.add_argument("--mcse", choices=MCSE, default=MCSE[0], help=text)
    text = "what becomes of infinite estimates in bias, variance and errors (%(default)s)"
    policies = [policy.replace(" ", "-") for policy in INFINITE]
    study.add_argument("--infinite", choices=policies, default=policies[0], help=text)


def _add_family_options(parser: argparse.ArgumentParser, name: str) -> None:
    known = ", ".join(sorted(family.lower() for family in CATALOGUE))
    text = f"one of {known}; or one of these after censored- or truncated-"
    action = parser.add_argument(name, metavar="FAMILY", help=text)
    action.required = True
    parser.add_argument("--parameters", metavar="NAMES", help="other coordinates, such as mean,shape")
    parser.add_argument(
        "--fix",
        action="append",
        default=[],
        metavar="name=value",
        help="hold a parameter fixed, or a known quantity: trials of binomial, limit of censored-, low and high of "
        "truncated-",
    )


def family_of(options: argparse.Namespace) -> Family:
    """The family that is named, in its coordinates, with what is fixed."""
    parameters = options.parameters.split(",") if options.parameters is not None else None
    return _composed(options.family, parameters, values_of(options.fix, "--fix"))


def _composed(name: str, parameters: Sequence[str] | None, fixed: dict[str, Any]) -> Family:
    """Family of a name; of one after `censored-` or `truncated-` the composition."""
    first, _, rest = name.replace("_", "-").partition("-")
    if first.lower() not in COMPOSITIONS or not rest:
        if name.lower() in COMPOSITIONS:
            raise ArgumentError(f"family {name!r}: name what is {name.lower()}, such as {name.lower()}-weibull")
        return find_family(name)(parameters=parameters, **fixed)
    compose, own = COMPOSITIONS[first.lower()]
    outer = {key: fixed.pop(key) for key in own if key in fixed}
    return compose(_composed(rest, parameters, fixed), **outer)


def values_of(pairs: Sequence[str], argument: str) -> dict[str, float]:
    """Numbers by name, from texts of the form name=number."""
    values = {}
    for name, value in pairs_of(pairs, argument, "name=value, such as shape=2").items():
        try:
            values[name] = float(value)
        except ValueError:
            raise ArgumentError(f"{argument}: {name}={value} is not of the form name=value, such as shape=2") from None
    return values


def pairs_of(pairs: Sequence[str], argument: str, form: str) -> dict[str, str]:
    """Texts by name, from texts of the form name=text."""
    found: dict[str, str] = {}
    for pair in pairs:
        name, equals, text = (part.strip() for part in pair.partition("="))
        if not (equals and name and text):
            raise ArgumentError(f"{argument}: {pair!r} is not of the form {form}")
        if name in found:
            raise ArgumentError(f"{argument}: {name} is given twice")
        found[name] = text
    return found


def sizes_of(text: str) -> tuple[int, ...]:
    """Sample sizes from text with commas."""
    try:
        return tuple(int(size) for size in text.split(","))
    except ValueError:
        raise ArgumentError(f"--sizes: {text!r} is not a list of whole numbers such as 20,50,100") from None
