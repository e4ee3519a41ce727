"""What is free is what the system says, and the least of what it says."""

from likelihood_kit._numerics import memory


def test_the_least_of_machine_and_container(tmp_path, monkeypatch):
    (tmp_path / "meminfo").write_text("MemTotal: 100 kB\nMemAvailable:  50 kB\n")
    (tmp_path / "max").write_text("40000\n")
    (tmp_path / "current").write_text("30000\n")
    monkeypatch.setattr(memory, "MEMINFO", tmp_path / "meminfo")
    monkeypatch.setattr(memory, "LIMITS", ((tmp_path / "max", tmp_path / "current"),))
    assert memory.available_memory() == 10000
    (tmp_path / "max").write_text("max\n")
    assert memory.available_memory() == 50 * 1024
    monkeypatch.setattr(memory, "MEMINFO", tmp_path / "none")
    assert memory.available_memory() is None or memory.available_memory() > 2**20


def test_it_knows_this_machine():
    found = memory.available_memory()
    assert found is None or found > 0
