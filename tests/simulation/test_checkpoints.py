"""What a folder keeps of a study goes on with the same study alone."""

import io
import os
import zipfile

import numpy as np
import pytest

from likelihood_kit.errors import ArgumentError
from likelihood_kit.families import Exponential, Gamma
from likelihood_kit.simulation import Study, study


def test_pieces_of_another_length_are_those_of_another_study(monkeypatch, tmp_path):
    """Random numbers are drawn for each piece: with other pieces the same seed gives other numbers."""
    own = Study(Exponential(), {"scale": 2.0}, sizes=(10,), replications=50, seed=1)
    own.run(progress=False, checkpoint=tmp_path / "kept")
    own.run(progress=False, checkpoint=tmp_path / "kept")
    monkeypatch.setattr(study, "CHUNK", 200)
    with pytest.raises(ArgumentError, match="is of another study: values per chunk is"):
        own.run(progress=False, checkpoint=tmp_path / "kept")


def gamma_study(factor=1.0, **changes):
    """Moments, of which the variance is another from samples of 20 on."""

    def function(samples):
        return np.c_[samples.mean(axis=1), samples.var(axis=1) * (1 if samples.shape[1] < 20 else factor)]

    settings = {"sizes": (10, 20), "replications": 40, "seed": 1, "estimators": ("mle", {"own": function})}
    return Study(Gamma(), {"shape": 2.0, "scale": 3.0}, **{**settings, **changes})


def test_a_later_size_of_another_function_was_taken(tmp_path):
    """The first piece alone was compared, of samples of 10, where both are the same."""
    gamma_study().run(progress=False, checkpoint=tmp_path)
    gamma_study().run(progress=False, checkpoint=tmp_path)
    with pytest.raises(ArgumentError, match="filled by another formula, estimator or version"):
        gamma_study(5.0).run(progress=False, checkpoint=tmp_path)


def test_an_estimate_that_differs_alone_by_rounding_is_compared_whole(tmp_path):
    """A search that ends for all samples at once: its estimates of one sample alone are a little others."""

    def together(samples):
        return samples.mean(axis=1) * (1 + 1e-5 * len(samples))

    own = Study(Exponential(), {"scale": 2.0}, (10, 20), 40, {"together": together}, seed=1)
    first = own.run(progress=False, checkpoint=tmp_path)
    again = own.run(progress=False, checkpoint=tmp_path)
    np.testing.assert_array_equal(first.estimates["together"], again.estimates["together"])


def test_a_function_that_fails_at_a_single_sample_goes_on(tmp_path):
    own = Study(Exponential(), {"scale": 2.0}, (10, 20), 40, {"flat": lambda s: np.squeeze(s.mean(axis=1))}, seed=1)
    own.run(progress=False, checkpoint=tmp_path)
    own.run(progress=False, checkpoint=tmp_path)


def changed(path, **parts):
    with np.load(path) as file:
        arrays = {name: np.array(array) for name, array in file.items()}
    for name, change in parts.items():
        arrays[name.replace("_of_", " ")] = change(arrays[name.replace("_of_", " ")])
    np.savez(path, **arrays)


@pytest.mark.parametrize(
    "parts",
    [
        {"standard_errors_of_0": lambda errors: 0 * errors - 1},
        {"standard_errors_of_0": lambda errors: errors.astype(np.float16)},
        {"values_of_0": lambda values: -values},
        {"values_of_1": lambda values: values.astype(np.longdouble)},
        {"values_of_1": lambda values: values.astype(">f8")},
        {"converged_of_0": lambda inside: ~inside},
    ],
)
def test_a_later_piece_with_numbers_that_no_study_has_was_taken(tmp_path, parts):
    whole = gamma_study().run(progress=False, checkpoint=tmp_path)
    changed(tmp_path / "size_20_chunk_0.npz", **parts)
    again = gamma_study().run(progress=False, checkpoint=tmp_path)
    for name, values in whole.estimates.items():
        np.testing.assert_array_equal(again.estimates[name], values)
    np.testing.assert_array_equal(again.standard_errors["mle"], whole.standard_errors["mle"])


def array_with_header(text):
    head = text.encode().ljust(117) + b"\n"
    return b"\x93NUMPY\x01\x00" + len(head).to_bytes(2, "little") + head


def archive_of(content, method=zipfile.ZIP_STORED):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as archive:
        archive.writestr("values 0.npy", content)
    return made.getvalue()


def with_bytes(content, *places):
    changed = bytearray(content)
    for signature, offset, value in places:
        changed[content.index(signature) + offset] = value
    return bytes(changed)


LOCAL, CENTRAL = b"PK\x03\x04", b"PK\x01\x02"
PROMISE = "{'descr': '<f8', 'fortran_order': False, 'shape': (%s, 2), }"
DAMAGED = {
    "8 TB": archive_of(array_with_header(PROMISE % 10**12)),
    "more than an index holds": archive_of(array_with_header(PROMISE % 10**30)),
    "no header": archive_of(array_with_header("(((")),
    "no array": archive_of(b"hello"),
    "no archive": b"hello",
    "one array": array_with_header(PROMISE % 0),
    "damaged deflate": with_bytes(archive_of(b"a" * 1000, zipfile.ZIP_DEFLATED), (LOCAL, 42, 255), (LOCAL, 43, 255)),
    "unknown method": with_bytes(archive_of(b"hello"), (LOCAL, 8, 99), (CENTRAL, 10, 99)),
    "encrypted": with_bytes(archive_of(b"hello"), (LOCAL, 6, 1), (CENTRAL, 8, 1)),
}


@pytest.mark.parametrize("content", DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_piece_stopped_the_study_instead_of_being_redone(tmp_path, content):
    """With MemoryError, OverflowError, tokenize.TokenError, AttributeError, zlib.error, NotImplementedError."""
    whole = gamma_study().run(progress=False, checkpoint=tmp_path)
    for piece in tmp_path.glob("*.npz"):
        piece.write_bytes(content)
    again = gamma_study().run(progress=False, checkpoint=tmp_path)
    np.testing.assert_array_equal(again.estimates["own"], whole.estimates["own"])


def test_a_piece_that_is_a_pipe_or_a_device_made_the_study_wait_for_ever(tmp_path):
    gamma_study().run(progress=False, checkpoint=tmp_path)
    piece = tmp_path / "size_20_chunk_0.npz"
    for make in (os.mkfifo, os.mkdir, lambda path: os.symlink("/dev/zero", path)):
        piece.unlink()
        make(piece)
        with pytest.raises(ArgumentError, match=r"size_20_chunk_0.npz' is no file; remove it"):
            gamma_study().run(progress=False, checkpoint=tmp_path)
        if piece.is_dir():
            piece.rmdir()
            piece.touch()


@pytest.mark.parametrize("text", ["[" * 100_000, "{", '{"a": 1, "a": 2}', "\udcff"])
def test_a_header_that_is_none_is_refused_in_words(tmp_path, text):
    gamma_study().run(progress=False, checkpoint=tmp_path)
    (tmp_path / "checkpoint.json").write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises(ArgumentError, match="is none of this kit's"):
        gamma_study().run(progress=False, checkpoint=tmp_path)
    (tmp_path / "checkpoint.json").unlink()
    os.mkfifo(tmp_path / "checkpoint.json")
    with pytest.raises(ArgumentError, match="is none of this kit's: it is no file"):
        gamma_study().run(progress=False, checkpoint=tmp_path)


def test_a_folder_of_a_study_killed_in_its_first_write_was_refused(tmp_path):
    (tmp_path / f".{'0a' * 8}.part").write_bytes(b"half")
    gamma_study().run(progress=False, checkpoint=tmp_path)
    # Negative control: such a name that the kit never gives.
    other = tmp_path / "other"
    other.mkdir()
    (other / ".mine.part").touch()
    with pytest.raises(ArgumentError, match="holds something else"):
        gamma_study().run(progress=False, checkpoint=other)


def test_a_drawn_seed_of_another_run_is_named_as_what_to_give(tmp_path):
    drawn = gamma_study(seed=None)
    drawn.run(progress=False, checkpoint=tmp_path)
    with pytest.raises(ArgumentError, match=f"give seed={drawn.seed} to go on with it, or name another folder"):
        gamma_study(seed=None).run(progress=False, checkpoint=tmp_path)
    gamma_study(seed=drawn.seed).run(progress=False, checkpoint=tmp_path)
