"""A study that does not fit is refused, by what it needs."""

import pytest

from likelihood_kit.errors import ArgumentError
from likelihood_kit.simulation import memory

CHUNK = 1000


@pytest.fixture
def free(monkeypatch):
    """Sets the bytes that a study may fill."""
    return lambda allowed: monkeypatch.setattr(memory, "available_memory", lambda: allowed / memory.MEMORY_SHARE)


def check(replications=100, workers=1, entries=2, sizes=(10,)):
    memory.check_memory(sizes, replications, columns=1, entries=entries, chunk=CHUNK, workers=workers)


def assert_needs(free, needed, match, **settings):
    free(needed * 1.001)
    check(**settings)
    free(needed * 0.999)
    with pytest.raises(ArgumentError, match=match):
        check(**settings)


def test_a_chunk(free):
    assert_needs(free, CHUNK * memory.NUMBER_BYTES * memory.CHUNK_COPIES, "sizes: samples of 10, on 1 processes")


def test_a_sample_that_is_larger_than_a_chunk(free):
    needed = 5000 * memory.NUMBER_BYTES * memory.CHUNK_COPIES
    assert_needs(free, needed, "sizes: samples of 5,000", sizes=(10, 5000), replications=1)


def test_two_processes_need_their_own_memory(free):
    """Of many processes the interpreters alone fill a small machine."""
    chunk = CHUNK * memory.NUMBER_BYTES * memory.CHUNK_COPIES
    assert_needs(free, 2 * (chunk + memory.PROCESS_BYTES), "on 2 processes", workers=2, replications=300)


def test_processes_without_work_need_none(free):
    chunk = CHUNK * memory.NUMBER_BYTES * memory.CHUNK_COPIES
    assert_needs(free, chunk, "on 1 processes", workers=8)


def test_estimates_and_pieces(free):
    r = 1_000_000
    needed = r * 2 * memory.NUMBER_BYTES * memory.RESULT_COPIES + memory.PIECE_BYTES * r / 100
    assert_needs(free, needed, "replications: 1,000,000 need about .* at most [0-9,]+ fit", replications=r)
