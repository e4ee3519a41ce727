"""What is found wrong with the end of a search, on functions of two variables that have just that."""

from dataclasses import dataclass, field, replace

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from likelihood_kit.maximise.findings import Flaw, Grade
from likelihood_kit.maximise.judged import CLOSE, Setting
from likelihood_kit.maximise.newton import IDLE, maximise
from likelihood_kit.maximise.restarts import Starts, explored
from likelihood_kit.maximise.search import find
from likelihood_kit.maximise.surroundings import Scales

ROWS = 50.0


@dataclass(frozen=True)
class Surface:
    """A function of two variables and its derivatives, as a likelihood of one sample; notes where it was asked."""

    function: callable
    asked: list = field(default_factory=list)

    def take(self, index):
        return self

    def value(self, working):
        self.asked.append(len(working))
        return np.array([self.function(*row)[0] for row in working])

    def derivatives(self, working):
        parts = [self.function(*row) for row in working]
        value = np.array([part[0] for part in parts], dtype=float)
        hessian = np.array([[[xx, xy], [xy, yy]] for _, _, (xx, xy, yy) in parts], dtype=float)
        return value, np.array([part[1] for part in parts], dtype=float), hessian

    def row_values(self, working):
        """Rows that tell every two points apart: no two of them are the same law."""
        return np.asarray(working)


def hill(x, y):
    """Maximum at (0.5, -1), standard errors 0.2 and 0.1, correlated."""
    dx, dy = x - 0.5, y + 1
    a, b, c = 30.0, 20.0, 120.0
    value = -(a * dx**2 + 2 * b * dx * dy + c * dy**2) / 2
    return value, (-a * dx - b * dy, -b * dx - c * dy), (-a, -b, -c)


def plateau(x, y):
    """Level in x, with a curvature in x that is no more than rounding."""
    return -(y**2), (0.0, -2 * y), (-1e-20, 0.0, -2.0)


def ramp(x, y):
    return -np.exp(-x) - 5 * y**2, (np.exp(-x), -10 * y), (-np.exp(-x), 0.0, -10.0)


def two_hills(x, y):
    return -40 * (x**2 - 1) ** 2 - 5 * y**2, (-160 * x * (x**2 - 1), -10 * y), (160 - 480 * x**2, 0.0, -10.0)


def uneven_hills(x, y):
    """The one at x = 1 is higher by 8."""
    value, score, hessian = two_hills(x, y)
    return value + 4 * x, (score[0] + 4, score[1]), hessian


def stairs(x, y):
    """A hill in steps of a half: on the highest of them no step leads up, though the slope says so."""
    value, score, hessian = hill(x, y)
    return np.ceil(value * 2) / 2, score, hessian


def torn(x, y):
    """Whose curvature is no number at the maximum."""
    value, score, hessian = hill(x, y)
    return value, score, hessian if abs(x - 0.5) + abs(y + 1) > 1e-9 else (np.nan,) * 3


def found_from(function, *starts, relative=False, surface=None, rows=ROWS, spread=1.0, elsewhere=None, **settings):
    settings["spread"] = elsewhere
    scales = Scales(np.full(2, spread), np.full(2, relative), rows)
    surface = surface or Surface(function)
    return find(surface, np.array(starts, dtype=float)[:, None], Setting(scales, **settings))


FLAWED = {
    "level where its curvature is rounding": (plateau, (0.0, 0.3), Flaw.SINGULAR),
    "rising for ever": (ramp, (0.0, 1.0), Flaw.RISING),
    "stopped on the way": (stairs, (0.53, -1.01), Flaw.STOPPED),
    "on a saddle": (two_hills, (0.0, 0.0), None),
}


def test_a_hill_has_no_flaw():
    """The negative control: its figures are those of the quadratic that it is."""
    found = found_from(hill, (3.0, 2.0))
    assert found.exists.all()
    assert_array_equal([found.flaws[0], found.grade[0], found.twins[0]], [0, Grade.HIGHEST_FOUND, 0])
    assert_allclose(found.working, [[0.5, -1.0]], atol=1e-12)
    assert_allclose(found.log_likelihood, 0.0, atol=1e-12)
    assert_allclose(found.least_fall, 4.5, rtol=1e-9)
    # Smallest eigenvalue of [[1, r], [r, 1]].
    assert_allclose(found.curvature, 1 - 20 / np.sqrt(30 * 120), rtol=1e-12)
    assert 0 < found.agreeing[0] == found.restarts[0]
    assert found.decrement[0] < 1e-9


@pytest.mark.parametrize(("function", "start", "flaw"), FLAWED.values(), ids=FLAWED)
def test_a_flaw_is_named(function, start, flaw):
    found = found_from(function, start)
    assert not found.exists.any()
    assert found.grade[0] == Grade.NONE
    if flaw is not None:
        assert Flaw(int(found.flaws[0])) == flaw


def test_the_distance_left_is_that_of_the_end():
    """Newton's decrement sqrt(s' I^-1 s) where the search stopped, not of a step before."""
    found = found_from(stairs, (0.53, -1.01))
    _, score, (a, b, c) = stairs(*found.working[0])
    step = np.linalg.solve(-np.array([[a, b], [b, c]]), score)
    assert_allclose(found.decrement, np.sqrt(score @ step), rtol=1e-9)
    assert found.decrement[0] > CLOSE
    # Given up after so many steps that gain no more than rounding.
    assert found.iterations[0] == IDLE


def test_the_higher_of_two_maxima_is_found_from_the_lower():
    """From a standard deviation of one row away, which of 1,000 rows is across the valley."""
    found = found_from(uneven_hills, (-1.0, 0.0), rows=1000.0)
    assert found.exists.all()
    assert found.working[0, 0] > 1
    assert found.twins[0] == 0


def test_two_maxima_of_one_height():
    for sign in (-1, 1):
        found = found_from(two_hills, (0.8 * sign, 0.1), rows=1000.0)
        assert Flaw(int(found.flaws[0])) == Flaw.TWIN
        assert 0 < found.twins[0] <= found.restarts[0] - found.agreeing[0]


def test_of_several_starts_the_highest_end_counts():
    for starts in (((-1.0, 0.0), (1.0, 0.0)), ((1.0, 0.0), (-1.0, 0.0))):
        found = found_from(uneven_hills, *starts, theorem="pretended")
        assert found.working[0, 0] > 1
    # Of equally high ends that of the first.
    for sign in (-1, 1):
        found = found_from(two_hills, (0.9 * sign, 0.0), (-0.9 * sign, 0.0), theorem="pretended")
        assert_allclose(found.working[0, 0], sign, rtol=1e-8)


def test_grades():
    assert found_from(hill, (3.0, 2.0), theorem="concave").grade[0] == Grade.GLOBAL
    assert found_from(hill, (3.0, 2.0), unbounded="has no bound elsewhere").grade[0] == Grade.LOCAL


def test_a_theorem_spares_the_restarts_and_the_look():
    surface = Surface(hill)
    found = found_from(hill, (3.0, 2.0), theorem="concave", surface=surface)
    assert_array_equal([found.restarts[0], found.agreeing[0]], [0, 0])
    assert np.isnan(found.least_fall[0])
    assert surface.asked == []
    assert found.around is None


SUSPICIOUS = {
    "further from its start than exp(10)": (hill, (11.0, -1.0), True),
    "as far without a scale of its own": (hill, (11.0, -1.0), False),
    "not as far": (hill, (10.0, -1.0), None),
}


@pytest.mark.parametrize(("function", "start", "looked"), SUSPICIOUS.values(), ids=SUSPICIOUS)
def test_what_a_theorem_does_not_spare(function, start, looked):
    found = found_from(function, start, relative=looked is not False, theorem="concave")
    assert np.isfinite(found.least_fall[0]) == bool(looked)
    assert found.exists.all()


def test_a_theorem_does_not_hide_a_likelihood_that_rises():
    found = found_from(ramp, (0.0, 1.0), relative=True, theorem="concave")
    assert Flaw(int(found.flaws[0])) == Flaw.RISING
    assert found.grade[0] == Grade.NONE


def test_a_curvature_that_is_no_number_is_a_flaw():
    found = found_from(torn, (0.5, -1.0))
    assert not found.exists.any()
    assert Flaw(int(found.flaws[0])) & (Flaw.DERIVATIVES | Flaw.RISING | Flaw.STOPPED)


def test_a_start_without_a_likelihood_is_named_as_that():
    def nowhere(x, y):
        return -np.inf, (np.nan, np.nan), (np.nan, np.nan, np.nan)

    found = found_from(nowhere, (0.3, 0.2), theorem="pretended")
    assert_allclose(found.working, [[0.3, 0.2]])
    assert Flaw(int(found.flaws[0])) & Flaw.VALUE
    assert not Flaw(int(found.flaws[0])) & (Flaw.STOPPED | Flaw.SINGULAR | Flaw.DERIVATIVES)


@pytest.mark.parametrize(
    ("function", "rows", "flaw"),
    [(hill, 1.0, 0), (hill, 2.0, 0), (plateau, 1.0, Flaw.ROWS), (plateau, 2.0, Flaw.SINGULAR)],
)
def test_rows_are_too_few_where_the_likelihood_says_so(function, rows, flaw):
    """As many as parameters were refused whatever the log likelihood was, and fewer are where nothing identifies."""
    found = found_from(function, (0.0, 0.3), rows=rows, theorem="")
    assert Flaw(int(found.flaws[0])) == flaw


def with_a_second_hill(at, curvature):
    """A hill of curvature 1,000 at x = 0, and one as high at x = `at`, from half way on."""

    def function(x, y):
        centre, bend = (0.0, 1000.0) if x < at / 2 else (at, curvature)
        return (
            -bend * (x - centre) ** 2 / 2 - 500 * y**2, (-bend * (x - centre), -1000 * y), (-bend, 0.0, -1000.0),
        )  # fmt: skip

    return function


@pytest.mark.parametrize(
    ("at", "curvature", "relative", "counts"),
    [(3.0, 1000.0, True, True), (3.0, 0.11, True, True), (3.0, 0.09, True, False),
     (9.5, 1000.0, True, True), (10.5, 1000.0, True, False), (10.5, 1000.0, False, True)],
)  # fmt: skip
def test_a_plateau_as_high_is_no_second_maximum(at, curvature, relative, counts):
    """Nor is what looks like one further out than exp(10) on a scale of its own.

    A plateau has less than a ten-thousandth of the curvature.
    """
    rows = 1000.0 * (2 * at) ** 2
    found = found_from(with_a_second_hill(at, curvature), (0.01, 0.01), relative=relative, rows=rows)
    assert_allclose(found.working, 0.0, atol=1e-9)
    assert (found.twins[0] > 0) == counts
    assert found.exists[0] != counts
    assert (found.restarts[0] < 3) != counts
    assert found.agreeing[0] > 0


@pytest.mark.parametrize(("spread", "counts"), [(0.9, True), (1.1, False)])
def test_how_far_out_is_measured_on_the_linear_predictor(spread, counts):
    """A unit of a coefficient moves it by the spread of its column."""
    found = found_from(with_a_second_hill(10.0, 1000.0), (0.01, 0.01), relative=True, rows=4e5, spread=spread)
    assert (found.twins[0] > 0) == counts


@pytest.mark.parametrize(("spread", "looked"), [(0.9, False), (1.1, True)])
def test_how_far_from_its_start_is_measured_there_too(spread, looked):
    found = found_from(hill, (10.5, -1.0), relative=True, theorem="concave", spread=spread)
    assert np.isfinite(found.least_fall[0]) == looked


@pytest.mark.parametrize(("spread", "relative", "looked"), [(5.0, True, False), (6.0, True, True), (6.0, False, False)])
def test_a_loose_parameter_is_looked_at_under_a_theorem_too(spread, relative, looked):
    """1 / sqrt(30) is the standard error of the first alone; times its spread it is 0.91, or 1.10."""
    found = found_from(hill, (0.6, -1.0), relative=relative, theorem="concave", spread=spread)
    assert np.isfinite(found.least_fall[0]) == looked


def patches(*, plate=0.0, second=0.0):
    """Hills of curvature 1,000 at x = 0, of height -1, and at x = 10, of height `second`; about (20, 0) a plate of
    height `plate`, on which no step leads up, though the slope says so, and all falls from it."""

    def function(x, y):
        if x >= 15:
            return plate - 10 * (np.hypot(x - 20, y) > 1.5), (1.0, 0.0), (-1.0, 0.0, -1.0)
        centre, top = (0.0, -1.0) if x < 5 else (10.0, second)
        return (
            top - 500 * (x - centre) ** 2 - 500 * y**2, (-1000 * (x - centre), -1000 * y), (-1000.0, 0.0, -1000.0),
        )  # fmt: skip

    return function


def spread_over(*points):
    return lambda: Starts.of(np.array(points, dtype=float))


def test_an_end_that_did_not_converge_is_no_higher_than_one_as_high_that_did():
    """By rounding it may be, of a search that was given up."""
    starts = spread_over((20.0, 0.0), (10.1, 0.0), (9.9, 0.01))
    found = found_from(patches(plate=4e-7), (0.1, 0.1), elsewhere=starts)
    assert found.exists.all()
    assert_allclose(found.working, [[10.0, 0.0]], atol=1e-9)


@pytest.mark.parametrize(("higher", "own"), [(4e-7, True), (4e-6, False)])
def test_of_ends_as_high_that_of_the_own_start_counts(higher, own):
    """As high but for what searches to their end may differ by."""
    found = found_from(
        patches(second=higher - 1), (0.1, 0.1), elsewhere=spread_over((10.1, 0.0), (9.9, 0.1), (-0.1, 0.0))
    )
    assert_allclose(found.working, [[0.0 if own else 10.0, 0.0]], atol=1e-9)
    assert bool(Flaw(int(found.flaws[0])) & Flaw.TWIN) == own


@pytest.mark.parametrize("samples", [1, 2])
@pytest.mark.parametrize("guided", [True, False])
def test_maxima_unseen_are_expected_of_one_sample_from_a_box(samples, guided):
    """Of many samples each has too few searches to tell."""
    points = np.array([(10.1, 0.0), (0.1, 0.0), (9.9, 0.1)])
    starts = Starts(
        np.repeat(np.arange(samples), 3),
        np.tile(points, (samples, 1)),
        *np.full((2, samples, 2), np.nan),
        guided=guided,
    )
    scales = Scales(np.ones(2), np.zeros(2, dtype=bool), ROWS)
    begin = np.tile([0.1, 0.1], (1, samples, 1))
    found = find(Surface(patches()), begin, Setting(scales, spread=lambda: starts))
    told = samples == 1 and not guided
    assert (found.unseen > 0).all() == told
    assert_array_equal(found.grade, Grade.LOCAL if told else Grade.HIGHEST_FOUND)


def quartic(x, y):
    """Newton's method goes a third of the way in each step."""
    return -1e12 * x**4 - 50 * y**2, (-4e12 * x**3, -100 * y), (-12e12 * x**2, 0.0, -100.0)


def test_a_long_search_is_looked_at_under_a_theorem_too():
    """It may have followed a likelihood that rises for ever."""
    looked = {}
    for start in 3e-6 * 1.2 ** np.arange(10, 30):
        found = found_from(quartic, (start, 0.0), theorem="pretended")
        looked[int(found.iterations[0])] = bool(np.isfinite(found.least_fall[0]))
    assert {10, 11} <= looked.keys()
    assert looked == {steps: steps > 10 for steps in looked}


def test_searches_that_met_on_fewer_rows_count_as_many():
    """Each end goes on once, for all that came to it."""
    points = [(0.8, 0.1), (1.1, 0.0), (0.9, -0.1), (-0.9, 0.0), (-1.1, 0.1)]
    starts = replace(Starts.of(np.array(points)), likelihood=Surface(uneven_hills))
    found = maximise(Surface(uneven_hills), np.array([[0.9, 0.0]]))
    ends = explored(Surface(uneven_hills), starts, found, Scales(np.ones(2), np.zeros(2, bool), ROWS))
    assert_array_equal(np.sign(ends.maximum.working[:, 0]), [1, -1])
    assert_array_equal(ends.searches, [3, 2])


def rising_far_out(at):
    """A hill of height 0, and from x = `at` a ramp that begins above it."""

    def function(x, y):
        if x >= at:
            return x - at + 5 - 500 * y**2, (1.0, -1000 * y), (-1e-3, 0.0, -1000.0)
        return -500 * x**2 - 500 * y**2, (-1000 * x, -1000 * y), (-1000.0, 0.0, -1000.0)

    return function


@pytest.mark.parametrize(("far", "grade"), [(101.0, Grade.LOCAL), (-0.04, Grade.HIGHEST_FOUND)])
def test_where_a_search_ran_away_above_it_a_maximum_is_local(far, grade):
    found = found_from(rising_far_out(100.0), (0.1, 0.1), relative=True, elsewhere=spread_over((far, 0.0), (0.05, 0.0)))
    assert_allclose(found.working, 0.0, atol=1e-9)
    assert found.exists.all()
    assert found.grade[0] == grade
