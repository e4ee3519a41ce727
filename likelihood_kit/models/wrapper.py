"""Results with pandas' labels, as statsmodels hands them out."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from statsmodels.base.wrapper import ResultsWrapper, populate_wrapper

from likelihood_kit._numerics.signatures import named_arguments
from likelihood_kit.models.inference import places
from likelihood_kit.models.results import LikelihoodResults
from likelihood_kit.models.saved import read_pickle, write_pickle


class LikelihoodResultsWrapper(ResultsWrapper):
    """Results with pandas' labels where the data had them; otherwise the results themselves."""

    _wrap_attrs: ClassVar[Mapping[str, str]] = {
        "params": "columns",
        "bse": "columns",
        "pvalues": "columns",
        "tvalues": "columns",
        "resid": "rows",
        "resid_pearson": "rows",
        "resid_quantile": "rows",
        "fittedvalues": "rows",
        "normalized_cov_params": "cov",
    }
    _wrap_methods: ClassVar[Mapping[str, str]] = {"cov_params": "cov"}

    @property  # type: ignore[misc]
    def __class__(self) -> type:
        """The wrapped class, so that `isinstance(results, LikelihoodResults)` holds."""
        return LikelihoodResults

    def __setattr__(self, name: str, value: Any) -> None:
        """Set on the results themselves, as `use_t`, which their summaries read; statsmodels sets it on the wrapper."""
        if name in ("_results", "__doc__"):
            object.__setattr__(self, name, value)
        else:
            setattr(self._results, name, value)

    def __repr__(self) -> str:
        return repr(self._results)

    @functools.wraps(LikelihoodResults.conf_int)
    def conf_int(self, *args: Any, cols: Any = None, **kwargs: Any) -> Any:
        """Intervals with the labels of their entries."""
        results = self._results
        if cols is None:
            return results.model.data.wrap_output(results.conf_int(*args, **kwargs), "columns")
        chosen = places(results, cols)
        table = np.full((len(results.model.exog_names), 2), np.nan)
        table[chosen] = results.conf_int(*args, cols=cols, **kwargs)
        found = results.model.data.wrap_output(table, "columns")
        return found.iloc[chosen] if hasattr(found, "iloc") else found[chosen]

    @functools.wraps(LikelihoodResults.save)
    @named_arguments
    def save(self, fname: Any, remove_data: bool = False) -> None:
        """Pickle of the results with their labels."""
        if remove_data:
            self.remove_data()
        write_pickle(self, fname)

    @classmethod
    @functools.wraps(LikelihoodResults.load.__func__)  # type: ignore[attr-defined]
    @named_arguments
    def load(cls, fname: Any) -> Any:
        """Results with their labels, from the file that `save` wrote."""
        return read_pickle(fname, LikelihoodResults)

    def __reduce__(self) -> tuple[Any, ...]:
        return LikelihoodResultsWrapper, (self._results,)


populate_wrapper(LikelihoodResultsWrapper, LikelihoodResults)
