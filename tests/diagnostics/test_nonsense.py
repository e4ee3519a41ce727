"""A sweep of nonsense over bounds, informations and audits: the kit's own error, or what the argument may be."""

import numpy as np
import pytest
from nonsense import swept

import likelihood_kit as lk

WHOLE = {"int8", "uint64"}
LARGE = {str(10**12), str(2**63)}
RETURNED = {*WHOLE, *LARGE, "0", "-1", "-5", "1.5", "0.0", "1e+308", "fraction", "float16", "0-d"}
FIT = lk.LikelihoodModel(np.random.default_rng(0).gamma(2, 3, 30), family=lk.Gamma()).fit()
OTHER = lk.LikelihoodModel(np.random.default_rng(0).gamma(2, 3, 30), family=lk.Exponential()).fit()
OTHER = lk.LikelihoodModel(FIT.model.endog, family=lk.Normal()).fit()

THETA = {"shape": 2.0, "scale": 3.0}
#: No bias at all, and one of each parameter.
UNBIASED = {"1-d"}
#: One column of numbers.
COLUMNS = {"[1]", "1-d", "truth values", "series", "labelled", "frame", "read-only"}
DESIGN = [[1.0, 2.0], [1.0, 3.0], [1.0, 5.0]]
SEEDS = {*WHOLE, *LARGE, "0", "10**400"}


def bound(**changes):
    settings = {"family": lk.Gamma(), "theta": {"shape": 2.0, "scale": 3.0}, "n": 10}
    return lk.cramer_rao_bound(**{**settings, **changes})


CALLS = {
    "family": (lambda v: bound(family=v), set()),
    "theta": (lambda v: bound(theta=v), set()),
    "theta of a parameter": (
        lambda v: bound(theta={"shape": v, "scale": 1.0}),
        {*WHOLE, str(10**12), "1.5", "fraction", "float16"},
    ),
    "n": (lambda v: bound(n=v), {*WHOLE, *LARGE, "[1]"}),
    "of": (lambda v: bound(of=v), {"None"}),
    "what of returns": (lambda v: bound(of=lambda shape, scale: v), {*RETURNED, "{'a': 1}"}),
    "bias": (lambda v: bound(bias=v), {"None"}),
    "what bias returns": (lambda v: bound(bias=lambda shape, scale: v), UNBIASED),
    "bias of a parameter": (lambda v: bound(bias=lambda shape, scale: {"scale": v}), RETURNED),
    "nuisance": (lambda v: bound(nuisance=v), {"True", "np.True"}),
    "design": (lambda v: bound(design=v), {"None", *COLUMNS}),
    "coefficients": (
        lambda v: bound(theta={"shape": 2.0, "scale": v}, design=DESIGN),
        {"1-d", "truth values", "series"},
    ),
    "no known quantity": (lambda v: bound(trials=v), set()),
    "of a fit": (FIT.cramer_rao, {"None"}),
    "what it returns": (lambda v: FIT.cramer_rao(lambda shape, scale: v), {*RETURNED, "{'a': 1}"}),
    "bias of a fit": (lambda v: FIT.cramer_rao(bias=v), {"None"}),
    "nuisance of a fit": (lambda v: FIT.cramer_rao(nuisance=v), {"True", "np.True"}),
    "information": (FIT.information, set()),
    "coordinates of a fit": (lambda v: FIT.information(coordinates=v), set()),
    "level": (lambda v: FIT.information_audit(level=v, replications=0), {"fraction"}),
    "replications": (lambda v: FIT.information_audit(replications=v), {"None", "0"}),
    "conditions": (lambda v: lk.check_regularity(v, THETA), set()),
    "theta of conditions": (lambda v: lk.check_regularity(lk.Gamma(), v), set()),
    "n of an information": (lambda v: lk.expected_information(lk.Gamma(), THETA, v), {*WHOLE, *LARGE}),
    "coordinates": (lambda v: lk.expected_information(lk.Gamma(), THETA, coordinates=v), set()),
    "design of an information": (lambda v: lk.expected_information(lk.Gamma(), THETA, design=v), {"None", *COLUMNS}),
    "draws": (lambda v: lk.check_sampler(lk.Exponential(), {"scale": 1.0}, n=v), set()),
    "seed of draws": (lambda v: lk.check_sampler(lk.Exponential(), {"scale": 1.0}, n=100, seed=v), SEEDS),
    "level of draws": (lambda v: lk.check_sampler(lk.Exponential(), {"scale": 1.0}, n=100, level=v), {"fraction"}),
    "other family": (lambda v: lk.kl_divergence(lk.Gamma(), THETA, v, THETA), set()),
    "other theta": (lambda v: lk.kl_divergence(lk.Gamma(), THETA, lk.Gamma(), v), set()),
    "reference": (FIT.kl_divergence, set()),
    "true family": (lambda v: lk.pseudo_true(v, THETA, lk.Normal()), set()),
    "truth of a wrong model": (lambda v: lk.pseudo_true(lk.Gamma(), v, lk.Normal()), set()),
    "wrong model": (lambda v: lk.pseudo_true(lk.Gamma(), THETA, v), {"family"}),
    "kind of bootstrap": (lambda v: FIT.conf_int(method="bootstrap", kind=v), {"None"}),
    "resample": (lambda v: FIT.conf_int(method="bootstrap", resample=v), {"None"}),
    "rng": (FIT.simulate, {*SEEDS, "None"}),
    "rows": (lambda v: FIT.simulate(1, v), {*WHOLE, "None"}),
    "kind": (FIT.identifiability, {"None"}),
    "samples": (lambda v: FIT.goodness_of_fit(v), {"None"}),
    "seed of samples": (lambda v: FIT.goodness_of_fit(99, seed=v), SEEDS),
    "level of the fit": (lambda v: FIT.goodness_of_fit(99, level=v), {"fraction"}),
    "bars": (FIT.pit, {*WHOLE, "None"}),
    "fits": (lk.compare, set()),
    "one of the fits": (lambda v: lk.compare([FIT, v]), set()),
    "folds": (lambda v: lk.compare([FIT, OTHER], folds=v), {*WHOLE, "0", "None"}),
    "seed of folds": (lambda v: lk.compare([FIT, OTHER], folds=2, seed=v), SEEDS),
    "non-nested": (FIT.vuong_test, set()),
    "correction": (lambda v: FIT.vuong_test(OTHER, v), set()),
    "level of laws": (lambda v: FIT.vuong_test(OTHER, level=v), {"fraction", "decimal"}),
    "samples of rows": (lambda v: FIT.clarke_test(OTHER, replications=v), set()),
    "seed of rows": (lambda v: FIT.clarke_test(OTHER, replications=99, seed=v), SEEDS),
    "seed": (lambda v: FIT.information_audit(replications=99, seed=v), SEEDS),
}


@pytest.mark.parametrize(("call", "allowed"), CALLS.values(), ids=CALLS)
def test_nonsense_is_refused(call, allowed):
    """A text of digits was a number, a duration a count, and huge numbers overflowed."""
    foreign, silent = swept(call)
    assert foreign == {}
    assert silent == allowed
