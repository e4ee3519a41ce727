"""Fixtures that every folder of tests may use."""

from collections.abc import Callable

import numpy as np
import pytest

from likelihood_kit.families import Family


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(2026)


@pytest.fixture(scope="session")
def untried() -> Callable[[Family], Family]:
    """A family as if each of its closed forms had been tried beside the formula: the trial refuses wrong ones before.

    For what has to find a wrong form by itself.
    """

    def passed(family: Family) -> Family:
        family.law.kept_answers.update({("closed form", name): "" for name in family.law.functions})
        return family

    return passed
