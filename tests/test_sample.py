"""Samples as values: weights, order, blocks and compression change no total, over the whole catalogue."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import likelihood_kit as lk
import likelihood_kit.sample
from likelihood_kit.calculus import DATUM
from likelihood_kit.families import CATALOGUE, Family
from likelihood_kit.likelihood import Likelihood
from likelihood_kit.predictor import Predictor
from likelihood_kit.sample import Sample, gram

ROWS = 12
#: Two orders of a sum of a dozen terms, in units of the largest partial sum met here.
RTOL, ATOL = 1e-11, 1e-10


class Case:
    """A family, three samples of it with known quantities for each row, and designs.

    Attributes
    ----------
    columns : dict of name to `(3, n)`, the response first
    frequencies : (3, n)
        Some rows count more than once.
    """

    def __init__(self, family: Family, design: str) -> None:
        rng = np.random.default_rng([7, *family.law.origin.encode()])
        self.family, law = family, family.law
        known = {name: np.round(rng.uniform(*law.typical[name], (3, ROWS))) for name in law.known}
        theta = {name: float(np.mean(law.typical[name])) for name in law.parameters}
        y = np.asarray(family.sample((3, ROWS), rng, **theta, **known), dtype=float)
        self.columns = {name: {**known, DATUM: y}[name] for name in law.data}
        self.frequencies = rng.integers(1, 4, (3, ROWS)).astype(float)
        self.designs = {}
        x = np.column_stack([np.ones(ROWS), rng.normal(size=(ROWS, 2))])
        driven = {"none": (), "predicted": (law.predicted,), "all": tuple(law.parameters)}[design]
        for name in driven:
            self.designs[name] = x
        center = [float(family.links[name].forward(np.asarray(theta[name]))) for name in law.parameters]
        # A tenth of a unit keeps every row inside the support of a law whose ends move.
        slopes = x.shape[1] - 1
        parts = [
            [c, *rng.normal(0, 0.02, slopes)] if name in driven else [c]
            for name, c in zip(law.parameters, center, strict=True)
        ]
        self.working = np.concatenate(parts) + np.zeros((3, 1))

    def likelihood(self, sample: Sample, rows=slice(None), **settings) -> Likelihood:
        """The likelihood over a sample, with the rows of the designs that it has."""
        predictors = []
        for name in self.family.parameter_names:
            columns = self.designs[name][rows] if name in self.designs else None
            labels = (name,) if columns is None else tuple(f"{name}:{j}" for j in range(columns.shape[1]))
            predictors.append(Predictor(name, self.family.spaces[name], self.family.links[name], columns, labels))
        return Likelihood(self.family.kernels, sample, tuple(predictors), **settings)

    def one(self, i: int) -> dict[str, np.ndarray]:
        """Columns of one sample."""
        return {name: column[i] for name, column in self.columns.items()}


@pytest.fixture(params=["none", "predicted", "all"])
def case(request, family_class):
    return Case(family_class(), request.param)


@pytest.fixture(params=CATALOGUE.values(), ids=CATALOGUE)
def family_class(request):
    return request.param


def agree(found, wanted):
    for one, other in zip(found, wanted, strict=True):
        assert_allclose(one, other, rtol=RTOL, atol=ATOL * max(1.0, np.abs(wanted[-1]).max()))


def everything(likelihood, working):
    value, score, hessian = likelihood.derivatives(working)
    natural = likelihood.derivatives(working, natural=True)
    assert np.isfinite(value).all()
    assert_allclose(likelihood.value(working), value, rtol=1e-12)
    return (*natural, value, score, hessian)


def frequencies_are_repeated_rows(case):
    for i in range(3):
        times = case.frequencies[i].astype(int)
        repeated = np.repeat(np.arange(ROWS), times)
        weighted = Sample.of(case.one(i), frequencies=case.frequencies[i])
        plain = Sample.of({name: column[repeated] for name, column in case.one(i).items()})
        working = case.working[i : i + 1]
        agree(everything(case.likelihood(weighted), working), everything(case.likelihood(plain, repeated), working))
        assert np.ravel(weighted.count) == np.ravel(weighted.weight) == plain.count == len(repeated)
        scores = case.likelihood(plain, repeated).row_scores(working[0])
        product = weighted.outer_product(case.likelihood(weighted).row_scores(working[0]))
        assert_allclose(product, plain.outer_product(scores), rtol=RTOL, atol=ATOL * np.abs(product).max())


def the_order_of_rows_is_irrelevant(case):
    order = np.random.default_rng(3).permutation(ROWS)
    for i in range(3):
        here, moved = (
            Sample.of(
                {name: column[rows] for name, column in case.one(i).items()}, frequencies=case.frequencies[i][rows]
            )
            for rows in (np.arange(ROWS), order)
        )
        working = case.working[i : i + 1]
        agree(everything(case.likelihood(moved, order), working), everything(case.likelihood(here), working))


def blocks_of_one_row_are_one_block(case):
    for settings in ({}, {"frequencies": case.frequencies}):
        sample = Sample.of(case.columns, **settings)
        for on_statistics in (True, False):
            whole = everything(case.likelihood(sample, on_statistics=on_statistics), case.working)
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(likelihood_kit.sample, "BLOCK", 1)
                patch.setattr(likelihood_kit.sample, "SHORTEST_BLOCK", 1)
                fresh = case.likelihood(Sample.of(case.columns, **settings), on_statistics=on_statistics)
                assert len(list(fresh.sample.blocks(3))) == 3 * ROWS
                agree(everything(fresh, case.working), whole)
                scores = case.likelihood(Sample.of(case.one(0))).row_scores(case.working[0])
            assert_allclose(scores, case.likelihood(Sample.of(case.one(0))).row_scores(case.working[0]), rtol=1e-13)


def statistics_stand_for_the_rows(case):
    for settings in ({}, {"frequencies": case.frequencies}):
        sample = Sample.of(case.columns, **settings)
        rows = everything(case.likelihood(sample, on_statistics=False), case.working)
        agree(everything(case.likelihood(sample), case.working), rows)


def a_batch_is_each_alone(case):
    together = everything(case.likelihood(Sample.of(case.columns, frequencies=case.frequencies)), case.working)
    for i in range(3):
        sample = Sample.of(case.one(i), frequencies=case.frequencies[i])
        alone = everything(case.likelihood(sample), case.working[i : i + 1])
        agree([part[0] for part in alone], [part[i] for part in together])
    taken = case.likelihood(Sample.of(case.columns, frequencies=case.frequencies)).take(np.array([2, 0]))
    agree(everything(taken, case.working[[2, 0]]), [part[[2, 0]] for part in together])


def rows_add_up(case):
    sample = Sample.of(case.one(1), frequencies=case.frequencies[1])
    likelihood, working = case.likelihood(sample), case.working[1:2]
    value, score, _ = likelihood.derivatives(working)
    weights = case.frequencies[1]
    assert_allclose(weights @ likelihood.row_values(working[0]), value[0], rtol=RTOL)
    assert_allclose(weights @ likelihood.row_scores(working[0]), score[0], rtol=RTOL, atol=1e-8)


LAWS = (
    frequencies_are_repeated_rows,
    the_order_of_rows_is_irrelevant,
    blocks_of_one_row_are_one_block,
    statistics_stand_for_the_rows,
    a_batch_is_each_alone,
    rows_add_up,
)


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
def test_a_sample_keeps(law, case):
    law(case)


FAULTS = {
    "frequencies that count once": (frequencies_are_repeated_rows, "weights", property(lambda self: None)),
    "a count of rows": (frequencies_are_repeated_rows, "weight", property(lambda self: float(self.rows))),
    "a frequency squared": (
        frequencies_are_repeated_rows,
        "outer_product",
        lambda self, scores: (
            scores.T @ scores if self.weights is None else (scores * self.weights[0][:, None] ** 2).T @ scores
        ),
    ),
    "a row that is lost between blocks": (
        blocks_of_one_row_are_one_block,
        "blocks",
        lambda self, r, columns=1: [(slice(0, r), slice(0, self.rows - (likelihood_kit.sample.BLOCK == 1)))],
    ),
    "the first row twice": (
        the_order_of_rows_is_irrelevant,
        "total",
        lambda self, entry, lines=slice(None), rows=slice(None): (
            np.broadcast_to(entry, (1, self.rows)).sum(axis=1, keepdims=True) + np.ravel(entry)[:1]
        ),
    ),
    "a batch that shares the first sample": (a_batch_is_each_alone, "take", lambda self, index: self),
}


@pytest.mark.parametrize(("law", "name", "fault"), FAULTS.values(), ids=FAULTS)
def test_a_fault_is_found(law, name, fault, monkeypatch):
    case = Case(CATALOGUE["Weibull"](), "predicted")
    law(case)
    monkeypatch.setattr(Sample, name, fault)
    with pytest.raises(AssertionError):
        law(case)


# Values and frequencies


@pytest.mark.parametrize("family_class", [f for f in CATALOGUE.values() if f().discrete and not f.law.known], ids=repr)
def test_a_compressed_sample_is_as_it_was(family_class):
    case, rng = Case(family_class(), "none"), np.random.default_rng(1)
    theta = {name: float(np.mean(box)) for name, box in case.family.law.typical.items()}
    y = case.family.sample(2000, rng, **theta).astype(float)
    working = case.working[:1]
    for weights in (None, rng.integers(0, 3, 2000).astype(float)):
        sample = Sample.of({DATUM: y}, frequencies=weights)
        small = sample.compressed()
        assert small.rows < 50
        assert_allclose(np.ravel(small.count), np.ravel(sample.count))
        agree(everything(case.likelihood(small), working), everything(case.likelihood(sample), working))
        plain = [case.likelihood(s, on_statistics=False) for s in (small, sample)]
        agree(everything(plain[0], working), everything(plain[1], working))
        assert_array_equal(np.sort(small.columns[DATUM][0]), np.unique(y if weights is None else y[weights > 0]))


@pytest.mark.parametrize("weighted", [False, True])
def test_few_values_are_repeated_with_their_frequencies(weighted):
    """Rows that end at one limit, beside a column that is the same for all."""
    y = np.tile([2.5, 0.1, 7.25], 100)
    weights = np.tile([1.0, 0.0, 2.0], 100) if weighted else None
    small = Sample.of({DATUM: y, "trials": 5.0}, frequencies=weights).compressed()
    assert small.columns["trials"] == 5.0
    assert_array_equal(small.columns[DATUM], [[2.5, 7.25] if weighted else [0.1, 2.5, 7.25]])
    assert_array_equal(small.frequencies, [[100, 200] if weighted else [100, 100, 100]])


def test_counts_of_a_fixed_number_of_trials_are_compressed():
    """Trials that are one number were taken for a second column of the data."""
    model = lk.LikelihoodModel(np.tile([1, 3, 4], 50), family=lk.Binomial(trials=5))
    assert model.summed.sample.rows == 3
    by_rows = lk.LikelihoodModel(np.tile([1, 3, 4], 50), family=lk.Binomial(), trials=np.full(150, 5))
    assert by_rows.summed.sample.rows == 150
    for name in ("params", "bse", "llf", "aic", "nobs"):
        assert_allclose(getattr(model.fit(), name), getattr(by_rows.fit(), name), rtol=1e-12)
    assert_allclose(model.fit().information("outer_product"), by_rows.fit().information("outer_product"), rtol=1e-12)


NOT_COMPRESSED = {
    "fractions": {DATUM: np.linspace(0.1, 1.9, 100)},
    "few of many fractions": {DATUM: np.append(np.repeat([0.5, 1.5], 1000), np.linspace(0.1, 1.9, 999))},
    "a wide range": {DATUM: np.array([0.0, 1e9])},
    "two columns": {DATUM: np.zeros(100), "trials": np.full(100, 5.0)},
    "two samples": {DATUM: np.zeros((2, 100))},
    "not a number": {DATUM: np.append(np.zeros(100), np.nan)},
    "nothing": {DATUM: np.zeros(0)},
}


@pytest.mark.parametrize("columns", NOT_COMPRESSED.values(), ids=NOT_COMPRESSED)
def test_what_is_not_compressed(columns):
    sample = Sample.of(columns)
    assert sample.compressed() is sample


def test_sampling_weights_are_not_compressed():
    sample = Sample.of({DATUM: np.zeros(100)}, sampling=np.full(100, 2.0))
    assert sample.compressed() is sample


# Sums


def test_weights_multiply():
    sample = Sample.of({DATUM: np.arange(3.0)}, frequencies=np.array([1.0, 2, 3]), sampling=np.array([0.5, 2, 1]))
    assert_array_equal(sample.weights, [[0.5, 4, 3]])
    assert (np.ravel(sample.count), np.ravel(sample.weight)) == (6, 7.5)
    assert_array_equal(sample.total(sample.columns[DATUM]), [[10.0]])
    assert_array_equal(sample.total(2.0), [[15.0]])


def test_outer_products(rng):
    """A frequency is that many rows; a sampling weight enters squared; clusters are summed first."""
    scores, frequencies, sampling = rng.normal(size=(5, 2)), np.array([1.0, 3, 2, 1, 2]), rng.uniform(0.5, 2, 5)
    columns = {DATUM: np.zeros(5)}
    weighted = Sample.of(columns, frequencies=frequencies, sampling=sampling)
    wanted = np.einsum("n,n,ni,nj->ij", frequencies, sampling**2, scores, scores)
    assert_allclose(weighted.outer_product(scores), wanted)
    groups = np.array([0, 1, 0, 2, 1])
    sums = np.stack([((frequencies * sampling)[:, None] * scores)[groups == g].sum(axis=0) for g in range(3)])
    assert_allclose(weighted.outer_product(scores, groups), sums.T @ sums)
    assert_allclose(Sample.of(columns).outer_product(scores), scores.T @ scores)
    alone = Sample.of(columns).outer_product(scores, np.arange(5))
    assert_allclose(alone, scores.T @ scores)


@pytest.mark.parametrize("sign", [1.0, -1.0, 0.0])
def test_a_gram_matrix(sign, rng):
    """By a symmetric update where all weights have one sign; the same otherwise."""
    left, right = rng.normal(size=(6, 3)), rng.normal(size=(6, 2))
    weights = sign * rng.uniform(0.1, 1, (2, 6)) if sign else rng.normal(size=(2, 6))
    assert_allclose(gram(weights, left, left), np.einsum("rn,ni,nj->rij", weights, left, left), atol=1e-13)
    assert_allclose(gram(weights, left, right), np.einsum("rn,ni,nj->rij", weights, left, right), atol=1e-13)
    assert gram(np.empty((2, 0)), left[:0], left[:0]).shape == (2, 3, 3)


def test_blocks_cover_every_row_of_every_sample_once():
    for r, n in ((1, 5), (3, 10_000), (70_000, 2), (2, 2**16 + 3)):
        sample = Sample.of({DATUM: np.zeros((1, n))})
        counted = np.zeros((r, n), dtype=int)
        for lines, rows in sample.blocks(r):
            counted[lines, rows] += 1
        assert counted.min() == counted.max() == 1


def test_representative_rows_follow_the_weights():
    y = np.repeat([1.0, 2.0, 3.0], [10, 10, 10])
    frequencies = np.repeat([1.0, 0.0, 9.0], 10)
    few = Sample.of({DATUM: y}, frequencies=frequencies).representative(20)
    assert few.weights is None
    assert_allclose([np.mean(few.columns[DATUM] == v) for v in (1, 2, 3)], [0.1, 0, 0.9], atol=0.05)
    plain = Sample.of({DATUM: y})
    assert plain.representative(30) is plain
    assert plain.representative(7).rows == 7
