"""The catalogue holds every family on disk, its generated kernels are what the formulas derive, its estimates hold."""

import ast
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose

from likelihood_kit import families
from likelihood_kit.errors import ArgumentError, NotAvailableError
from likelihood_kit.families import CATALOGUE, Family, Gamma, StudentT, generate
from likelihood_kit.families.generate import generated_path, generated_source

FOLDER = Path(families.__file__).parent
# Canonical parameters in order, the predicted one first; as a user types them, so they do not change.
NAMES = {
    "Normal": ("mean", ["mean", "sd"]),
    "Exponential": ("scale", ["scale"]),
    "Gamma": ("scale", ["shape", "scale"]),
    "Weibull": ("scale", ["shape", "scale"]),
    "StudentT": ("loc", ["loc", "scale", "df"]),
    "Uniform": ("low", ["low", "high"]),
    "Bernoulli": ("probability", ["probability"]),
    "Poisson": ("rate", ["rate"]),
}
WITHOUT_STATISTICS = {"Weibull", "StudentT"}


def families_on_disk(folder: Path) -> dict[str, str]:
    """Name of each class that derives from `Family`, and the file it is in."""
    found = {}
    for path in folder.glob("*.py"):
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.ClassDef) and "Family" in [ast.unparse(base) for base in node.bases]:
                found[node.name] = path.stem
    return found


def test_files_on_disk_are_the_catalogue():
    on_disk = families_on_disk(FOLDER)
    assert on_disk.keys() == CATALOGUE.keys()
    assert on_disk == {name: family.__module__.rpartition(".")[2] for name, family in CATALOGUE.items()}
    assert set(on_disk.values()) == {path.stem for path in (FOLDER / "_generated").glob("[!_]*.py")}
    assert set(on_disk) <= set(families.__all__)


def test_a_file_that_is_in_no_catalogue_is_found(tmp_path):
    (tmp_path / "cauchy.py").write_text("class Cauchy(Family):\n    pass\n")
    assert families_on_disk(tmp_path) == {"Cauchy": "cauchy"}


@pytest.mark.parametrize("name", CATALOGUE)
def test_the_names_a_user_types(name):
    family = CATALOGUE[name]()
    predicted, parameters = NAMES[name]
    assert list(family.parameter_names) == parameters
    assert family.predicted == predicted
    assert family.available_parameters[0] == tuple(parameters)
    for parameter, (low, high) in family.law.typical.items():
        assert family.spaces[parameter].contains([low, high]).all()


@pytest.mark.parametrize("spelling", ["StudentT", "studentt", "student_t", "student-t", "STUDENT_T"])
def test_a_family_is_found_by_name(spelling):
    assert families.find_family(spelling) is StudentT


def test_an_unknown_family_is_told_its_neighbours():
    with pytest.raises(ArgumentError, match=r"'Gama': did you mean 'Gamma'.*known: .*Poisson"):
        families.find_family("Gama")


@pytest.mark.parametrize("family", CATALOGUE.values(), ids=CATALOGUE)
def test_generated_kernels_are_what_the_formula_derives(family):
    assert generated_path(family).read_text("utf-8") == generated_source(family)


class OtherFormula(Gamma):
    @staticmethod
    def log_density(y, shape, scale):
        return Gamma.law.log_density(y, shape, scale) - 1e-6 * shape


def test_a_generated_file_of_another_formula_is_found():
    OtherFormula.law = replace(OtherFormula.law, origin=Gamma.law.origin)
    assert generated_path(OtherFormula) == generated_path(Gamma)
    assert generated_path(OtherFormula).read_text("utf-8") != generated_source(OtherFormula)


def test_the_generator_writes_and_checks(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(generate, "FOLDER", tmp_path)
    monkeypatch.setattr(generate, "CATALOGUE", {"Gamma": Gamma})
    assert generate.main(["--check"]) == 1
    assert "gamma.py differs" in capsys.readouterr().out
    assert list(tmp_path.iterdir()) == []
    assert generate.main([]) == 0
    assert generate.main(["--check"]) == 0
    assert (tmp_path / "gamma.py").read_text("utf-8") == (FOLDER / "_generated" / "gamma.py").read_text("utf-8")


@pytest.mark.parametrize("name", CATALOGUE)
def test_the_catalogue_is_differentiated_symbolically(name):
    for names in CATALOGUE[name]().available_parameters:
        family = CATALOGUE[name](parameters=names)
        assert family.derivatives == "symbolic"
        assert (family.kernels.reduced is None) == (name in WITHOUT_STATISTICS)


def test_sufficient_statistics_carry_the_sample(drawn):
    kernels = drawn.family.kernels
    if kernels.reduced is None:
        return
    y = drawn.typical_data()
    means = [np.broadcast_to(h, y.shape).mean(axis=-1, keepdims=True) for h in kernels.reduced.hoist(y)]
    value, score, hessian = kernels.reduced.derivatives(means, *drawn.theta.values())
    assert_allclose(kernels.reduced.value(means, *drawn.theta.values()), value, rtol=1e-13)
    assert_allclose(value, drawn.log_density(y).mean(axis=-1, keepdims=True), rtol=1e-11)
    assert_allclose(np.stack(score, axis=-1)[:, 0], drawn.score(y).mean(axis=1), rtol=1e-10, atol=1e-12)
    lower = np.tril_indices(len(drawn.theta))
    wanted = drawn.hessian(y).mean(axis=1)[:, *lower]
    assert_allclose(np.stack(np.broadcast_arrays(*hessian), axis=-1)[:, 0], wanted, rtol=1e-10, atol=1e-12)


def sample_of(drawn, n: int) -> np.ndarray:
    return drawn.sample((len(drawn.ends[0]), n), 11)


def test_the_method_of_moments_reproduces_the_moments(drawn):
    y = sample_of(drawn, 500)
    found = {name: value[:, None] for name, value in drawn.family.method_of_moments(y).items()}
    assert tuple(found) == drawn.family.parameter_names
    usable = np.all([np.isfinite(value) for value in found.values()], axis=0)[:, 0]
    assert usable.all() or isinstance(drawn.family, StudentT)  # of a sample flatter than the Normal law there is none
    found = {name: value[usable] for name, value in found.items()}
    assert_allclose(drawn.family.mean(**found)[:, 0], y[usable].mean(axis=-1), rtol=1e-11)
    if len(found) > 1:
        assert_allclose(drawn.family.variance(**found)[:, 0], y[usable].var(axis=-1), rtol=1e-11)


def test_a_start_is_in_the_space_and_near(drawn):
    start = drawn.family.start(sample_of(drawn, 2000))
    for name, value in start.items():
        assert drawn.family.spaces[name].contains(value).all()
        rtol = 1.0 if name == "df" else 0.25
        assert_allclose(value, drawn.theta[name][:, 0], rtol=rtol, atol=0.3)


def test_a_start_of_a_sample_without_spread_is_in_the_space(drawn):
    for n in (1, 4):
        start = drawn.family.start(np.repeat(drawn.typical_data()[:, :1], n, axis=1))
        for name, value in start.items():
            assert drawn.family.spaces[name].contains(value).all(), name


def test_the_maximum_of_a_law_that_is_not_regular_has_a_closed_form(drawn):
    y = sample_of(drawn, 50)
    found = drawn.family.closed_maximum(y)
    assert (found is None) == drawn.family.regular
    if found is None:
        return
    theta = {name: value[:, None] for name, value in found.items()}
    best = drawn.family.log_density(y, **theta).sum(axis=-1)
    for name, value in theta.items():
        for factor in (1 - 1e-6, 1 + 1e-6):
            moved = drawn.family.log_density(y, **{**theta, name: value * factor}).sum(axis=-1)
            assert (moved < best).all()


def test_moments_with_a_parameter_held_fixed_are_refused():
    with pytest.raises(NotAvailableError, match="held fixed"):
        Gamma(shape=2.0).method_of_moments(np.ones(3))


def test_the_catalogue_is_of_classes_of_the_contract():
    assert all(issubclass(family, Family) for family in CATALOGUE.values())
