"""Speed and memory of the kit beside NumPy, statsmodels and scipy, as Markdown tables.

    python benchmarks/speed.py                 some eight minutes
    python benchmarks/speed.py --quick         some two
    python benchmarks/speed.py fit start       some parts, of those in `PARTS`

The first table holds what has a target, the second what only compares. Each line compares the medians of two that took
turns, on one thread. The ratio is the median of the ratios within a turn, with its quartiles: it depends far less on
the machine than the times do.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
from importlib.metadata import version

import fits
import processes
import regressions
import studies
from race import Row, Skipped, markdown

import likelihood_kit as lk

#: Threads of linear algebra that compete with what else the machine does make times wander tenfold.
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")

#: What measures each part, `(quick) -> lines`.
PARTS = {
    "fit": fits.small,
    "large": fits.large,
    "regression": regressions.large,
    "largest": regressions.largest,
    "memory": fits.memory,
    "study": studies.studies,
    "start": processes.start,
    "censored": fits.censored,
}


def machine() -> str:
    """What the times were taken on, in one line."""
    packages = ", ".join(f"{name} {version(name)}" for name in ("numpy", "scipy", "statsmodels"))
    python = platform.python_version()
    return (
        f"{os.cpu_count()} cores ({platform.machine()}), Python {python}, likelihood_kit {lk.__version__}, {packages}"
    )


def main(arguments: list[str] | None = None) -> list[Row | Skipped]:
    """Print the tables of the chosen parts, and return their lines."""
    parser = argparse.ArgumentParser(description="Speed beside NumPy, statsmodels and scipy, as Markdown tables.")
    parser.add_argument("parts", nargs="*", metavar="part", help=f"{', '.join(PARTS)} (all)")
    parser.add_argument("--quick", action="store_true", help="fewer repetitions")
    options = parser.parse_args(arguments)
    unknown = [part for part in options.parts if part not in PARTS]
    if unknown:
        parser.error(f"no part {unknown[0]!r}: choose from {', '.join(PARTS)}")
    rows: list[Row | Skipped] = []
    for part in options.parts or PARTS:
        print(f"{part} ...", file=sys.stderr, flush=True)
        rows += PARTS[part](options.quick)
    wanted = [row for row in rows if row.target is not None]
    print(f"{machine()}\n\n{markdown(wanted)}")
    compared = [row for row in rows if row.target is None]
    if compared:
        print(f"\nFor comparison:\n\n{markdown(compared)}")
    return rows


if __name__ == "__main__":
    if all(name in os.environ for name in THREADS):
        main()
    else:
        # Read once, when NumPy is loaded: so in a new process.
        environment = {**dict.fromkeys(THREADS, "1"), **os.environ}
        sys.exit(subprocess.run([sys.executable, *sys.argv], env=environment, check=False).returncode)
