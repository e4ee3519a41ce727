"""Plugin of pytest that runs a choice of tests and ends one that hangs; in a whole run it writes what each test took.

`MUTATION_PLAN` names a JSON file: `run`, the tests to run, in this order, and `seconds`, what each took unmutated.
`MUTATION_DURATIONS` names the JSON file to write.
"""

import importlib.util
import json
import os
import resource
import signal
import sys
from collections import defaultdict
from pathlib import Path

import pytest

PACKAGE = "likelihood_kit"
#: A test that takes longer than this and so many times what it took unmutated hangs.
SECONDS, TIMES = 30.0, 10.0
#: Address space of a run, 4 GB: the suite takes 1, and a mutant that asks for more must not stop the machine.
MEMORY = 4 * 2**30

_seconds: dict[str, float] = {}
_order: dict[str, int] = {}
_durations: defaultdict[str, float] = defaultdict(float)


def pytest_configure(config: pytest.Config) -> None:
    """An installed copy of the package, such as an editable one of another checkout, must not be what is tested."""
    found = importlib.util.find_spec(PACKAGE)
    if found is None or not Path(str(found.origin)).resolve().is_relative_to(config.rootpath.resolve()):
        raise pytest.UsageError(f"{PACKAGE} would be imported from {found and found.origin}")
    if "MUTATION_PLAN" in os.environ:
        plan = json.loads(Path(os.environ["MUTATION_PLAN"]).read_text(encoding="utf-8"))
        _seconds.update(plan["seconds"])
        _order.update({nodeid: place for place, nodeid in enumerate(plan["run"])})
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if "MUTATION_PLAN" in os.environ:
        items[:] = sorted((item for item in items if item.nodeid in _order), key=lambda item: _order[item.nodeid])


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item):
    """The signal's default ends the process, also inside compiled code: the mutant is noticed."""
    if "MUTATION_PLAN" in os.environ:
        signal.setitimer(signal.ITIMER_REAL, SECONDS + TIMES * _seconds.get(item.nodeid, 0.0))
    try:
        return (yield)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """While the suite is measured, no test finds in a cache what another one ran."""
    if "MUTATION_DURATIONS" in os.environ:
        for name, module in list(sys.modules.items()):
            if name.partition(".")[0] == PACKAGE:
                for value in list(vars(module).values()):
                    if hasattr(value, "cache_clear"):
                        value.cache_clear()


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    _durations[report.nodeid] += report.duration


def pytest_sessionfinish(session: pytest.Session) -> None:
    if "MUTATION_DURATIONS" in os.environ and not hasattr(session.config, "workerinput"):
        Path(os.environ["MUTATION_DURATIONS"]).write_text(json.dumps(_durations))
