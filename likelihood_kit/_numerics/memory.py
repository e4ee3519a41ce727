"""Memory that is free, as far as the system tells."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from likelihood_kit._numerics.printed import counted, in_bytes
from likelihood_kit.errors import ArgumentError, shown

#: Where Linux tells what is free, and the limits of a container and what it uses: two versions of control groups.
MEMINFO = Path("/proc/meminfo")
LIMITS: Sequence[tuple[Path, Path]] = (
    (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory.current")),
    (Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"), Path("/sys/fs/cgroup/memory/memory.usage_in_bytes")),
)


def available_memory() -> int | None:
    """Bytes that can be used without swapping; all of the machine where only that is known, None where nothing is."""
    found = [value for value in (_of_machine(), *(_of_container(*paths) for paths in LIMITS)) if value is not None]
    return min(found) if found else None


def check_memory_for(argument: str, number: int, each: int) -> None:
    """Refuse an argument that asks for more things, of `each` bytes, than fit into the memory that is free.

    Raises
    ------
    ArgumentError
    """
    free, number = available_memory(), int(number)  # a small integer of NumPy overflows in the product
    if free is not None and number * each > free:
        raise ArgumentError(
            f"{argument} = {shown(number)}: {in_bytes(free)} of memory are free; at most {counted(free // each)} fit"
        )


def _of_machine() -> int | None:
    try:
        lines = MEMINFO.read_text(encoding="ascii").splitlines()
        entries = dict(line.split(":", 1) for line in lines if ":" in line)
        return int(entries["MemAvailable"].split()[0]) * 1024
    except (OSError, KeyError, ValueError):
        pass
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):
        return None


def _of_container(limit: Path, used: Path) -> int | None:
    try:
        return max(int(limit.read_text(encoding="ascii")) - int(used.read_text(encoding="ascii")), 0)
    except (OSError, ValueError):  # no control group, or one without a limit
        return None
