"""The catalogue holds every family on disk, its generated kernels are what the formulas derive, its estimates hold."""

import ast
import re
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose

from likelihood_kit import families
from likelihood_kit.errors import ArgumentError, NotAvailableError
from likelihood_kit.families import CATALOGUE, Family, Gamma, StudentT, catalogue, generate
from likelihood_kit.families.generate import generated_path, generated_source

FOLDER = Path(catalogue.__file__).parent


def families_on_disk(folder: Path) -> dict[str, str]:
    """Name of each class that derives from a family, and the file it is in."""
    found = {}
    for path in folder.glob("*.py"):
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.ClassDef) and {"Family", *found} & {ast.unparse(base) for base in node.bases}:
                found[node.name] = path.stem
    return found


def in_snake_case(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def test_files_on_disk_are_the_catalogue(oracle_files):
    """One family, one file, one oracle, one file of kernels; all are exported."""
    on_disk = families_on_disk(FOLDER)
    assert on_disk == {name: family.__module__.rpartition(".")[2] for name, family in CATALOGUE.items()}
    assert on_disk == {name: in_snake_case(name) for name in CATALOGUE}
    files = set(on_disk.values())
    assert files == {path.stem for path in FOLDER.glob("[!_]*.py")}
    assert files | {generate.NAMES} == {path.stem for path in generate.FOLDER.glob("[!_]*.py")}
    assert files == oracle_files
    assert set(on_disk) <= set(families.__all__)
    assert all(getattr(families, name) is family for name, family in CATALOGUE.items())


def test_a_file_that_is_in_no_catalogue_is_found(tmp_path):
    (tmp_path / "cauchy.py").write_text("class Cauchy(Family):\n    pass\n")
    assert families_on_disk(tmp_path) == {"Cauchy": "cauchy"}


def test_a_family_is_discovered_where_its_file_is(tmp_path, monkeypatch):
    """Imported names of other families are not taken for families of the file."""
    (tmp_path / "rayleigh.py").write_text(
        "import likelihood_kit as lk\nfrom likelihood_kit.families import Gamma\n\n\n"
        "class Rayleigh(lk.Family):\n    scale = lk.Positive()\n    support = lk.Interval(0, float('inf'))\n\n"
        "    @staticmethod\n    def log_density(y, scale):\n        return -(y**2) / scale\n"
    )
    monkeypatch.setattr(catalogue, "__path__", [str(tmp_path)])
    try:
        assert list(catalogue.found()) == ["Rayleigh"]
    finally:
        sys.modules.pop(f"{catalogue.__name__}.rayleigh", None)


@pytest.mark.parametrize("name", CATALOGUE)
def test_the_names_a_user_types(name, oracles):
    family, oracle = CATALOGUE[name](), oracles[name]
    assert family.parameter_names == oracle.coordinates[0].parameters
    assert tuple(family.law.known) == oracle.known
    assert family.predicted == oracle.predicted
    assert family.available_parameters[0] == oracle.coordinates[0].parameters
    assert family.law.typical.keys() == family.law.quantities.keys()
    for quantity, (low, high) in family.law.typical.items():
        assert family.law.quantities[quantity].contains([low, high]).all()


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
    written = (generate.FOLDER / "gamma.py").read_text("utf-8")
    monkeypatch.setattr(generate, "FOLDER", tmp_path)
    monkeypatch.setattr(generate, "CATALOGUE", {"Gamma": Gamma})
    assert generate.main(["--check"]) == 2
    found = capsys.readouterr().out
    assert "catalogue_names.py differs" in found
    assert "gamma.py differs" in found
    assert list(tmp_path.iterdir()) == []
    assert generate.main([]) == 0
    assert generate.main(["--check"]) == 0
    (tmp_path / "__init__.py").touch()
    (tmp_path / "gama.py").touch()
    assert generate.main(["--check"]) == 1
    assert "gama.py belongs to no family" in capsys.readouterr().out
    assert generate.main([]) == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["__init__.py", "catalogue_names.py", "gamma.py"]
    assert (tmp_path / "gamma.py").read_text("utf-8") == written


@pytest.mark.parametrize("name", CATALOGUE)
def test_the_catalogue_is_differentiated_symbolically(name, oracles):
    for names in CATALOGUE[name]().available_parameters:
        family = CATALOGUE[name](parameters=names)
        assert family.derivatives == "symbolic"
        assert (family.kernels.statistics is not None) == oracles[name].statistics


def test_sufficient_statistics_carry_the_sample(drawn):
    kernel = drawn.family.kernels.statistics
    if kernel is None:
        return
    y, theta = drawn.typical_data(), drawn.theta.values()
    # Parameters have no part in the statistics.
    products = kernel.products(kernel.hoist(*drawn.data(y)), *[np.nan] * len(theta))
    means = [np.broadcast_to(product, y.shape).mean(axis=-1, keepdims=True) for product in products]
    value, score, hessian = kernel.combine(means, *theta)
    assert_allclose(kernel.value_combine(means, *theta), value, rtol=1e-13)
    assert_allclose(value, drawn.log_density(y).mean(axis=-1, keepdims=True), rtol=1e-11)
    assert_allclose(np.stack(score, axis=-1)[:, 0], drawn.score(y).mean(axis=1), rtol=1e-10, atol=1e-12)
    lower = np.tril_indices(len(drawn.theta))
    wanted = drawn.hessian(y).mean(axis=1)[:, *lower]
    assert_allclose(np.stack(np.broadcast_arrays(*hessian), axis=-1)[:, 0], wanted, rtol=1e-10, atol=1e-12)


def sample_of(drawn, n: int) -> np.ndarray:
    return drawn.sample((len(drawn.ends[0]), n), 11)


def test_the_method_of_moments_reproduces_the_moments(drawn):
    y = sample_of(drawn, 500)
    if "method_of_moments" not in drawn.family.law.functions:
        with pytest.raises(NotAvailableError, match="no method of moments declared"):
            drawn.method_of_moments(y)
        return
    found = {name: value[:, None] for name, value in drawn.family.method_of_moments(y, **drawn.known).items()}
    assert tuple(found) == drawn.family.parameter_names
    usable = np.all([np.isfinite(value) for value in found.values()], axis=0)[:, 0]
    assert usable.all() or isinstance(drawn.family, StudentT)  # of a sample flatter than the Normal law there is none
    found = {name: value[usable] for name, value in found.items()}
    known = {name: value[usable] for name, value in drawn.known.items()}
    assert_allclose(drawn.family.mean(**found, **known)[:, 0], y[usable].mean(axis=-1), rtol=1e-11)
    if len(found) > 1:
        assert_allclose(drawn.family.variance(**found, **known)[:, 0], y[usable].var(axis=-1), rtol=1e-11)


def test_a_start_is_in_the_space_and_near(drawn):
    start = drawn.family.start(sample_of(drawn, 2000), **drawn.known)
    for name, value in start.items():
        assert drawn.family.spaces[name].contains(value).all()
        rtol = 1.0 if name == "df" else 0.25
        assert_allclose(value, drawn.theta[name][:, 0], rtol=rtol, atol=0.3)


def test_a_start_of_a_sample_without_spread_is_in_the_space(drawn):
    for n in (1, 4):
        start = drawn.family.start(np.repeat(drawn.typical_data()[:, :1], n, axis=1), **drawn.known)
        for name, value in start.items():
            assert drawn.family.spaces[name].contains(value).all(), name


def test_the_maximum_of_a_law_that_is_not_smooth_has_a_closed_form(drawn):
    y = sample_of(drawn, 51)  # a median of an even number is one of many
    found = drawn.family.closed_maximum(y, **drawn.known)
    assert (found is None) == drawn.family.smooth
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
