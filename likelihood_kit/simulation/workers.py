"""Work on several processes, none of which is left behind."""

from __future__ import annotations

import os
import signal
import threading
import time
import warnings
from collections.abc import Callable, Generator, Sequence
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from typing import Any, TypeVar

from likelihood_kit._numerics.printed import counted
from likelihood_kit.errors import WorkerError

R = TypeVar("R")
#: Seconds between two looks of a process at whether the one that started it is still there.
LOOK = 1.0
_watching = threading.Event()


def in_order(work: Callable[..., R], pieces: Sequence[tuple[Any, ...]], processes: int) -> Generator[R, None, None]:
    """What the work makes of each piece, in their order, as it is done.

    Where anything ends it early, an error in a piece, Ctrl-C, a consumer that stops, joblib ends the other processes.

    Raises
    ------
    WorkerError
        Where a process was killed, or cannot read the work.
    """
    if min(processes, len(pieces)) < 2:
        for piece in pieces:
            yield work(*piece)
        return
    import joblib

    attached = Attached(work, os.getpid())
    parallel = joblib.Parallel(n_jobs=min(processes, len(pieces)), return_as="generator")
    outputs = parallel(joblib.delayed(attached)(*piece) for piece in pieces)
    done = 0
    try:
        for found in outputs:
            done += 1
            yield found
    except BrokenProcessPool as error:
        if "un-serialize" in str(error):  # all that joblib tells of a function that another process cannot import
            raise WorkerError(
                "n_jobs: another process cannot read the functions of this study; define them in the session itself "
                "or in a module that can be imported, or leave n_jobs out"
            ) from None
        raise WorkerError(
            f"n_jobs: a process was killed, for want of memory or from outside, when {counted(done)} of "
            f"{counted(len(pieces))} pieces were done; the others were stopped"
        ) from None
    finally:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # joblib tells of what was done and not used
            outputs.close()


@dataclass(frozen=True)
class Attached:
    """Work in another process, which ends soon after the one that started it has.

    One that is killed outright tells its workers nothing, and they would wait for it for minutes.
    """

    work: Callable[..., Any]
    parent: int

    def __call__(self, *piece: Any) -> Any:
        """What the work makes of a piece."""
        if not _watching.is_set():
            _watching.set()
            threading.Thread(target=_end_with, args=(self.parent,), daemon=True).start()
        return self.work(*piece)


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(LOOK)
    os.kill(os.getpid(), signal.SIGTERM)
