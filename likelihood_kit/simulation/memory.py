"""Memory that a study needs, asked for before the work."""

from __future__ import annotations

from collections.abc import Sequence

from likelihood_kit._numerics.memory import available_memory
from likelihood_kit._numerics.printed import counted, in_bytes, percent
from likelihood_kit.errors import ArgumentError

#: Part of the free memory that a study may fill, so that the machine stays usable.
MEMORY_SHARE = 0.5
#: Bytes of a number, and of the place of a chunk in the list of them.
NUMBER_BYTES, PIECE_BYTES = 8, 200
#: Bytes of a process with the kit in it: resident memory of one of two that studied a Gamma law, 147 to 152 MiB.
PROCESS_BYTES = 160e6
#: Arrays as large as a chunk while it is drawn and estimated; as large as the estimates, with standard errors, and what
#: their measures are computed in. From peaks of `tracemalloc` for Gamma laws, rounded up.
CHUNK_COPIES, RESULT_COPIES = 6, 6


def check_memory(
    sizes: Sequence[int], replications: int, *, columns: int, entries: int, chunk: int, workers: int
) -> None:
    """Refuse a study whose numbers do not fit in the memory that is free.

    Parameters
    ----------
    sizes : sequence of int
    replications : int
    columns : int
        Of the response.
    entries : int
        Estimates of a sample: parameters times estimators.
    chunk : int
        Values of a piece of work.
    workers : int
        Processes.

    Raises
    ------
    ArgumentError
    """
    free = available_memory()
    if free is None:
        return
    allowed = MEMORY_SHARE * free
    largest = max(sizes)
    pieces = sum(-(-replications // max(1, chunk // n)) for n in sizes)
    busy = min(workers, pieces)
    at_once = busy * (max(chunk, largest) * columns * NUMBER_BYTES * CHUNK_COPIES + PROCESS_BYTES * (busy > 1))
    if at_once > allowed:
        raise ArgumentError(
            f"sizes: samples of {counted(largest)}, on {counted(busy)} processes, need about {in_bytes(at_once)} of "
            f"memory, more than {percent(MEMORY_SHARE)} of the {in_bytes(free)} that are free: make them smaller, or "
            "n_jobs"
        )
    each = len(sizes) * entries * NUMBER_BYTES * RESULT_COPIES + PIECE_BYTES * pieces / replications
    if each * replications > allowed:
        raise ArgumentError(
            f"replications: {counted(replications)} need about {in_bytes(each * replications)} of memory for their "
            f"estimates, more than {percent(MEMORY_SHARE)} of the {in_bytes(free)} that are free: at most "
            f"{counted(allowed // each)} fit"
        )
