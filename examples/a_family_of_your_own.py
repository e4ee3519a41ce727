"""A law of your own, from its formula: the Lindley law of waiting times, which neither this kit nor scipy.stats has.

Density theta^2 / (1 + theta) (1 + y) exp(-theta y) on y > 0: Lindley, D. V. (1958). Fiducial distributions and Bayes'
theorem. *Journal of the Royal Statistical Society B* 20, 102-107.

Data: minutes that 100 customers of a bank waited before they were served. Ghitany, M. E., Atieh, B. and Nadarajah, S.
(2008). Lindley distribution and its application. *Mathematics and Computers in Simulation* 78, 493-506.
"""

import sys
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

import likelihood_kit as lk
from likelihood_kit.reports.style import house_style

# fmt: off
WAITING = np.array([
    0.8, 0.8, 1.3, 1.5, 1.8, 1.9, 1.9, 2.1, 2.6, 2.7, 2.9, 3.1, 3.2, 3.3, 3.5, 3.6, 4.0, 4.1,
    4.2, 4.2, 4.3, 4.3, 4.4, 4.4, 4.6, 4.7, 4.7, 4.8, 4.9, 4.9, 5.0, 5.3, 5.5, 5.7, 5.7, 6.1,
    6.2, 6.2, 6.2, 6.3, 6.7, 6.9, 7.1, 7.1, 7.1, 7.1, 7.4, 7.6, 7.7, 8.0, 8.2, 8.6, 8.6, 8.6,
    8.8, 8.8, 8.9, 8.9, 9.5, 9.6, 9.7, 9.8, 10.7, 10.9, 11.0, 11.0, 11.1, 11.2, 11.2, 11.5, 11.9, 12.4,
    12.5, 12.9, 13.0, 13.1, 13.3, 13.6, 13.7, 13.9, 14.1, 15.4, 15.4, 17.3, 17.3, 18.1, 18.2, 18.4, 18.9, 19.0,
    19.9, 20.6, 21.3, 21.4, 21.9, 23.0, 27.0, 31.6, 33.1, 38.5,
])
# fmt: on


class Lindley(lk.Family):
    """Lindley law on y > 0."""

    theta = lk.Positive()
    support = lk.Interval(0, np.inf)

    @staticmethod
    def log_density(y, theta):
        return 2 * np.log(theta) - np.log1p(theta) + np.log1p(y) - theta * y


def main(folder="likelihood-kit-examples", replications=2000):
    """Print what is derived from the formula, the fits and a study, and return them with the family."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    family = Lindley()

    print("Derived from the formula\n")
    print(family.derivation())

    print("\nFitted to the waiting times\n")
    lindley = lk.LikelihoodModel(WAITING, family=family).fit()
    print(lindley.summary())

    exponential = lk.LikelihoodModel(WAITING, family=lk.Exponential()).fit()
    print(f"\nAIC: Lindley {lindley.aic:.2f}, exponential {exponential.aic:.2f}; each has one parameter.")

    print("\nThe least variance of an unbiased estimator; no closed form was given, so by quadrature\n")
    bound = lk.cramer_rao_bound(family, {"theta": lindley.params[0]}, n=len(WAITING))
    print(bound)

    print("\nDoes the estimator attain it? Samples are drawn by inverting the density\n")
    study = lk.Study(
        family, truth={"theta": lindley.params[0]}, sizes=(20, 50, 100, 200), replications=replications, seed=1958
    )
    result = study.run(progress=False)
    print(result.summary())

    waiting_times(lindley, exponential).savefig(folder / "waiting_times.png", dpi=200)
    print(f"\nFigure in {folder}: waiting_times.png")
    return {"family": family, "lindley": lindley, "exponential": exponential, "bound": bound, "study": result}


def waiting_times(lindley, exponential):
    """Histogram of the waiting times with both fitted densities."""
    grid = np.linspace(0, 40, 401)[1:]
    with house_style():
        figure = Figure(figsize=(5, 3.4), layout="constrained")
        axes = figure.subplots()
        axes.hist(WAITING, bins=np.arange(0, 42, 3), density=True, color="#D9D9D9", edgecolor="white")
        for fit, name, line in ((lindley, "Lindley", "-"), (exponential, "exponential", "--")):
            (parameter,) = fit.model.family.parameter_names
            density = np.exp(fit.model.family.log_density(grid, **{parameter: fit.params[0]}))
            colour = "#0072B2" if fit is lindley else "#D55E00"
            axes.plot(grid, density, line, color=colour, label=f"{name}, AIC {fit.aic:.1f}")
        axes.set(xlabel="Waiting time (minutes)", ylabel="Density (per minute)", xlim=(0, 40))
        axes.legend()
    return figure


if __name__ == "__main__":
    main(*sys.argv[1:])
