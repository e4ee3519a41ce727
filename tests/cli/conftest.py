"""A table of data in a file."""

import numpy as np
import pandas as pd
import pytest


@pytest.fixture
def table(tmp_path):
    rng = np.random.default_rng(7)
    x = rng.normal(size=40)
    frame = pd.DataFrame({"y": rng.gamma(2.0, np.exp(0.5 + 0.3 * x)), "x": x, "g": [*"ab"] * 20})
    path = tmp_path / "data.csv"
    frame.to_csv(path, index=False)
    return path
