"""Places where a search may begin are what they are said to be."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import stats

import likelihood_kit as lk
from likelihood_kit.calculus import DATUM
from likelihood_kit.likelihood import Likelihood
from likelihood_kit.maximise import start_values
from likelihood_kit.maximise.candidates import APART, candidates, near_fits
from likelihood_kit.maximise.exact_fits import INSIDE, SPREADS_OF_RESIDUALS, exact_fits
from likelihood_kit.maximise.search_space import SearchSpace
from likelihood_kit.maximise.spread import spread_starts, unsurpassed
from likelihood_kit.maximise.windows import divisions, windows
from likelihood_kit.parameters import Interval, Real
from likelihood_kit.predictor import Predictor
from likelihood_kit.sample import Sample

RNG = np.random.default_rng(3)
Y = np.r_[RNG.normal(size=24), RNG.normal(6, 0.5, 16)]
X = np.column_stack([np.ones(40), RNG.normal(size=40)])


class TwoNormals(lk.Family):
    weight = lk.UnitInterval()
    mean_1, sd_1, mean_2, sd_2 = lk.Real(), lk.Positive(), lk.Real(), lk.Positive()

    @staticmethod
    def log_density(y, weight, mean_1, sd_1, mean_2, sd_2):
        first = np.log(weight) - np.log(sd_1) - ((y - mean_1) / sd_1) ** 2 / 2
        second = np.log1p(-weight) - np.log(sd_2) - ((y - mean_2) / sd_2) ** 2 / 2
        return np.logaddexp(first, second)


class OneWidth(lk.Family):
    weight = lk.UnitInterval()
    mean_1, mean_2, sd = lk.Real(), lk.Real(), lk.Positive()

    @staticmethod
    def log_density(y, weight, mean_1, mean_2, sd):
        first = np.log(weight) - ((y - mean_1) / sd) ** 2 / 2
        second = np.log1p(-weight) - ((y - mean_2) / sd) ** 2 / 2
        return np.logaddexp(first, second) - np.log(sd)


class Bounded(lk.Family):
    """With a location that ends."""

    loc, scale = lk.Interval(-np.inf, 2.0), lk.Positive()

    @staticmethod
    def log_density(y, loc, scale):
        return -np.log(scale) - np.log1p(((y - loc) / scale) ** 2)


def space_of(family, y, exog=None, base=None, many=False, batch_of=None, loc=None):
    likelihood = batch_of(family, y, exog)
    k = likelihood.places[-1].stop
    return SearchSpace(family, likelihood, np.zeros((np.atleast_2d(y).shape[0], k)) if base is None else base, many)


def test_the_parts_of_a_mixture_share_the_sample_as_its_windows_do(batch_of):
    """Either way round the mean of the mixture is that of the sample."""
    space = space_of(TwoNormals(), Y, batch_of=batch_of)
    points, near = windows(space)
    assert points.shape[:2] == (len(near), 2)
    share = 1 / (1 + np.exp(-points[..., 0]))
    inner = (share > 0.9 / len(Y)) & (share < 1 - 0.9 / len(Y))
    means = share * points[..., 1] + (1 - share) * points[..., 3]
    assert inner.sum() > 300
    assert_allclose(means[inner], Y.mean(), rtol=1e-10)
    # The second way round the parts have changed places.
    one, other = points[:, 0, 0], points[:, 1, 0]
    assert_allclose(other, np.c_[-one[:, :1], one[:, 3:], one[:, 1:3]], rtol=1e-9, atol=1e-9)
    # Within and between the parts is all of the variance, unless one is a single observation.
    p, m, s = share[..., 0], points[:, :, 0, 1::2], np.exp(points[:, :, 0, 2::2])
    weights = np.stack([p, 1 - p], axis=-1)
    total = (weights * (s**2 + (m - Y.mean()) ** 2)).sum(axis=-1)
    plain = (p * len(Y) > 1.5) & ((1 - p) * len(Y) > 1.5)
    assert_allclose(total[plain], Y.var(), rtol=1e-9)


def test_two_parts_of_one_width_have_the_mean_square_of_both(batch_of):
    two, one = (windows(space_of(family, Y, batch_of=batch_of))[0] for family in (TwoNormals(), OneWidth()))
    widths = np.exp(two[..., 2::2])
    assert_allclose(np.exp(one[..., 3]), np.sqrt((widths**2).mean(axis=-1)), rtol=1e-10)


def test_windows_of_one_location(batch_of):
    """Each of its own width, of that of the sample, and of a fifth of it."""
    points, _ = windows(space_of(lk.StudentT(df=2.0), Y, batch_of=batch_of))
    whole = np.flatnonzero(np.isclose(points[:, 0, 0, 0], Y.mean()))
    assert_allclose(np.exp(points[whole[-1], :, 0, 1]), Y.std() * np.array([1, 1, 0.2]), rtol=1e-9)
    single = np.isclose(points[:, 0, 0, 0, None], np.sort(Y)).any(axis=0)
    assert single.all()
    assert_allclose(np.exp(points[:, 1:, 0, 1]), np.broadcast_to(Y.std() * np.array([1, 0.2]), (len(points), 2)))


@pytest.mark.parametrize(("n", "step", "least"), [(40, 0.25, 1), (128, 0.25, 1), (256, 0.5, 4)])
def test_windows_move_on_by_a_part_of_their_size(n, step, least, batch_of):
    """And those of a small sample begin with each observation."""
    points, near = windows(space_of(lk.StudentT(df=2.0), np.arange(float(n)), batch_of=batch_of))
    # A window of m consecutive numbers has variance (m^2 - 1) / 12; one of one number the width of the gap.
    centres, widths = points[:, 0, 0, 0], np.exp(points[:, 0, 0, 1])
    whole = np.isclose(centres % 1, 0) & np.isclose(widths, 1)
    sizes = np.round(np.sqrt(12 * np.where(whole, 0.0, widths**2) + 1)).astype(int)
    assert sizes.min() == least
    assert sizes.max() == n
    for size in np.unique(sizes)[:-1]:
        moves = np.diff(np.sort(centres[sizes == size]))
        assert moves.max() == min(max(1, int(step * size)), n - size)
    # Near are those that have more than half of their union in common.
    low, high = centres - sizes / 2, centres + sizes / 2
    both = np.minimum(high[:, None], high) - np.maximum(low[:, None], low)
    either = np.maximum(high[:, None], high) - np.minimum(low[:, None], low)
    expected = (both > 0.5 * either) & ~np.eye(len(points), dtype=bool)
    assert (near == expected).all()


def test_a_window_of_one_is_as_wide_as_the_nearer_gap(batch_of):
    """To a value that is another: of ties to the nearest one beyond them."""
    y = np.array([0.0, 1.0, 5.0, 5.0, 5.5, 9.0, 9.25, 20.0])
    points, _ = windows(space_of(lk.StudentT(df=2.0), y, batch_of=batch_of))
    centres, widths = points[:, 0, 0, 0], np.exp(points[:, 0, 0, 1])
    for value, gap in ((0.0, 1.0), (1.0, 1.0), (5.5, 0.5), (9.0, 0.25), (9.25, 0.25), (20.0, 10.75)):
        assert np.isclose(widths[np.isclose(centres, value)], gap).any(), value


class ThreeCentres(lk.Family):
    mean_1, mean_2, mean_3, sd = lk.Real(), lk.Real(), lk.Real(), lk.Positive()

    @staticmethod
    def log_density(y, mean_1, mean_2, mean_3, sd):
        parts = [-(((y - mean) / sd) ** 2) / 2 for mean in (mean_1, mean_2, mean_3)]
        return np.logaddexp(np.logaddexp(parts[0], parts[1]), parts[2]) - np.log(sd)


def test_divisions_are_pieces_of_the_sorted_sample(batch_of):
    """Thirds first; then random ones, half of them with a close pair or three as one of the parts."""
    y = np.sort(np.r_[RNG.normal(size=28), 50.0, 50.0 + 1e-6])
    points, near = divisions(space_of(ThreeCentres(), RNG.permutation(y), batch_of=batch_of))
    assert near is None
    centres = points[:, 0, 0, :3]
    assert_allclose(centres[0], y.reshape(3, 10).mean(axis=1), rtol=1e-9)
    half = len(points) // 2
    # Pieces between cuts hold the whole sample together.
    means = np.concatenate([[0], np.cumsum(y)])
    pieces = (means[None] - means[:, None])[np.triu_indices(31, 1)] / np.diff(np.triu_indices(31, 1), axis=0)[0]
    assert all(np.isclose(pieces, centre).any() for centre in centres.ravel())
    assert len(np.unique(centres[1:half].round(6), axis=0)) > half / 2
    # The closest pair of all is a part of its own among the second half.
    close = np.isclose(centres, 50.0, atol=1e-5).any(axis=1)
    assert close[half]


def test_exact_fits_pass_through_rows(batch_of):
    space = space_of(lk.StudentT(df=2.0), Y, X, base=np.array([[1.0, 0.0, 0.0]]), batch_of=batch_of)
    points = exact_fits(space, 0)
    flat, start, mirrored = np.linalg.lstsq(X, Y, rcond=None)[0], np.array([1.0, 0.0]), None
    mirrored = 2 * start - flat
    assert_allclose(points[:3, 0, 0, :2], [flat, start, mirrored], rtol=1e-9)
    away = np.abs(Y - points[:, 0, 0, :2] @ X.T)
    assert ((away[3:] < 1e-8).sum(axis=1) == 2).all()
    # The scale of a normal law by the median of the absolute residuals, and parts of it.
    expected = np.median(away, axis=1) / stats.norm.ppf(0.75)
    for at, spread in enumerate(SPREADS_OF_RESIDUALS):
        assert_allclose(np.exp(points[:, at, 0, 2]), spread * expected, rtol=1e-7)


@pytest.mark.parametrize(
    ("ends", "inside"),
    [((-np.inf, 2.0), lambda y: np.minimum(y, 2 - INSIDE * np.abs(2 - y).mean())),
     ((-1.0, np.inf), lambda y: np.maximum(y, -1 + INSIDE * np.abs(y + 1).mean())),
     ((-1.0, 3.0), lambda y: np.clip(y, -1 + INSIDE * 4, 3 - INSIDE * 4)), ((-np.inf, np.inf), lambda y: y)],
    ids=["above", "below", "both", "neither"],
)  # fmt: skip
def test_a_response_beyond_the_space_of_what_is_driven_is_moved_inside(ends, inside):
    family = lk.StudentT(df=2.0)
    space = Interval(*ends) if np.isfinite(ends).any() else Real()
    offset = np.linspace(0, 1, 40)[None]
    loc = Predictor("loc", space, space.link(), X, ("const", "x"), offset)
    scale = Predictor("scale", family.spaces["scale"], family.links["scale"], None, ("scale",))
    likelihood = Likelihood(family.kernels, Sample.of({DATUM: Y}), (loc, scale), {2: 2.0})
    points = exact_fits(SearchSpace(family, likelihood, np.zeros((1, 3)), False), 0)
    target = space.link().forward(inside(Y)) - offset[0]
    assert np.isfinite(target).all()
    assert_allclose(points[0, 0, 0, :2], np.linalg.lstsq(X, target, rcond=None)[0], rtol=1e-9)


@pytest.mark.parametrize("number", [4, 30])
def test_places_without_a_design_are_near_by_the_critical_distance(number, batch_of):
    """Rinnooy Kan and Timmer (1987): the more there are the nearer, (log m / m)^(1 / k)."""
    space = space_of(lk.Weibull(), np.exp(Y / 10), batch_of=batch_of)
    critical = APART * (np.log(number) / number) ** (1 / 2)
    points = 100.0 * np.arange(number)[:, None] * np.ones(2)
    points[1], points[2], points[3] = points[0] + [0.99 * critical, 0], [7.0, 0.0], [7.0, 1.01 * critical]
    near = near_fits(space, points)
    assert near[0, 1]
    assert near[1, 0]
    assert near.sum() == 2


def test_places_of_a_design_are_near_within_half_a_scale(batch_of):
    """In root mean square over rows, whatever their number."""
    space = space_of(lk.StudentT(df=2.0), Y, X, batch_of=batch_of)
    scale = np.log(0.5)
    points = np.array([[0, 0, scale], [0.24, 0, scale], [50, 0, scale], [50.26, 0, scale], [90, 0, scale]])
    near = near_fits(space, points)
    assert near[0, 1]
    assert near.sum() == 2


def test_every_place_lies_in_the_space(batch_of):
    """And a box is drawn beside what the data say."""
    for family, y, exog in ((TwoNormals(), Y, None), (lk.Weibull(), np.exp(Y), X), (lk.StudentT(), Y, None)):
        groups = candidates(space_of(family, y, exog, batch_of=batch_of))
        assert len(groups) == 2
        assert all(np.isfinite(points).all() for points, _ in groups)


def test_variants_try_other_values_of_what_is_neither_location_nor_scale(batch_of):
    """The start's own first; fewer of each of many samples."""
    for y, many, most in ((Y, False, 6), (np.stack([Y, Y + 1]), True, 4)):
        space = space_of(lk.StudentT(), y, many=many, batch_of=batch_of)
        variants = space.variants()
        assert [list(values) for values in variants] == [[2]] * len(variants)
        assert variants[0][2] is None
        values = [float(np.ravel(values[2])[0]) for values in variants[1:]]
        assert 2 <= len(set(values)) == len(values) < most
        assert min(values) > 0


def test_a_value_outside_its_space_leaves_the_start(batch_of):
    space = space_of(TwoNormals(), Y, batch_of=batch_of)
    point = np.full((3, 1, 5), 0.5)
    space.put(point, 0, np.array([[0.25], [1.0], [np.nan]]))
    assert_allclose(point[:, 0, 0], [np.log(1 / 3), 0.5, 0.5])
    assert_allclose(point[..., 1:], 0.5)


@pytest.mark.parametrize(("family", "fewest", "most"), [(lk.StudentT(df=2.0, scale=0.3), 2, 4), (TwoNormals(), 5, 12)])
def test_each_of_many_samples_has_few_starts(family, fewest, most, batch_of):
    clusters = np.r_[np.linspace(-1, 1, 10), np.linspace(9, 11, 10), np.linspace(22, 24, 10)]
    samples = np.stack([clusters, 2 * clusters, clusters - 50])
    likelihood = batch_of(family, samples)
    starts = spread_starts(family, likelihood, start_values(family, likelihood))
    counts = np.bincount(starts.sample, minlength=3)
    assert counts.min() >= fewest
    assert counts.max() <= most


@pytest.mark.parametrize("samples", [1, 3])
def test_of_near_candidates_the_highest_stays_and_of_equal_ones_the_first(samples):
    """One sample goes another way through the same comparison as many."""
    near = np.zeros((7, 7), dtype=bool)
    for i, j in ((0, 1), (1, 2), (3, 4), (5, 6)):
        near[i, j] = near[j, i] = True
    values = np.repeat([[1.0], [1.0], [0.5], [-np.inf], [-np.inf], [2.0], [3.0]], samples, axis=1)
    chosen = [True, False, False, False, False, False, True]
    np.testing.assert_array_equal(unsurpassed(values, near), np.repeat(np.array(chosen)[:, None], samples, axis=1))
    np.testing.assert_array_equal(unsurpassed(values, None), values > -np.inf)
