"""Fit a law to data and read what comes back: how long do strikes last?

Data: durations in days of 62 strikes that began in June, US manufacturing, 1968 to 1976, with unanticipated industrial
production in that month. Kennan, J. (1985). The duration of contract strikes in U.S. manufacturing. *Journal of
Econometrics* 28, 5-28. They ship with statsmodels.
"""

import sys
from pathlib import Path

import pandas as pd
from statsmodels.datasets import strikes

import likelihood_kit as lk


def main(folder="likelihood-kit-examples"):
    """Print the fits, write a report and a figure into the folder, and return the results by name."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    data = strikes.load_pandas().data

    print("One law, two parameters\n")
    gamma = lk.LikelihoodModel(data["duration"], family=lk.Gamma()).fit()
    print(gamma.summary())

    print("\nThree informations, one answer?\n")
    print(gamma.information_audit())

    print("\nNo unbiased estimator does better than\n")
    print(gamma.cramer_rao().round(4))
    print("\n... and, for the mean duration,\n")
    print(gamma.cramer_rao(of=mean_duration).round(4))

    print("\nThe same law in other coordinates: the mean is now a parameter\n")
    in_mean = lk.LikelihoodModel(data["duration"], family=lk.Gamma(parameters=("mean", "shape"))).fit()
    print(in_mean.estimates.round(4))

    print("\nWith a predictor: strikes are shorter when production is high\n")
    families = {"Exponential": lk.Exponential(), "Gamma": lk.Gamma(), "Weibull": lk.Weibull()}
    fits = {
        name: lk.LikelihoodModel.from_formula("duration ~ iprod", data, family=family).fit()
        for name, family in families.items()
    }
    comparison = pd.DataFrame(
        {
            "iprod": [fit.params["iprod"] for fit in fits.values()],
            "standard error": [fit.bse["iprod"] for fit in fits.values()],
            "AIC": [fit.aic for fit in fits.values()],
            "certified": [fit.certificate.ok for fit in fits.values()],
        },
        index=list(fits),
    )
    print(comparison.round(3))
    print("\nThe shapes add nothing: the exponential law has the least AIC.")

    gamma.plot().savefig(folder / "strikes.png", dpi=200)
    report = gamma.report(folder / "strikes.html")
    print(f"\nFigure and report in {folder}: strikes.png, {report.name}")
    return {"gamma": gamma, "in_mean": in_mean, **fits}


def mean_duration(shape, scale):
    """Mean of a Gamma law."""
    return shape * scale


if __name__ == "__main__":
    main(*sys.argv[1:])
