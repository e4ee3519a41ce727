"""`python -m likelihood_kit.cli`."""

import sys

from likelihood_kit.cli import main

if __name__ == "__main__":
    sys.exit(main())
