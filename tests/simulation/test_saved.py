import copy
import io
import json
import os
import signal
import subprocess
import sys
import time
import tracemalloc
import zipfile
from dataclasses import fields

import numpy as np
import pytest

from likelihood_kit.diagnostics import HALF_WIDTH
from likelihood_kit.errors import ArgumentError, DataError, OutputError
from likelihood_kit.families import Gamma, Uniform
from likelihood_kit.simulation import Study, StudyResult
from likelihood_kit.simulation.saved import BY_ESTIMATOR, SCHEMA


@pytest.mark.parametrize("family", [Gamma(), Uniform()], ids=repr)
def test_saved_and_loaded_is_the_same(family, tmp_path):
    truth = dict(zip(family.parameter_names, (1.0, 2.0), strict=True))
    study = Study(family, truth, (5, 10), 60, estimators=["mle", {"own way": lambda y: y[:, :2]}])
    before = study.run(progress=False)
    path = tmp_path / "study.of.mine"
    before.save(path)
    after = StudyResult.load(path)
    for name in ("family", "truth", "sizes", "replications", "seed", "no_bound"):
        assert getattr(after, name) == getattr(before, name), name
    assert list(after.estimates) == ["mle", "own way"]
    for name, values in before.estimates.items():
        np.testing.assert_array_equal(after.estimates[name], values)
        np.testing.assert_array_equal(after.expected_rates[name], before.expected_rates[name])
    assert after.table.equals(before.table)
    assert str(after.summary()) == str(before.summary())
    assert after.standard_errors.keys() == before.standard_errors.keys()


def test_a_path_that_cannot_be_written(result, tmp_path):
    with pytest.raises(OutputError, match=r"cannot write the study to '.*absent.*': No such file"):
        result.save(tmp_path / "absent" / "study.npz")
    with pytest.raises(OutputError, match="Is a directory"):
        result.save(tmp_path)


def test_files_that_are_no_study(result, tmp_path):
    path = tmp_path / "file.npz"
    with pytest.raises(DataError, match=r"cannot read '.*file.npz': No such file"):
        StudyResult.load(path)
    path.write_text("nothing of the kind")
    with pytest.raises(DataError, match="is no study saved by this kit"):
        StudyResult.load(path)
    np.savez(path, other=np.ones(3))
    with pytest.raises(DataError, match=r"is no study saved by this kit: .*header"):
        StudyResult.load(path)
    np.savez(path, header=np.array([{"a": 1}], dtype=object))
    with pytest.raises(DataError, match="is no study saved by this kit"):
        StudyResult.load(path)
    np.save(tmp_path / "one.npy", np.ones(3))
    with pytest.raises(DataError, match="is no study"):
        StudyResult.load(tmp_path / "one.npy")
    path.write_bytes(b"")
    with pytest.raises(DataError, match="is no study"):
        StudyResult.load(path)


def test_files_of_another_format_or_shape(result, tmp_path):
    path = tmp_path / "file.npz"
    result.save(path)
    with np.load(path) as file:
        arrays = dict(file)
    header = json.loads(str(arrays["header"]))
    np.savez(path, **{**arrays, "header": np.array(json.dumps({**header, "likelihood_kit study": 99}))})
    with pytest.raises(DataError, match="its format is 99, this version reads 1"):
        StudyResult.load(path)
    np.savez(path, **{**arrays, "header": np.array(json.dumps({**header, "mcse": "none"}))})
    with pytest.raises(DataError, match="no study saved by this kit: mcse: 'none' is unknown"):
        StudyResult.load(path)
    earlier = {name: value for name, value in header.items() if name not in ("mcse", "infinite")}
    np.savez(path, **{**arrays, "header": np.array(json.dumps(earlier))})
    assert StudyResult.load(path).table.equals(result.table)
    np.savez(path, **{**arrays, "estimates 0": np.ones((2, 2))})
    with pytest.raises(DataError, match=r"estimates of 'mle' have shape \(2, 2\), not \(4, 400, 2\)"):
        StudyResult.load(path)


#: Saves the study at its path again and again; says when it has begun.
SAVER = """
import sys
from likelihood_kit.simulation import StudyResult
result = StudyResult.load(sys.argv[1])
print("begun", flush=True)
while True:
    result.save(sys.argv[1])
"""


def test_a_save_that_is_killed_destroys_nothing(result, tmp_path):
    path = tmp_path / "study.npz"
    result.save(path)
    draw = np.random.default_rng(3)
    for _ in range(4):  # that a write is in one step is tested with more kills beside `replacing`
        saver = subprocess.Popen([sys.executable, "-c", SAVER, str(path)], stdout=subprocess.PIPE)
        saver.stdout.readline()
        time.sleep(draw.uniform(0, 0.05))
        saver.send_signal(signal.SIGKILL)
        saver.wait()
        saver.stdout.close()
        assert StudyResult.load(path).table.equals(result.table)


def test_a_full_disk_destroys_nothing(result, tmp_path, monkeypatch):
    path = tmp_path / "study.npz"
    result.save(path)

    def full(_):
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr("likelihood_kit._numerics.files.os.fsync", full)
    with pytest.raises(OutputError, match="No space left"):
        result.save(path)
    assert StudyResult.load(path).table.equals(result.table)
    assert os.listdir(tmp_path) == ["study.npz"]


def test_the_schema_is_that_of_a_result():
    assert {field.name for field in fields(StudyResult)} == {*SCHEMA, "information"}
    assert set(BY_ESTIMATOR) <= set(SCHEMA)


def parts(result, tmp_path):
    path = tmp_path / "good.npz"
    result.save(path)
    with np.load(path) as file:
        arrays = dict(file)
    return json.loads(str(arrays["header"])), arrays


def saved(path, header, arrays):
    np.savez(path, **{**arrays, "header": np.array(json.dumps(header))})
    return path


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("family", 3, "family must be text"),
        ("truth", {}, "truth must be a finite number for each parameter"),
        ("truth", {"shape": "2", "scale": 3.0}, "truth must be"),
        ("truth", {"shape": float("nan"), "scale": 3.0}, "truth must be"),
        ("truth", {"shape": True, "scale": 3.0}, "truth must be"),
        ("sizes", [20, 50, 100, -200], "sizes must be positive whole numbers"),
        ("sizes", [20, 50, 100, 100], "in ascending order"),
        ("sizes", [20, 50, 100, 10**30], "sizes must be"),
        ("sizes", 20, "sizes must be"),
        ("replications", 400.0, "replications must be a positive whole number"),
        ("replications", -400, "replications must be"),
        ("replications", 10**15, "have shape"),
        ("seed", -1, "seed must be"),
        ("estimates", ["mle", "mle"], "estimates must be a list of different names"),
        ("estimates", [], "estimates must be one name or more"),
        ("standard_errors", ["other"], "standard_errors are of an estimator that has no estimates"),
        ("no_bound", "none exists", "either an information or a reason"),
        ("expected_rates", {"mle": [-0.5, -0.5]}, "expected_rates must be of the estimators"),
        ("expected_rates", {"mle": [-0.5], "moments": [-0.5, -0.5]}, "expected_rates must be 2"),
        ("expected_rates", {"mle": ["a", "b"], "moments": [-0.5, -0.5]}, "lists of numbers"),
        ("infinite", [], "infinite must be text"),
        ("infinite", "lost", "infinite"),
        ("scales", [], "scales must be two ends and the name of a link by parameter"),
        ("scales", {"shape": [0.0, 1.0]}, "scales must be"),
        ("scales", {"shape": ["0", 1.0, "logit"]}, "scales must be"),
        ("scales", {"shape": [True, 2.0, "logit"]}, "scales must be"),
        ("scales", {"shape": [1.0, 1.0, "logit"]}, "scales must be"),
        ("scales", {"shape": [0.0, 1.0, "log"]}, "scales must be"),
        ("scales", {"mean": [0.0, 1.0, "logit"]}, "scales must be of the parameters"),
        (
            "scales",
            {"shape": [0.0, 1.0, "logit"], "scale": [0, 1, "logit"], "mean": [0, 1, "logit"]},
            "scales must be of",
        ),
        ("another", 1, "an unknown field 'another'"),
    ],
)
def test_every_field_is_held_to_its_schema(result, tmp_path, field, value, words):
    header, arrays = parts(result, tmp_path)
    path = saved(tmp_path / "bad.npz", {**header, field: value}, arrays)
    with pytest.raises(DataError, match=words):
        StudyResult.load(path)


@pytest.mark.parametrize(
    ("part", "array", "words"),
    [
        ("estimates 0", np.ones((4, 400, 2), dtype=np.float32), "of type float32"),
        ("estimates 0", np.full((4, 400, 2), "a"), "of type <U1"),
        ("standard_errors 0", np.full((4, 400, 2), -1.0), "a standard error is negative"),
        ("information", np.full((2, 2), np.nan), "the information is not finite"),
        ("information", np.ones((3, 3)), "the information have shape"),
        ("more", np.ones(3), "a part 'more' that no study has"),
    ],
)
def test_every_array_is_held_to_its_schema(result, tmp_path, part, array, words):
    header, arrays = parts(result, tmp_path)
    with pytest.raises(DataError, match=words):
        StudyResult.load(saved(tmp_path / "bad.npz", header, {**arrays, part: array}))


def test_nothing_is_allocated_that_is_not_in_the_file(result, tmp_path):
    """A header that promises 8 TB, in a part of a hundred bytes."""
    header, arrays = parts(result, tmp_path)
    header |= {"replications": 10**12 // 8}
    path, array = tmp_path / "bad.npz", io.BytesIO()
    np.lib.format.write_array_header_1_0(array, {"descr": "<f8", "fortran_order": False, "shape": (4, 10**12 // 8, 2)})
    saved(path, header, {"information": arrays["information"]})
    with zipfile.ZipFile(path, "a") as archive:
        for name in ("estimates 0", "estimates 1", "standard_errors 0"):
            archive.writestr(f"{name}.npy", array.getvalue() + b"few bytes")
    tracemalloc.start()
    with pytest.raises(DataError, match="cut short"):
        StudyResult.load(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2**20


def test_parts_that_share_their_bytes_are_refused(result, tmp_path):
    """A small file may hold as many arrays as it likes where all of them are the same bytes."""
    header, arrays = parts(result, tmp_path)
    path = saved(tmp_path / "bad.npz", header, {name: arrays[name] for name in ("estimates 0", "information")})
    with zipfile.ZipFile(path, "a") as archive:
        for name in ("estimates 1", "standard_errors 0"):
            again = copy.copy(archive.getinfo("estimates 0.npy"))
            again.filename = f"{name}.npy"
            archive.filelist.append(again)
        archive.writestr("more", b"")  # what makes the list be written again
    with pytest.raises(DataError, match="larger than the file"):
        StudyResult.load(path)


def test_a_compressed_part_is_refused(result, tmp_path):
    header, arrays = parts(result, tmp_path)
    np.savez_compressed(tmp_path / "bad.npz", **{**arrays, "header": np.array(json.dumps(header))})
    with pytest.raises(DataError, match="compressed"):
        StudyResult.load(tmp_path / "bad.npz")


def test_a_file_cut_or_changed_anywhere_is_refused_or_read_whole(result, tmp_path):
    """Bytes lost or turned: never another exception, never other estimates."""
    result.save(tmp_path / "good.npz")
    whole = (tmp_path / "good.npz").read_bytes()
    draw, path = np.random.default_rng(8), tmp_path / "bad.npz"
    contents = [whole[:end] for end in draw.integers(0, len(whole), 40)]
    for place in draw.integers(0, len(whole), 150):
        contents.append(whole[:place] + bytes([whole[place] ^ int(draw.integers(1, 256))]) + whole[place + 1 :])
    for content in contents:
        path.write_bytes(content)
        try:
            found = StudyResult.load(path)
        except DataError:
            continue
        for name, values in result.estimates.items():
            np.testing.assert_array_equal(found.estimates[name], values)


def test_what_is_no_path_or_no_file(result, tmp_path):
    for bad in (None, 3, b"a\0b", "a\0b"):
        with pytest.raises(ArgumentError, match="path must be text or a path"):
            StudyResult.load(bad)
        with pytest.raises(ArgumentError, match="path must be text or a path"):
            result.save(bad)
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(DataError, match="it is no file"):
        StudyResult.load(tmp_path / "pipe")


def test_a_file_without_scales_has_the_symmetric_intervals_of_its_time(result, tmp_path):
    header, arrays = parts(result, tmp_path)
    del header["scales"]
    earlier = StudyResult.load(saved(tmp_path / "earlier.npz", header, arrays))
    assert earlier.scales == {}
    held = np.abs(result.estimates["mle"] - [2.0, 3.0]) <= HALF_WIDTH * result.standard_errors["mle"]
    table = earlier.table[earlier.table["measure"] == "coverage"]
    np.testing.assert_allclose(table["value"], held.mean(axis=1).ravel())


def test_a_truth_or_estimates_outside_the_space_that_the_file_names_were_taken(result, tmp_path):
    header, arrays = parts(result, tmp_path)
    path = saved(tmp_path / "bad.npz", {**header, "truth": {"shape": 2.0, "scale": -1.0}}, arrays)
    with pytest.raises(DataError, match="the truth scale = -1 is beyond the ends 0 and inf"):
        StudyResult.load(path)
    saved(path, header, {**arrays, "estimates 1": -arrays["estimates 1"]})
    with pytest.raises(DataError, match="estimates of shape by 'moments' are beyond 0 and inf"):
        StudyResult.load(path)


def test_a_header_with_a_key_twice_was_read_as_its_last(result, tmp_path):
    header, arrays = parts(result, tmp_path)
    text = json.dumps(header).replace('"seed"', '"replications": 3, "seed"')
    np.savez(tmp_path / "bad.npz", **{**arrays, "header": np.array(text)})
    with pytest.raises(DataError, match="'replications' stands in it twice"):
        StudyResult.load(tmp_path / "bad.npz")
