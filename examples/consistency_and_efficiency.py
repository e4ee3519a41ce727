"""Do estimators do what the theorems say as n grows? Three studies with known answers.

1. Gamma law at the estimate from 62 strike durations (Kennan 1985, shipped with statsmodels): maximum likelihood
   attains the Cramer-Rao bound, the method of moments does not.
2. Normal law: the median needs pi / 2 times the observations that the mean needs, for the same variance.
3. Uniform law: the support moves with a parameter, so that there is no bound to attain, and the error falls as 1 / n.
"""

import sys
from pathlib import Path

import numpy as np
from statsmodels.datasets import strikes

import likelihood_kit as lk

SIZES = (20, 50, 100, 200, 500, 1000)


def main(folder="likelihood-kit-examples", replications=10_000):
    """Print the verdicts, write figures and one report into the folder, and return the three results."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)

    print("1. Gamma law, truth from the strikes: maximum likelihood beside the method of moments\n")
    durations = strikes.load_pandas().data["duration"]
    truth = lk.LikelihoodModel(durations, family=lk.Gamma()).fit().params.to_dict()
    gamma = lk.Study(lk.Gamma(), truth, SIZES, replications, estimators=("mle", "moments"), seed=1985)
    gamma = gamma.run(progress=False)
    print(gamma.summary())

    print("\n2. Normal law: the mean beside the median\n")
    normal = lk.Study(
        lk.Normal(sd=1.0), {"mean": 0.0}, SIZES, replications, estimators=("mle", {"median": median}), seed=1809
    ).run(progress=False)
    print(normal.efficiency())
    ratio = normal.efficiency().table.query("estimator == 'median'")["ratio"].iloc[-1]
    print(f"\nThe variance of the median is {ratio:.3f} times the bound; in the limit it is pi / 2 = {np.pi / 2:.3f}.")

    print("\n3. Uniform law: the largest and the smallest value\n")
    uniform = lk.Study(lk.Uniform(), {"low": 0.0, "high": 1.0}, SIZES, replications, seed=1777).run(progress=False)
    print(uniform.consistency())
    print(uniform.efficiency())

    for name, result in (("gamma", gamma), ("normal", normal), ("uniform", uniform)):
        result.plot().savefig(folder / f"study_{name}.png", dpi=200)
    report = gamma.report(folder / "study_gamma.html")
    print(f"\nFigures and report in {folder}: study_gamma.png, study_normal.png, study_uniform.png, {report.name}")
    return {"gamma": gamma, "normal": normal, "uniform": uniform}


def median(samples):
    """Medians `(r, 1)` of samples `(r, n)`: an estimator of one's own is a function."""
    return np.median(samples, axis=1)[:, None]


if __name__ == "__main__":
    main(*sys.argv[1:])
