"""What a formula is made of: columns of the data, and nothing else that new rows would have to have."""

import numpy as np
import pandas as pd
import pytest

import likelihood_kit as lk
from likelihood_kit.errors import DataError


def test_a_column_that_new_data_lack_is_not_taken_from_the_program():
    """A variable `x` of the script stood in for the column."""
    rng = np.random.default_rng(2)
    data = pd.DataFrame({"x": rng.normal(size=30), "df": rng.normal(size=30), "a b": rng.normal(size=30)})
    data["y"] = rng.gamma(2.0, np.exp(data["x"]))
    x = np.zeros(2)  # noqa: F841  what the formula must not see
    factor = 2.0  # noqa: F841  what it may see
    new = pd.DataFrame({"z": [1.0, 2.0], "a b": [0.0, 1.0]})
    for right in ("x", "np.log(x**2 + 1)", "bs(x, df=3)", "Q('a b') + x"):
        results = lk.LikelihoodModel.from_formula(f"y ~ {right}", data, family=lk.Gamma()).fit()
        with pytest.raises(DataError, match="no column 'x', which the formula"):
            results.predict(new)
        assert len(results.predict(new.assign(x=[0.1, 0.2]))) == 2
    scaled = lk.LikelihoodModel.from_formula("y ~ I(x * factor)", data, family=lk.Gamma()).fit()
    assert len(scaled.predict(pd.DataFrame({"x": [0.1, 0.2]}))) == 2


def test_an_array_of_the_program_is_none_of_new_rows():
    rng = np.random.default_rng(2)
    data = pd.DataFrame({"y": rng.gamma(2.0, 1.0, 30)})
    outside = rng.normal(size=30)
    results = lk.LikelihoodModel.from_formula("y ~ outside", data, family=lk.Gamma()).fit()
    with pytest.raises(DataError, match="took 'outside' from the program"):
        results.predict(data)
    assert len(results.predict(pd.DataFrame({"outside": outside[:4]}))) == 4
