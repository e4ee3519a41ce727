"""Confidence of the kit's intervals, where the user asks for no other."""

from __future__ import annotations

from statistics import NormalDist

#: Nominal coverage of intervals in tables, figures and studies.
LEVEL = 0.95
#: What it leaves out, as statsmodels' `alpha`; rounded, since 1 - 0.95 is not 0.05 in binary.
ALPHA = round(1 - LEVEL, 12)
#: Half width of a Wald interval of this level, in standard errors.
HALF_WIDTH = NormalDist().inv_cdf((1 + LEVEL) / 2)
