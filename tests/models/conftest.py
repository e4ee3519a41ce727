"""Data sets that several files of tests use."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

ORACLES = Path(__file__).parent / "oracles"


@pytest.fixture(scope="session")
def toxocara() -> np.ndarray:
    """Counts of the parasite Toxocara in 53 hosts."""
    values = [0, 1, 2, 3, 4, 5, 6, 7, 9, 11, 12, 16, 19, 20, 21, 28, 30, 33, 40, 41, 75]
    frequencies = [14, 8, 5, 1, 6, 2, 1, 1, 2, 1, 1, 1, 1, 1, 1, 2, 1, 1, 1, 1, 1]
    return np.repeat(values, frequencies)


@pytest.fixture(scope="session")
def spector() -> tuple[pd.Series, pd.DataFrame]:
    """Grades and predictors, with a constant, of Spector and Mazzeo (1980)."""
    data = sm.datasets.spector.load_pandas()
    return data.endog, sm.add_constant(data.exog)


@pytest.fixture(scope="session")
def strikes() -> np.ndarray:
    """Durations of 62 strikes in days, Kennan (1985)."""
    return sm.datasets.strikes.load_pandas().data["duration"].to_numpy()


@pytest.fixture(scope="session")
def from_r() -> Callable[[str], pd.DataFrame]:
    """Estimates, standard errors and log likelihood of a case of `oracles/reference.R`, by parameter."""
    table = pd.read_csv(ORACLES / "reference.csv").set_index("parameter")
    return lambda case: table[table["case"] == case]


@pytest.fixture(scope="session")
def sample_of() -> Callable[[str], tuple[np.ndarray, np.ndarray]]:
    """Response and design, a constant first, of a data set in `oracles/data.csv`."""
    table = pd.read_csv(ORACLES / "data.csv")

    def get(name: str) -> tuple[np.ndarray, np.ndarray]:
        columns = table[table["dataset"] == name].pivot(index="row", columns="column", values="value")
        order = table.loc[table["dataset"] == name, "column"].unique()
        y, *others = (columns[column].to_numpy() for column in order)
        return y, np.column_stack([np.ones(len(y)), *others])

    return get
