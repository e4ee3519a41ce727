"""The one place that writes files: whole, or not at all."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import secrets
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

#: Name of the file that `replacing` fills, beside the one whose place it takes.
_UNFINISHED = re.compile(r"\.[0-9a-f]{16}\.part")


def may_name_a_file(value: Any) -> bool:
    """Whether a value is text or a path that the system takes: no null character, no half of a surrogate pair."""
    try:
        return isinstance(value, (str, os.PathLike)) and b"\0" not in os.fsencode(value)
    except (TypeError, ValueError):  # among others an object that only looks like a path
        return False


def is_unfinished(path: Path) -> bool:
    """Whether a file is what a killed process leaves of one that it was writing."""
    return _UNFINISHED.fullmatch(path.name) is not None


@contextlib.contextmanager
def replacing(path: str | os.PathLike[str]) -> Iterator[BinaryIO]:
    """Binary file, open to be written, that takes the place of the one at the path when the block ends.

    What is written goes to a file beside it, is brought to the disk, and is renamed in one step: who looks at the path,
    at any time and after any failure, finds the earlier file whole or the new one whole. Where the block raises, the
    earlier file stays and nothing else is left. A symbolic link is followed, and the permissions of an earlier file are
    kept. What is no regular file, such as a terminal, is written to as it is.

    Raises
    ------
    OSError
        Where the file, or a file beside it, may not be written.
    """
    if not may_name_a_file(path):
        raise OSError(errno.EILSEQ, "no file can have this name", str(path))
    target = Path(os.path.realpath(path))
    mode = _mode(target)
    if mode is not None and not stat.S_ISREG(mode):
        with open(target, "wb") as file:
            yield file
        return
    if mode is not None and not os.access(target, os.W_OK):
        raise PermissionError(13, os.strerror(13), str(target))
    beside = target.with_name(f".{secrets.token_hex(8)}.part")
    try:
        with open(beside, "xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        if mode is not None:
            os.chmod(beside, stat.S_IMODE(mode))
        os.replace(beside, target)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(beside)
        raise
    _sync_folder(target.parent)


def replace(path: str | os.PathLike[str], content: bytes) -> None:
    """Put a content in the place of the file at a path, as `replacing` does.

    Raises
    ------
    OSError
        Where it cannot be written.
    """
    with replacing(path) as file:
        file.write(content)


def _mode(path: Path) -> int | None:
    """Kind and permissions of what is at a path; None where there is nothing."""
    try:
        return path.stat().st_mode
    except FileNotFoundError:
        return None


def _sync_folder(folder: Path) -> None:
    """Bring the rename itself to the disk, where the system lets a folder be opened."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
