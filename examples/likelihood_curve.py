"""What a likelihood is: the same density, read as a function of the parameter.

1. One value, 5, from a normal law of standard deviation 2: which of the means 5, 7 and 9 makes it likeliest?
2. Four values, -5, 0, 3 and 10, with mean and variance unknown.
3. Counts of alpha particles from polonium in 2608 intervals of 7.5 seconds: Rutherford, E., Geiger, H. and Bateman, H.
   (1910). The probability variations in the distribution of alpha particles. *Philosophical Magazine* 20, 698-707.
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

import likelihood_kit as lk
from likelihood_kit.reports.style import house_style

VALUE, SD = 5.0, 2.0
CANDIDATES = np.array([5.0, 7.0, 9.0])
FOUR = np.array([-5.0, 0.0, 3.0, 10.0])
#: Intervals in which 0, 1, 2, ... particles were counted.
INTERVALS = np.array([57, 203, 383, 525, 532, 408, 273, 139, 45, 27, 10, 4, 0, 1, 1])
COLOURS = ("#0072B2", "#D55E00", "#009E73")


def main(folder="likelihood-kit-examples"):
    """Print the likelihoods, write three figures into the folder, and return what was found."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)

    print(f"1. One value, {VALUE:g}, and three candidate means (sd {SD:g} known)\n")
    known_sd = lk.Normal(sd=SD)
    likelihood = pd.Series(np.exp(known_sd.log_density(VALUE, mean=CANDIDATES)), index=CANDIDATES, name="likelihood")
    print(likelihood.rename_axis("mean").to_string(float_format="%.4f"))
    print(f"\nThe likeliest of the three is {likelihood.idxmax():g}; no mean at all does better.\n")

    print("2. Four values: -5, 0, 3, 10\n")
    four = lk.LikelihoodModel(FOUR, family=lk.Normal(parameters=("mean", "variance"))).fit()
    print(four.estimates.round(4))
    print(
        f"\nMean {four.params[0]:g}, variance {four.params[1]:g}: the sum of squares is divided by n, not by n - 1.\n"
    )

    print("3. Particles counted in 2608 intervals: a Poisson law\n")
    counts = np.repeat(np.arange(len(INTERVALS)), INTERVALS)
    rutherford = lk.LikelihoodModel(counts, family=lk.Poisson()).fit()
    print(rutherford.estimates.round(4))
    print("\nThe curve is as narrow as its curvature, the information, is large:")
    print(
        f"1 / sqrt({rutherford.information('observed').iloc[0, 0]:.1f}) = {rutherford.bse[0]:.4f}, the standard error."
    )

    candidate_means(known_sd, likelihood).savefig(folder / "likelihood_candidates.png", dpi=200)
    each_parameter(four).savefig(folder / "likelihood_four_values.png", dpi=200)
    narrowing(rutherford).savefig(folder / "likelihood_particles.png", dpi=200)
    print(f"\nFigures in {folder}: likelihood_candidates.png, likelihood_four_values.png, likelihood_particles.png")
    return {"likelihood": likelihood, "four": four, "rutherford": rutherford}


def candidate_means(family, likelihood):
    """The value under three densities, and the curve of the likelihood over all means."""
    with house_style():
        figure = Figure(figsize=(7.2, 2.9), layout="constrained")
        left, right = figure.subplots(1, 2, sharey=True)
        grid = np.linspace(-1, 15, 401)
        for (mean, height), colour in zip(likelihood.items(), COLOURS, strict=True):
            left.plot(grid, np.exp(family.log_density(grid, mean=mean)), color=colour)
            left.text(mean, 0.206, f"{mean:g}", color=colour, ha="center")
            left.plot(VALUE, height, "o", color=colour)
            right.plot(mean, height, "o", color=colour, zorder=3)
        left.axvline(VALUE, color="black", linewidth=0.8, linestyle=":", ymax=0.9)
        left.set(
            xlabel="Value", ylabel="Density", title="Densities with mean 5, 7 and 9", xlim=(-1, 15), ylim=(0, 0.22)
        )
        right.plot(grid, np.exp(family.log_density(VALUE, mean=grid)), color="black")
        right.set(xlabel="Candidate mean", ylabel="Likelihood", title="Likelihood of the mean, given 5", xlim=(-1, 15))
        right.tick_params(labelleft=True)
    return figure


def each_parameter(results):
    """Relative likelihood of the mean and of the variance, the other one at its estimate."""
    mean, variance = results.params
    grids = np.linspace(-8, 12, 401), np.linspace(0.5, 250, 401)
    curves = [[m, variance] for m in grids[0]], [[mean, v] for v in grids[1]]
    with house_style():
        figure = Figure(figsize=(7.2, 2.7), layout="constrained")
        panels = figure.subplots(1, 2, sharey=True)
        for axes, name, grid, points in zip(panels, ("Mean", "Variance"), grids, curves, strict=True):
            axes.plot(grid, [np.exp(results.model.loglike(point) - results.llf) for point in points], color="black")
            axes.set(xlabel=name, xlim=(min(grid[0], 0), grid[-1]), ylim=(0, 1.15))
        for axes, estimate in zip(panels, (mean, variance), strict=True):
            axes.axvline(estimate, color=COLOURS[1], linewidth=0.9, linestyle=":", ymax=1 / 1.15)
            axes.plot(estimate, 1.0, "o", color=COLOURS[1])
            axes.text(estimate, 1.05, f"{estimate:g}", color=COLOURS[1], ha="center")
        panels[0].set_ylabel("Relative likelihood")
    return figure


def narrowing(results):
    """Relative likelihood of the rate, for all counts and for fewer in the same proportions."""
    rates = np.linspace(2.9, 5.1, 601)
    fall = np.array([results.model.loglike([rate]) for rate in rates]) - results.llf
    with house_style():
        figure = Figure(figsize=(5, 3.2), layout="constrained")
        axes = figure.subplots()
        for share, colour in zip((1, 10, 100), ("black", *COLOURS), strict=False):
            axes.plot(rates, np.exp(fall / share), color=colour, label=f"{round(results.nobs / share)} intervals")
        axes.set(xlabel="Rate (particles per 7.5 s)", ylabel="Relative likelihood", xlim=(2.9, 5.1), ylim=(0, 1.05))
        axes.legend()
    return figure


if __name__ == "__main__":
    main(*sys.argv[1:])
