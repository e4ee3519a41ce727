"""A study that does not fit is refused, by what it needs."""

import tracemalloc

import pytest

from likelihood_kit.errors import ArgumentError
from likelihood_kit.families import Gamma
from likelihood_kit.simulation import Study, memory

CHUNK = 1000


@pytest.fixture
def free(monkeypatch):
    """Sets the bytes that a study may fill."""
    return lambda allowed: monkeypatch.setattr(memory, "available_memory", lambda: allowed / memory.MEMORY_SHARE)


def small(sizes=(10, 40), replications=200, **changes):
    return Study(Gamma(), {"shape": 2.0, "scale": 3.0}, sizes, replications, seed=1, **changes)


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


def test_memory_is_asked_for_before_the_work(monkeypatch):
    with pytest.raises(ArgumentError, match=r"replications: 1,000,.* need about .* at most [\d,]+ fit"):
        small(replications=10**15).run()
    with pytest.raises(ArgumentError, match="sizes: samples of 1,000,000,000,000,000"):
        small(sizes=(10, 10**15)).run()
    monkeypatch.setattr(memory, "available_memory", lambda: 10**6)
    with pytest.raises(ArgumentError, match="more than 50 % of the 1 MB that are free"):
        small().run(progress=False)
    monkeypatch.setattr(memory, "available_memory", lambda: None)
    small().run(progress=False)


def test_the_memory_asked_for_is_what_is_used(monkeypatch):
    """Within a study that just fits, the peak stays below what was allowed."""
    tracemalloc.start()
    small(sizes=(20,), replications=100_000, estimators=("mle", "moments")).run(progress=False).summary()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    monkeypatch.setattr(memory, "available_memory", lambda: peak / memory.MEMORY_SHARE)
    with pytest.raises(ArgumentError, match="free"):
        small(sizes=(20,), replications=100_000, estimators=("mle", "moments")).run(progress=False)
