"""What a folder keeps of a study goes on with the same study alone."""

import pytest

from likelihood_kit.errors import ArgumentError
from likelihood_kit.families import Exponential
from likelihood_kit.simulation import Study, study


def test_pieces_of_another_length_are_those_of_another_study(monkeypatch, tmp_path):
    """Random numbers are drawn for each piece: with other pieces the same seed gives other numbers."""
    own = Study(Exponential(), {"scale": 2.0}, sizes=(10,), replications=50, seed=1)
    own.run(progress=False, checkpoint=tmp_path / "kept")
    own.run(progress=False, checkpoint=tmp_path / "kept")
    monkeypatch.setattr(study, "CHUNK", 200)
    with pytest.raises(ArgumentError, match="is of another study: values per chunk is"):
        own.run(progress=False, checkpoint=tmp_path / "kept")
