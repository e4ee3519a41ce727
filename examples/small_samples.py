"""What to do where n is small: intervals, tests and estimates beyond the large-sample ones.

1. Twelve times in hours between failures of the air conditioning of an aircraft, as an exponential law, whose exact
   interval is known: Proschan, F. (1963). Theoretical explanation of observed decreasing failure rate. *Technometrics*
   5, 375-383; Davison, A. C. and Hinkley, D. V. (1997). *Bootstrap Methods and their Application*, example 1.1.
2. The same as a Gamma law: is its shape 1, and how biased are its estimates?
3. Successes that a predictor separates from failures, so that no maximum exists: Firth's adjusted score.
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from scipy import stats

import likelihood_kit as lk
from likelihood_kit.reports.style import house_style

HOURS = np.array([3, 5, 7, 18, 43, 85, 91, 98, 100, 130, 230, 487])
INTERVALS = {
    "Wald": {"method": "wald"},
    "profile likelihood": {"method": "profile"},
    "r*": {"method": "r_star"},
    "samples of the law, studentised": {"method": "bootstrap", "kind": "studentised", "resample": "parametric"},
    "samples of the rows, corrected": {"method": "bootstrap"},
}
#: Samples of a fitted law behind a p-value.
REPLICATIONS = 999


def main(folder="likelihood-kit-examples", replications=REPLICATIONS):
    """Print the comparisons, write two figures into the folder, and return what was found."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)

    print("1. Twelve times between failures: 95 % intervals of their mean under an exponential law\n")
    exponential = lk.LikelihoodModel(HOURS, family=lk.Exponential()).fit()
    intervals = of_the_mean(exponential)
    print(intervals.round(1).to_string())
    print("\nThe law of the mean is known, and so is its interval. r* all but has it.\n")

    print("2. The same times as a Gamma law: is the shape 1?\n")
    gamma = lk.LikelihoodModel(HOURS, family=lk.Gamma()).fit()
    print(gamma.restriction_tests({"shape": 1.0}))
    print(f"\nr*, to third order:\n{gamma.r_star('shape', 1.0)}")
    sampled = gamma.likelihood_ratio_test({"shape": 1.0}, bootstrap=replications)
    print(f"\nBy samples of the restricted fit:\n{sampled}\n")
    reduced = {name: gamma.model.fit(bias_reduction=name) for name in ("cox_snell", "firth")}
    estimates = pd.DataFrame({"maximum": gamma.params, **{name: fit.params for name, fit in reduced.items()}})
    print("Estimates of largest likelihood, and without their bias of first order:\n")
    print(estimates.set_axis(gamma.model.exog_names).round(3).to_string())

    print("\n3. Successes where x is 1, failures where it is 0\n")
    exog, y = np.column_stack([np.ones(6), np.repeat([0.0, 1.0], 3)]), np.repeat([0, 1], 3)
    separated = lk.LikelihoodModel(y, exog, family=lk.Bernoulli())
    firth = separated.fit(bias_reduction="firth")
    print(firth.estimates.round(3).to_string())
    print(f"\n{firth.certificate}")

    interval_figure(intervals, exponential.params[0]).savefig(folder / "small_samples_intervals.png", dpi=200)
    gamma.profile("shape", "scale").plot().savefig(folder / "small_samples_region.png", dpi=200)
    print(f"\nFigures in {folder}: small_samples_intervals.png, small_samples_region.png")
    return {"intervals": intervals, "gamma": gamma, "sampled": sampled, "reduced": reduced, "firth": firth}


def of_the_mean(results):
    """Intervals of the scale of an exponential law, which is its mean, and the exact one."""
    found = {name: np.asarray(results.conf_int(**how))[0] for name, how in INTERVALS.items()}
    found["exact"] = 2 * HOURS.sum() / stats.chi2(2 * len(HOURS)).ppf([0.975, 0.025])
    return pd.DataFrame(found, index=["lower", "upper"]).T


def interval_figure(intervals, estimate):
    """The intervals one under the other, and the exact one as a band behind them."""
    with house_style():
        figure = Figure(figsize=(7.2, 2.7), layout="constrained")
        axes = figure.subplots()
        axes.axvspan(*intervals.loc["exact"], color="0.9")
        axes.axvline(estimate, color="#D55E00", linewidth=0.9, linestyle=":")
        for place, (low, high) in enumerate(intervals.to_numpy()):
            axes.plot([low, high], [place, place], color="#0072B2", marker="|", markersize=9)
        axes.set(xlabel="Mean time between failures (hours)", xscale="log")
        axes.set_xticks([50, 100, 200], ["50", "100", "200"])
        axes.minorticks_off()
        axes.set_yticks(range(len(intervals)), intervals.index)
        axes.margins(y=0.12)
        axes.invert_yaxis()
    return figure


if __name__ == "__main__":
    main(*sys.argv[1:])
