"""Mutation testing by hand: what the suite does not notice.

`python tests/mutation/run.py` changes one line of a copy of the package at a time and runs the tests that execute it:
for what is computed at import, those of the functions that use it; where there are none, the whole suite. It prints in
Markdown a table of what was killed and what survived, and every survivor. A survivor is a missing test, or a change
that changes nothing; of the second kind, write a line into `equivalent.txt`, with the reason. `--again` runs the
survivors of the last time.
"""

import argparse
import json
import queue
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import asdict
from pathlib import Path

from covering import Coverage, Uses
from mutants import by_room, equivalents, files_of, mutants_of, sample
from places import Mutant
from trial import Copy, Outcome

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
EQUIVALENT = HERE / "equivalent.txt"
OUTCOMES = Path(tempfile.gettempdir()) / "likelihood_kit_mutants.json"
#: Half an hour to forty minutes on two processors.
NUMBER = 120
#: Mutants that even the smallest room gets.
LEAST = 3


def arguments() -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(
        description=__doc__.partition("\n")[0], formatter_class=argparse.ArgumentDefaultsHelpFormatter
    )
    parser.add_argument("--number", type=int, default=NUMBER, help="mutants to sample")
    parser.add_argument("--least", type=int, default=LEAST, help="mutants of each room, at least")
    parser.add_argument("--seed", type=int, default=1, help="of the sample")
    parser.add_argument("--only", default="", metavar="FRAGMENT", help="files whose path holds this, such as families/")
    parser.add_argument("--again", action="store_true", help="the survivors of the last run instead of a sample")
    parser.add_argument("--whole", action="store_true", help="try survivors on the rest of the suite, too")
    parser.add_argument("--list", action="store_true", help="print the sample and run nothing")
    parser.add_argument("--jobs", type=int, default=2, help="mutants tried at once")
    parser.add_argument("--json", type=Path, default=OUTCOMES, metavar="PATH", help="where the outcomes are kept")
    return parser.parse_args()


def survivors_of(path: Path, mutants: list[Mutant]) -> list[Mutant]:
    """Mutants that survived the run kept at `path`, wherever their lines stand now."""
    kept = {found["key"] for found in json.loads(path.read_text(encoding="utf-8")) if not found["killed"]}
    return [mutant for mutant in mutants if mutant.key in kept]


def write(path: Path, outcomes: list[Outcome]) -> None:
    """Outcomes as JSON, for `--again`."""
    found = [asdict(outcome) | {"key": outcome.mutant.key} for outcome in outcomes]
    path.write_text(json.dumps(found, indent=1), encoding="utf-8")


def try_all(mutants: list[Mutant], jobs: int, path: Path, *, whole: bool) -> list[Outcome]:
    """Outcomes of the mutants, in their order; of those that were done, where the run is interrupted."""
    began = time.monotonic()
    outcomes = []
    with tempfile.TemporaryDirectory(prefix="mutation-") as folder:
        copies = [Copy(ROOT, Path(folder) / str(job)) for job in range(jobs)]
        data, seconds = copies[0].measure(jobs)
        files = files_of(copies[0].tree)
        coverage = Coverage(data, copies[0].tree, seconds, Uses.of(copies[0].tree, files))
        free: queue.Queue[Copy] = queue.Queue()
        for copy in copies:
            copy.warm_up()
            free.put(copy)
        print(f"{len(seconds)} tests pass unmutated, {time.monotonic() - began:.0f} s", file=sys.stderr)

        def one(mutant: Mutant) -> Outcome:
            copy = free.get()
            try:
                return copy.trial(mutant, coverage, whole=whole)
            finally:
                free.put(copy)

        with ThreadPoolExecutor(jobs) as pool:
            try:
                for done in as_completed([pool.submit(one, mutant) for mutant in mutants]):
                    outcomes.append(done.result())
                    write(path, outcomes)
                    print(progress(outcomes[-1], len(outcomes), len(mutants)), file=sys.stderr, flush=True)
            except KeyboardInterrupt:
                pool.shutdown(wait=True, cancel_futures=True)
    return sorted(outcomes, key=lambda outcome: (outcome.mutant.file, outcome.mutant.begin))


def progress(outcome: Outcome, done: int, number: int) -> str:
    fate = f"killed by {outcome.by}" if outcome.killed else "SURVIVED"
    mutant = outcome.mutant
    return f"{done}/{number} {mutant.file}:{mutant.line} {mutant.kind}, {outcome.seconds:.0f} s: {fate}"


def report(outcomes: list[Outcome], set_aside: int) -> str:
    """Table by room, then every survivor, in Markdown."""
    lines = ["| room | mutants | killed | survived |", "| --- | ---: | ---: | ---: |"]
    killed = {outcome.mutant for outcome in outcomes if outcome.killed}
    rooms = by_room([outcome.mutant for outcome in outcomes])
    for name, found in (*sorted(rooms.items()), ("**all**", [outcome.mutant for outcome in outcomes])):
        dead = len(killed & set(found))
        lines.append(f"| {name} | {len(found)} | {dead} | {len(found) - dead} |")
    lines += ["", f"Left out as equivalent, by `{EQUIVALENT.relative_to(ROOT)}`: {set_aside} mutants of the package."]
    for outcome in outcomes:
        if not outcome.killed:
            mutant = outcome.mutant
            covering = f"tests that run it: {outcome.covering or 'none'}"
            lines += ["", f"`{mutant.file}:{mutant.line}` {mutant.kind}; {covering}", "```diff"]
            lines += [f"- {mutant.original}", f"+ {mutant.mutated}", "```"]
    return "\n".join(lines)


def main() -> None:
    """Sample, try, report."""
    asked = arguments()
    reasons = equivalents(EQUIVALENT)
    every = mutants_of(ROOT)
    mutants = [mutant for mutant in every if mutant.change not in reasons]
    set_aside = len(every) - len(mutants)
    for file, original, mutated in sorted(set(reasons) - {mutant.change for mutant in every}):
        print(f"{EQUIVALENT.name}: no such mutant any more: {file}: {original} -> {mutated}", file=sys.stderr)
    mutants = [mutant for mutant in mutants if asked.only in mutant.file]
    print(f"{len(mutants)} mutants to choose from", file=sys.stderr)
    if asked.again:
        mutants = survivors_of(asked.json, mutants)
    else:
        mutants = sample(mutants, asked.number, asked.least, asked.seed)
    if asked.list:
        for mutant in mutants:
            print(f"{mutant.file}:{mutant.line} {mutant.kind}\n- {mutant.original}\n+ {mutant.mutated}")
    elif mutants:
        outcomes = try_all(mutants, max(1, min(asked.jobs, len(mutants))), asked.json, whole=asked.whole)
        print(report(outcomes, set_aside))


if __name__ == "__main__":
    main()
