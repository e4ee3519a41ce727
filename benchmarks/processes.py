"""Fresh processes: the import, and a first fit."""

from __future__ import annotations

import compileall
import subprocess
import sys
from pathlib import Path

from race import Row, race

import likelihood_kit as lk

IMPORT_TARGET, FIRST_FIT_TARGET = 1.1, 1.2

IMPORT_KIT = "import likelihood_kit"
IMPORT_BASE = "import statsmodels.base.model"
DATA = "import numpy as np\ny = np.random.default_rng(1).gamma(2.0, 3.0, 1000)\n"
FIRST_KIT = f"""{DATA}
import likelihood_kit as lk
print(lk.LikelihoodModel(y, family=lk.Gamma()).fit().bse)
"""
FIRST_BASE = f"""{DATA}
from scipy import special
from statsmodels.base.model import GenericLikelihoodModel
class Gamma(GenericLikelihoodModel):
    def loglikeobs(self, params):
        shape, scale = params
        return (shape - 1) * np.log(self.endog) - self.endog / scale - special.gammaln(shape) - shape * np.log(scale)
print(Gamma(y, extra_params_names=["shape", "scale"]).fit(disp=0).bse)
"""


def start(quick: bool) -> list[Row]:
    """The import of the kit and its first fit, in processes of their own.

    Both sides as pip installs them, compiled to bytecode: a checkout in an environment that writes none is not.
    """
    compileall.compile_dir(Path(lk.__file__).parent, quiet=1)
    scripts = {"kit": IMPORT_KIT, "base": IMPORT_BASE, "kit fit": FIRST_KIT, "base fit": FIRST_BASE}

    def process(script: str) -> None:
        subprocess.run([sys.executable, "-c", script], check=True, capture_output=True)

    runners = {name: lambda script=script: process(script) for name, script in scripts.items()}
    seconds = race(runners, 5 if quick else 15)
    first = "fresh process, first fit, Gamma"
    return [
        Row("fresh process, import", seconds["kit"], "import statsmodels.base.model", seconds["base"], IMPORT_TARGET),
        Row(first, seconds["kit fit"], "base class as it comes", seconds["base fit"], FIRST_FIT_TARGET),
    ]
