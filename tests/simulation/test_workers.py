"""Several processes: what is killed or stopped leaves no process behind, and loses nothing that was done."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import cloudpickle
import numpy as np
import pytest

from likelihood_kit.errors import ArgumentError, WorkerError
from likelihood_kit.families import Exponential
from likelihood_kit.simulation import Study, study
from likelihood_kit.simulation.workers import in_order

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals are those of POSIX")
# Other processes cannot import a file of tests: its functions go there by value.
cloudpickle.register_pickle_by_value(sys.modules[__name__])
#: A study of forty pieces that takes some ten seconds.
PROGRAM = """
import sys, time
import likelihood_kit as lk
from likelihood_kit.simulation import study
study.CHUNK = 1000

def slow(y):
    time.sleep(0.25)
    return y.mean(axis=1)

own = lk.Study(lk.Exponential(), {"scale": 1.0}, sizes=(10,), replications=4000, estimators={"slow": slow}, seed=1)
own.run(n_jobs=int(sys.argv[2]), progress=False, checkpoint=sys.argv[1])
"""
#: Seconds until a process that was told to end, or whose parent has, must be gone.
PATIENCE = 20.0


def mean_that_dies(y):
    if y.shape[1] == 40:
        os.kill(os.getpid(), signal.SIGKILL)
    return y.mean(axis=1)


def mean(y):
    return y.mean(axis=1)


def small(function, **changes):
    settings = {"sizes": (10, 40), "replications": 400, "seed": 1, "estimators": {"mean": function}}
    return Study(Exponential(), {"scale": 1.0}, **{**settings, **changes})


def children(process: int) -> list[int]:
    found = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    return [int(pid) for pid, parent in (line.split() for line in found.splitlines()) if int(parent) == process]


def running(processes: list[int]) -> list[int]:
    """Those of the processes that are there, and not merely waiting to be told of by their parent."""
    found = subprocess.run(["ps", "-eo", "pid=,stat="], capture_output=True, text=True, check=True).stdout
    states = {int(pid): state for pid, state in (line.split()[:2] for line in found.splitlines())}
    return [process for process in processes if not states.get(process, "Z").startswith("Z")]


def at_work() -> list[int]:
    """Processes of joblib that this one has started."""
    found = subprocess.run(["ps", "-ww", "-eo", "pid=,args="], capture_output=True, text=True, check=True).stdout
    names = {int(pid): arguments for pid, arguments in (line.split(None, 1) for line in found.splitlines())}
    return [process for process in running(children(os.getpid())) if "LokyProcess" in names.get(process, "")]


def until(happened) -> None:
    end = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.1)


def pieces_in(folder: Path) -> int:
    return len(list(folder.glob("*.npz")))


def test_a_killed_process_is_the_kits_own_error_and_what_was_done_is_kept(tmp_path, monkeypatch):
    """It was joblib's TerminatedWorkerError, in several screens."""
    monkeypatch.setattr(study, "CHUNK", 1000)
    with pytest.raises(WorkerError, match=r"a process was killed.*of 20 pieces.*run it again with it") as raised:
        small(mean_that_dies).run(n_jobs=2, progress=False, checkpoint=tmp_path / "kept")
    assert raised.value.__cause__ is None
    assert at_work() == []
    assert pieces_in(tmp_path / "kept") <= 4
    with pytest.raises(WorkerError, match="nothing is kept: with checkpoint='folder'"):
        small(mean_that_dies).run(n_jobs=2, progress=False)
    again = small(mean).run(progress=False, checkpoint=tmp_path / "kept")
    np.testing.assert_array_equal(again.estimates["mean"], small(mean).run(progress=False).estimates["mean"])


@pytest.mark.parametrize("processes", [1, 2])
def test_control_c_leaves_no_process_and_pieces_that_can_be_used(processes, tmp_path, monkeypatch):
    folder = tmp_path / "kept"
    # Of its own session, so that Ctrl-C reaches it as it does in a terminal, and not ignored, as in the background.
    program = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(folder), str(processes)], stderr=subprocess.DEVNULL, start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )  # fmt: skip
    until(lambda: pieces_in(folder) >= 3)
    workers = children(program.pid)
    os.killpg(program.pid, signal.SIGINT)
    assert program.wait(PATIENCE) != 0
    until(lambda: not running(workers))
    kept = pieces_in(folder)
    assert 3 <= kept < 40
    monkeypatch.setattr(study, "CHUNK", 1000)
    own = small(mean, sizes=(10,), replications=4000, estimators={"slow": mean})
    found = own.run(progress=False, checkpoint=folder)
    np.testing.assert_array_equal(found.estimates["slow"], own.run(progress=False).estimates["slow"])
    assert pieces_in(folder) == 40


def test_processes_do_not_outlive_the_one_that_started_them(tmp_path):
    """Killed outright it tells them nothing: they waited for minutes."""
    folder = tmp_path / "kept"
    program = subprocess.Popen([sys.executable, "-c", PROGRAM, str(folder), "2"], stderr=subprocess.DEVNULL)
    until(lambda: pieces_in(folder) >= 2)
    workers = children(program.pid)
    assert len(workers) >= 2
    program.kill()
    program.wait()
    until(lambda: not running(workers))


def test_a_consumer_that_stops_ends_the_others():
    found = in_order(slowly, [(i,) for i in range(40)], 2)
    assert next(found) == 0
    assert len(at_work()) == 2
    found.close()
    assert at_work() == []


def slowly(i):
    time.sleep(0.05)
    return i


def test_an_error_of_ones_own_function_ends_the_others(monkeypatch):
    """They went on with what they had, and waited for more."""
    monkeypatch.setattr(study, "CHUNK", 1000)

    def fails(y):
        raise ZeroDivisionError("mine")

    small(mean).run(n_jobs=2, progress=False)
    workers = at_work()
    assert len(workers) >= 2
    with pytest.raises(ArgumentError, match="raised ZeroDivisionError at size n = 10: mine"):
        small(fails).run(n_jobs=2, progress=False)
    assert at_work() == []


def test_a_folder_of_another_study_or_of_something_else_is_refused(tmp_path):
    folder = tmp_path / "kept"
    small(mean).run(progress=False, checkpoint=folder)
    with pytest.raises(ArgumentError, match="of another study: seed is 1 there, 2 here"):
        small(mean, seed=2).run(progress=False, checkpoint=folder)
    with pytest.raises(ArgumentError, match="filled by another formula, estimator or version"):
        small(lambda y: 2 * y.mean(axis=1)).run(progress=False, checkpoint=folder)
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "thesis.txt").write_text("mine")
    with pytest.raises(ArgumentError, match="holds something else"):
        small(mean).run(progress=False, checkpoint=tmp_path / "other")
    (folder / "checkpoint.json").write_text("{")
    with pytest.raises(ArgumentError, match="is none of this kit's"):
        small(mean).run(progress=False, checkpoint=folder)
    for folder in (3, "", b"a", "a\0b", ["a"]):
        with pytest.raises(ArgumentError, match="checkpoint must be the path of a folder"):
            small(mean).run(progress=False, checkpoint=folder)


def test_a_piece_that_is_cut_is_computed_again(tmp_path):
    first = small(mean).run(progress=False, checkpoint=tmp_path)
    for file in tmp_path.glob("*.npz"):
        file.write_bytes(file.read_bytes()[:-40])
    again = small(mean).run(progress=False, checkpoint=tmp_path)
    np.testing.assert_array_equal(first.estimates["mean"], again.estimates["mean"])


def test_further_sizes_go_on_from_the_same_folder(tmp_path, monkeypatch):
    small(mean, sizes=(10,)).run(progress=False, checkpoint=tmp_path)
    done = []
    work = study.one_chunk
    monkeypatch.setattr(study, "one_chunk", lambda *piece: done.append(piece[-3]) or work(*piece))
    found = small(mean).run(progress=False, checkpoint=tmp_path)
    assert done == [10, 40]  # the first one to be compared
    np.testing.assert_array_equal(found.estimates["mean"], small(mean).run(progress=False).estimates["mean"])


def test_standard_errors_are_kept_too(tmp_path):
    own = small(mean, estimators="mle")
    own.run(progress=False, checkpoint=tmp_path)
    again = own.run(progress=False, checkpoint=tmp_path)
    np.testing.assert_array_equal(again.standard_errors["mle"], own.run(progress=False).standard_errors["mle"])


def test_a_function_that_another_process_cannot_import_is_named_as_that(monkeypatch):
    """It was said that a process had been killed."""
    cloudpickle.unregister_pickle_by_value(sys.modules[__name__])
    monkeypatch.setattr(sys.modules[__name__], "__name__", "nowhere")
    monkeypatch.setitem(sys.modules, "nowhere", sys.modules[small.__module__])
    monkeypatch.setattr(mean, "__module__", "nowhere")
    monkeypatch.setattr(study, "CHUNK", 1000)
    try:
        with pytest.raises(WorkerError, match="cannot read the functions of this study"):
            small(mean).run(n_jobs=2, progress=False)
    finally:
        monkeypatch.undo()
        cloudpickle.register_pickle_by_value(sys.modules[__name__])
