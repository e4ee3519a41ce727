"""A write leaves the earlier file whole or the new one whole, whatever stops it."""

import errno
import os
import random
import signal
import subprocess
import sys
import time

import pytest

from likelihood_kit._numerics import files

EARLIER, LATER = b"earlier" * 1000, b"later" * 1000
KILLS = 20

#: Writes two contents in turn, in small pieces, for ever; says when it has begun. The module is run by itself, since
#: the package takes seconds to load.
WRITER = """
import runpy, sys
replacing = runpy.run_path(sys.argv[1])["replacing"]
path = sys.argv[2]
print("begun", flush=True)
while True:
    for letter in (b"a", b"b"):
        with replacing(path) as file:
            for _ in range(64):
                file.write(letter * 4096)
                file.flush()
"""


class FullDisk:
    """A file on which only some bytes fit."""

    def __init__(self, file, room):
        self._file, self._room = file, room

    def write(self, content):
        if len(content) > self._room:
            self._file.write(content[: self._room])
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        self._room -= len(content)
        return self._file.write(content)

    def __getattr__(self, name):
        return getattr(self._file, name)


def test_new_and_replaced(tmp_path):
    path = tmp_path / "file"
    files.replace(path, EARLIER)
    assert path.read_bytes() == EARLIER
    files.replace(path, LATER)
    assert path.read_bytes() == LATER
    assert os.listdir(tmp_path) == ["file"]


def test_the_earlier_file_survives_a_full_disk(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(EARLIER)
    with pytest.raises(OSError, match="No space"), files.replacing(path) as file:
        FullDisk(file, 100).write(LATER)
    assert path.read_bytes() == EARLIER
    assert os.listdir(tmp_path) == ["file"]


def test_the_earlier_file_survives_an_interrupt(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(EARLIER)

    def interrupted():
        with files.replacing(path) as file:
            file.write(b"half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert path.read_bytes() == EARLIER
    assert os.listdir(tmp_path) == ["file"]


def test_a_write_that_truncates_first_would_fail_these_tests(tmp_path):
    """The negative control: what `open(path, "wb")` leaves behind."""
    path = tmp_path / "file"
    path.write_bytes(EARLIER)
    with pytest.raises(OSError, match="No space"), open(path, "wb") as file:
        FullDisk(file, 100).write(LATER)
    assert path.read_bytes() != EARLIER


def test_a_writer_that_is_killed_leaves_a_whole_file(tmp_path):
    path, draw = tmp_path / "file", random.Random(5)
    whole = {letter * (64 * 4096) for letter in (b"a", b"b")}
    path.write_bytes(b"a" * (64 * 4096))
    for _ in range(KILLS):
        writer = subprocess.Popen([sys.executable, "-c", WRITER, files.__file__, str(path)], stdout=subprocess.PIPE)
        writer.stdout.readline()
        time.sleep(0.05 * draw.random())
        writer.send_signal(signal.SIGKILL)
        writer.wait()
        writer.stdout.close()
        assert path.read_bytes() in whole


def test_permissions_and_links_are_kept(tmp_path):
    path, link = tmp_path / "file", tmp_path / "link"
    path.write_bytes(EARLIER)
    path.chmod(0o640)
    link.symlink_to(path)
    files.replace(link, LATER)
    assert link.is_symlink()
    assert path.read_bytes() == LATER
    assert path.stat().st_mode & 0o777 == 0o640


def test_a_new_file_has_the_permissions_of_the_mask(tmp_path):
    files.replace(tmp_path / "file", EARLIER)
    (tmp_path / "plain").write_bytes(EARLIER)
    assert (tmp_path / "file").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_a_file_that_may_not_be_written_is_not_replaced(tmp_path, monkeypatch):
    path = tmp_path / "file"
    path.write_bytes(EARLIER)
    monkeypatch.setattr(os, "access", lambda *_: False)  # a superuser may write anything
    with pytest.raises(PermissionError):
        files.replace(path, LATER)
    assert path.read_bytes() == EARLIER


def test_what_is_no_file_is_written_to_as_it_is():
    files.replace(os.devnull, LATER)
    assert not os.path.isfile(os.devnull)
