"""Trial of a mutant: a copy of the checkout with one file changed, and the tests that should fail in it."""

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from covering import Coverage, file_of
from mutants import PACKAGE
from places import Mutant

HERE = Path(__file__).resolve().parent
NOT_COPIED = (".git", ".venv", "venv", "build", "dist", "_build", "__pycache__", "*.egg-info", ".*_cache", ".coverage*")
#: The tests of this folder know nothing of the package, and read its text.
OWN_TESTS = "tests/test_mutation.py"
#: A run is ended after this and so many times what its tests took unmutated, whatever the limits of single tests.
SECONDS, TIMES = 120.0, 5.0
#: pytest's exit statuses where no test failed: all passed, and none was left to run.
PASSED, NONE_RUN = 0, 5


@dataclass(frozen=True)
class Outcome:
    """What became of a mutant.

    Attributes
    ----------
    mutant : Mutant
    killed : bool
    by : str
        First test that failed, or why the run ended.
    covering : int
        Number of tests that run the mutated line.
    seconds : float
    """

    mutant: Mutant
    killed: bool
    by: str
    covering: int
    seconds: float


class Copy:
    """Copy of the checkout in a folder of its own, whose package is what its tests import."""

    def __init__(self, root: Path, folder: Path):
        self.folder, self.tree = folder, folder / "tree"
        shutil.copytree(root, self.tree, ignore=shutil.ignore_patterns(*NOT_COPIED))
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "COV"))},
            "PYTHONPATH": os.pathsep.join([str(self.tree), str(HERE)]),
            "PYTHONHASHSEED": "0",
            "MPLBACKEND": "Agg",
            # One thread per process: as many trials run at once as there are processors.
            **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"),
        }

    def pytest(self, arguments: Sequence[str], limit: float | None = None, **environment: str) -> tuple[int, str]:
        """Exit status and output of pytest in the copy; what it started ends with it."""
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "chosen"]
        command += ["--import-mode=importlib", f"--basetemp={self.folder / 'temporary'}", *arguments]
        output = self.folder / "output.txt"
        with output.open("wb") as file:
            process = subprocess.Popen(
                command,
                cwd=self.tree,
                env=self.environment | environment,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            try:
                status = process.wait(limit)
            except subprocess.TimeoutExpired:
                status = -signal.SIGALRM
            finally:
                with contextlib.suppress(ProcessLookupError):  # it left nothing behind
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        return status, output.read_text(encoding="utf-8", errors="replace")

    def checked(self, arguments: Sequence[str], **environment: str) -> None:
        """A run that must pass, because nothing is mutated."""
        status, output = self.pytest(arguments, **environment)
        if status != PASSED:
            raise SystemExit(f"the suite fails before anything is mutated:\n{output[-5000:]}")

    def warm_up(self) -> None:
        """Bytecode of every file, so that a trial compiles only what it changes."""
        self.checked(["--collect-only", "-q", f"--ignore={OWN_TESTS}"])

    def measure(self, jobs: int) -> tuple[Path, dict[str, float]]:
        """Data file of coverage, and seconds by test, of a run of the whole suite."""
        data, seconds = self.folder / "coverage", self.folder / "seconds.json"
        self.checked(
            [f"-n{jobs}", f"--cov={PACKAGE}", "--cov-context=test", "--cov-report=", f"--ignore={OWN_TESTS}"],
            COVERAGE_FILE=str(data),
            COVERAGE_CORE="ctrace",  # the core that keeps contexts on every Python
            MUTATION_DURATIONS=str(seconds),
        )
        return data, json.loads(seconds.read_text())

    def trial(self, mutant: Mutant, coverage: Coverage, *, whole: bool) -> Outcome:
        """Outcome of a mutant: the tests that could notice it; where there are none, or if `whole`, the whole suite."""
        began = time.monotonic()
        covering = len(coverage.covering(mutant))
        parts = coverage.in_turn(mutant)
        if whole or not any(parts):
            parts.append(coverage.others(mutant))
        path = self.tree / mutant.file
        text, times = path.read_bytes(), path.stat()
        path.write_bytes(mutant.applied(text))
        # Bytecode is taken for that of a file of the same size and second: another second, a day on.
        os.utime(path, (times.st_atime, times.st_mtime + 86400))
        try:
            by = next((by for tests in parts if tests and (by := self.failure(tests, coverage.seconds))), "")
        finally:
            path.write_bytes(text)
            os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
        return Outcome(mutant, by != "", by, covering, time.monotonic() - began)

    def failure(self, tests: list[str], seconds: dict[str, float]) -> str:
        """First of some tests that fails, run in their order; empty where all pass."""
        plan = self.folder / "plan.json"
        plan.write_text(json.dumps({"run": tests, "seconds": seconds}))
        limit = SECONDS + TIMES * sum(seconds[test] for test in tests)
        files = dict.fromkeys(file_of(test) for test in tests)
        status, output = self.pytest(["-x", *files], limit, MUTATION_PLAN=str(plan), PYTHONDONTWRITEBYTECODE="1")
        if status in (PASSED, NONE_RUN):
            return ""
        if status == -signal.SIGALRM:
            return "a test that hangs"
        failed = re.search(r"^(?:FAILED|ERROR) (.*?)(?: - .*)?$", output, re.MULTILINE)
        return failed[1] if failed else f"the end of pytest with status {status}"
