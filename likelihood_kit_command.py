"""What the command `likelihood-kit` starts: outside the package, since Ctrl-C may come while that is imported."""

import sys


def main() -> int:
    """Exit status of the command; 130 where Ctrl-C stopped it, in its imports too."""
    try:
        from likelihood_kit import cli
    except KeyboardInterrupt:
        print("likelihood-kit: interrupted", file=sys.stderr)
        return 130  # 128 and the number of the signal, as shells have it
    return cli.main()
