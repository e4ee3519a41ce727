import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import special, stats

from likelihood_kit.errors import ArgumentError
from likelihood_kit.families import Bernoulli, Exponential, Gamma, Normal, StudentT, Uniform, Weibull, censored
from likelihood_kit.simulation import Study, study

TRUTH = {"shape": 2.0, "scale": 3.0}


def small(**changes):
    settings = {"family": Gamma(), "truth": TRUTH, "sizes": (10, 40), "replications": 200, "seed": 1}
    return Study(**{**settings, **changes})


def assert_identical(one, other):
    assert one.estimates.keys() == other.estimates.keys()
    for arrays, others in ((one.estimates, other.estimates), (one.standard_errors, other.standard_errors)):
        for name, values in arrays.items():
            np.testing.assert_array_equal(values, others[name])


def measure(result, name, estimator, parameter, n):
    table = result.table.set_index(["measure", "estimator", "parameter", "size"])
    return tuple(table.loc[(name, estimator, parameter, n), ["value", "mcse"]])


def test_a_seed_is_a_result():
    one, other = small().run(progress=False), small().run(progress=False)
    assert_identical(one, other)
    assert not np.array_equal(one.estimates["mle"], small(seed=2).run(progress=False).estimates["mle"])


def test_a_seed_that_is_drawn_is_kept():
    drawn = small(seed=None)
    assert_identical(drawn.run(progress=False), small(seed=drawn.seed).run(progress=False))
    assert drawn.seed != small(seed=None).seed


def test_other_sizes_and_estimators_leave_the_numbers_alone():
    whole = small(estimators=("moments", "mle")).run(progress=False)
    part = small(sizes=40).run(progress=False)
    np.testing.assert_array_equal(part.estimates["mle"][0], whole.estimates["mle"][1])


def test_the_order_of_the_chunks_does_not_matter(monkeypatch):
    monkeypatch.setattr(study, "CHUNK", 2000)
    pieces = small().chunks()
    assert [piece[:2] for piece in pieces] == [(10, 0), *((40, i) for i in range(4))]
    arguments = small().family, small().truth, study.resolve(("mle",), Gamma()), 1
    backwards = {piece: study.one_chunk(*arguments, *piece)["mle"].values for piece in reversed(pieces)}
    result = small().run(progress=False)
    np.testing.assert_array_equal(np.concatenate([backwards[p] for p in pieces[1:]]), result.estimates["mle"][1])


@pytest.mark.parametrize(
    ("sizes", "replications"), [((1,), 1), ((20, 500), 10_000), ((10**6,), 3), ((7, 11, 13), 30_001)]
)
def test_chunks_hold_every_replication_once_and_stay_small(sizes, replications):
    pieces = small(sizes=sizes, replications=replications).chunks()
    for n in sizes:
        counts = [r for size, _, r in pieces if size == n]
        assert sum(counts) == replications
        assert max(counts) - min(counts) <= 1
        assert max(counts) * n <= max(study.CHUNK, n)
        assert [chunk for size, chunk, _ in pieces if size == n] == list(range(len(counts)))


def test_two_processes_give_the_same_bits(rayleigh, monkeypatch, capfd):
    """With a family and a function of one's own, which the other process cannot import."""
    monkeypatch.setattr(study, "CHUNK", 2000)
    estimators = ["mle", {"from the mean": lambda y: y.mean(axis=1) / np.sqrt(np.pi / 2)}]
    own = Study(rayleigh, {"scale": 2.0}, sizes=(10, 40), replications=300, estimators=estimators, seed=3)
    assert_identical(own.run(progress=False), own.run(n_jobs=2, progress=True))
    written = capfd.readouterr().err
    assert "study: 100%" in written
    assert "Warning" not in written


def test_no_progress_bar_where_none_is_wanted(capfd):
    small().run(progress=False)
    assert capfd.readouterr().err == ""


def test_a_sample_could_not_be_drawn_again(monkeypatch):
    """Of every chunk, its first and its last replication: the estimate of the sample is that of the study."""
    monkeypatch.setattr(study, "CHUNK", 2000)
    own = small(estimators=("mle", {"mean and first": lambda y: np.stack([y.mean(axis=1), y[:, 0]], axis=1)}))
    result = own.run(progress=False, n_jobs=2)
    for i, n in enumerate((10, 40)):
        for replication in (0, 49, 50, 99, 100, 199):
            y = own.sample(replication=replication, size=n)
            assert y.shape == (n,)
            found = result.estimates["mean and first"][i, replication]
            np.testing.assert_array_equal([y[None].mean(axis=1)[0], y[0]], found)
            assert_allclose(y.mean(), np.prod(result.estimates["mle"][i, replication]), rtol=1e-12)
    # Negative control: the next sample is another.
    assert own.sample(replication=50, size=40)[0] != own.sample(replication=51, size=40)[0]


def test_a_sample_of_several_columns_has_their_names():
    own = Study(
        censored(Exponential(), limit=3.0), {"scale": 2.0}, 30, 20, {"rate": lambda s: s.y.sum(axis=1) / 30}, seed=4
    )
    drawn = own.sample(7, 30)
    assert drawn.y.shape == drawn.event.shape == (30,)
    assert_allclose(drawn.y.sum() / 30, own.run(progress=False).estimates["rate"][0, 7, 0], rtol=1e-14)
    assert set(np.unique(drawn.event)) == {0.0, 1.0}


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ((200, 10), "replication: 200 is none of the study; give a whole number from 0 to 199"),
        ((-1, 10), "replication: -1 is none"),
        ((1.5, 10), "replication: 1.5 is none"),
        ((None, 10), "replication: None is none"),
        ((3, 11), "size: 11 is none of the study; it has 10, 40"),
        ((3, "ten"), "size: 'ten' is none"),
        ((3, [10]), r"size: \[10\] is none"),
    ],
)
def test_a_sample_that_a_study_does_not_have(given, words):
    with pytest.raises(ArgumentError, match=words):
        small().sample(*given)


@pytest.mark.parametrize(
    ("family", "truth"),
    [
        (Gamma(), TRUTH),
        (Gamma(parameters=("mean", "shape")), {"mean": 6.0, "shape": 2.0}),
        (Weibull(), TRUTH),
        (Normal(parameters=("mean", "variance")), {"mean": -1.0, "variance": 4.0}),
        (StudentT(df=5.0), {"loc": 1.0, "scale": 2.0}),
    ],
    ids=repr,
)
def test_maximum_likelihood_attains_the_bound(family, truth):
    """Ratio at n = 500 within 4 of its standard errors of 1 + 5/n: false alarm 6e-5 per parameter.

    The excess of second order is below 10/n for these laws, less than half the Monte Carlo error of 2.6 %.
    """
    result = Study(family, truth, sizes=(500,), replications=3000, seed=5).run(progress=False)
    found = result.efficiency()
    last = found.table
    assert (np.abs(last["ratio"] - 1 - 5 / 500) < 4 * last["mcse"]).all()
    # A bound that is a quarter too small would be noticed.
    assert (np.abs(1.25 * last["ratio"] - 1 - 5 / 500) > 4 * last["mcse"]).all()
    # With a standard error of 2.6 % nothing is told but what is far from the bound.
    assert all(words.startswith("cannot tell whether it is within 5 %") for words in found.verdicts.values())
    assert all(
        words.startswith("within 20 % of the bound") for words in result.efficiency(margin=0.2).verdicts.values()
    )
    assert result.standard_errors["mle"].shape == (1, 3000, len(truth))


def test_moments_of_a_gamma_law_do_not_attain_it():
    """Limits of the ratio, with a = 2, from the delta method: 2 a (a + 1) (psi'(a) - 1 / a) for shape."""
    result = small(sizes=(100, 300, 1000), replications=2000, estimators=("mle", "moments")).run(progress=False)
    found = result.efficiency()
    rows = found.table.set_index(["estimator", "parameter", "size"])
    limit = 2 * 2 * 3 * (special.polygamma(1, 2) - 1 / 2)
    ratio, mcse = rows.loc[("moments", "shape", 1000), ["ratio", "mcse"]]
    assert abs(ratio - limit * (1 + 5 / 1000)) < 4 * mcse
    assert found.verdicts["moments", "shape"].startswith("exceeds the bound by more than 5 %: variance 1.")
    assert found.verdicts["mle", "shape"].startswith("cannot tell whether it is within 5 % of the bound")


def test_a_biased_estimator_below_the_bound():
    """Exact variance of the maximum likelihood sd of n normal values, through the mean of a chi variate."""
    n = 5
    result = Study(Normal(), {"mean": 1.0, "sd": 2.0}, sizes=n, replications=20_000, seed=6).run(progress=False)
    chi = np.sqrt(2) * np.exp(special.gammaln(n / 2) - special.gammaln((n - 1) / 2))
    found = result.efficiency()
    ratio, mcse = found.table.set_index("parameter").loc["sd", ["ratio", "mcse"]]
    assert abs(ratio - 2 * (n - 1 - chi**2)) < 4 * mcse
    assert ratio < 1 - 4 * mcse
    assert result.efficiency(margin=0.02).verdicts["mle", "sd"].startswith("below the bound by more than 2 %")
    assert "it is below the bound, by more or by less than 5 %" in found.verdicts["mle", "sd"]
    assert abs(measure(result, "bias", "mle", "sd", n)[0] - 2 * (chi / np.sqrt(n) - 1)) < 4 * mcse


def test_coverage_is_that_of_students_law():
    """Wald's interval for a normal mean at n = 5 covers with P(|t_4| < 1.96 sqrt(4/5)); false alarm 6e-5."""
    result = Study(Normal(), {"mean": 1.0, "sd": 2.0}, sizes=5, replications=20_000, seed=7).run(progress=False)
    value, mcse = measure(result, "coverage", "mle", "mean", 5)
    exact = 1 - 2 * stats.t.sf(stats.norm.ppf(0.975) * np.sqrt(4 / 5), 4)
    assert abs(value - exact) < 4 * mcse
    assert abs(value - 0.95) > 4 * mcse
    assert_allclose(mcse, np.sqrt(value * (1 - value) / 20_000))


def test_the_extremes_of_a_uniform_sample_converge_at_rate_n():
    """E (min - a)^2 = 2 w^2 / ((n + 1) (n + 2)); false alarm 6e-5 per size."""
    sizes = (20, 100, 400)
    uniform = Study(Uniform(), {"low": 1.0, "high": 4.0}, sizes, 50_000, estimators=("mle", "moments"), seed=8)
    result = uniform.run(progress=False)
    for n in sizes:
        value, mcse = measure(result, "mse", "mle", "low", n)
        assert abs(value - 2 * 9 / ((n + 1) * (n + 2))) < 4 * mcse
    verdicts = result.consistency().verdicts
    assert verdicts["mle", "low"].startswith("converges at the expected rate n^-1:")
    assert verdicts["moments", "high"].startswith("converges at the expected rate n^-0.5:")
    assert result.bound is None
    assert set(result.efficiency().verdicts.values()) == {f"no bound: {result.no_bound}"}
    assert "its support moves with low and high" in result.no_bound
    assert result.efficiency().table["ratio"].isna().all()


def test_failures_are_told():
    """A function that gives up on samples without success: (1 - 0.1)^5 of them."""

    def cautious(samples):
        mean = samples.mean(axis=1)
        return np.where(mean > 0, mean, np.nan)

    result = Study(Bernoulli(), {"probability": 0.1}, (5, 80), 2000, {"cautious": cautious}, seed=9).run(progress=False)
    value, mcse = measure(result, "failures", "cautious", "probability", 5)
    assert abs(value - 2000 * 0.9**5) < 4 * mcse
    assert "% of the replications at n = 5 have no estimate and are left out" in str(result.consistency())


@pytest.mark.parametrize("estimator", ["mle", "moments", "own"])
def test_an_unbiased_estimator_shows_no_bias(estimator):
    """Ten trials with probability 0.02: 82 % of the samples have no success, and their estimate is 0.

    All measures against the binomial law, within 4 Monte Carlo errors; without those samples the bias is 0.09.
    """
    own = {"own": lambda y: y.mean(axis=1)} if estimator == "own" else estimator
    result = Study(Bernoulli(), {"probability": 0.02}, 10, 4000, own, seed=2).run(progress=False)
    count = np.arange(11)
    weight = stats.binom.pmf(count, 10, 0.02)
    exact = {"bias": 0.0, "mse": 0.02 * 0.98 / 10, "variance": 0.02 * 0.98 / 10, "rmse": np.sqrt(0.02 * 0.98 / 10)}
    for name, wanted in {**exact, "empirical_se": exact["rmse"]}.items():
        value, mcse = measure(result, name, estimator, "probability", 10)
        assert abs(value - wanted) < 4 * mcse, name
        assert mcse > 0
    assert measure(result, "failures", estimator, "probability", 10)[0] == 0
    kept = result.estimates[estimator][0, :, 0]
    inside = (kept > 0) & (kept < 1)
    assert abs(kept[inside].mean() - 0.02) > 0.08
    if estimator == "mle":
        # Coverage stands on the samples that have a standard error, and says on how many.
        value, mcse = measure(result, "standard_errors", "mle", "probability", 10)
        assert value == inside.sum()
        assert abs(value - 4000 * (1 - weight[0] - weight[-1])) < 4 * mcse
        assert "standard_errors: replications with a standard error, on which" in str(result.summary())
        assert f"{inside.sum()} (" in str(result.summary())


def test_infinite_estimates_are_counted_under_the_policy():
    """Half the samples of 20 have infinite degrees of freedom; without their scales the scale looked 10 % too small."""
    truth = {"loc": 0.0, "scale": 1.0, "df": 5.0}
    left, kept = (
        Study(StudentT(), truth, (20,), 400, seed=3, infinite=policy).run(progress=False)
        for policy in ("left out", "kept")
    )
    count = measure(left, "infinite", "mle", "df", 20)[0]
    assert 0.35 < count / 400 < 0.55
    assert measure(left, "infinite", "mle", "scale", 20)[0] == 0
    assert measure(left, "failures", "mle", "df", 20)[0] == 0
    value, mcse = measure(left, "bias", "mle", "scale", 20)
    assert abs(value) < 4 * mcse
    inside = np.isfinite(left.standard_errors["mle"][0, :, 0])
    assert left.estimates["mle"][0, inside, 1].mean() < 1 - 4 * mcse
    assert np.isfinite(measure(left, "bias", "mle", "df", 20)[0])
    assert measure(kept, "bias", "mle", "df", 20)[0] == np.inf
    assert "infinite estimates, counted here and left out of bias" in str(left.summary())
    assert "infinite estimates, counted here and kept in bias" in str(kept.summary())
    assert "have an infinite estimate, counted and left out: the median estimate is " in str(left.efficiency())
    assert "the variance is infinite" in kept.efficiency().verdicts["mle", "df"]


def test_published_errors_are_those_of_normal_estimates():
    left, published = (small(mcse=mcse).run(progress=False) for mcse in ("moments", "normal"))
    value, mcse = measure(published, "empirical_se", "mle", "shape", 10)
    assert_allclose(mcse, value / np.sqrt(2 * 199))
    assert measure(left, "empirical_se", "mle", "shape", 10)[1] > 1.5 * mcse
    assert "Few replications carry the fourth moment of mle, shape at n = 10" in str(left.summary())
    assert "Few replications" not in str(published.summary())


def test_studies_in_which_nothing_can_be_estimated_end_without_a_crash():
    result = Study(Normal(), {"mean": 0.0, "sd": 1.0}, sizes=(1, 2), replications=1, seed=1).run(progress=False)
    assert measure(result, "failures", "mle", "mean", 1)[0] == 1
    assert "no rate" in result.consistency().verdicts["mle", "mean"]
    assert "no ratio" in result.efficiency().verdicts["mle", "mean"]
    assert "1 replications" in str(result.summary())
