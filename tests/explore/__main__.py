"""`python -m tests.explore [PATH …]`: random tests with other examples each time (`make explore`).

Round after round until the time is up, 15 minutes unless `--minutes` says otherwise. A round gives
each random test as many examples as the suite does, which takes some 6 minutes on two cores; the
last one is stopped where it is. Exit code 1 at the first failure, whose example pytest prints.
"""

import argparse
import sys
import time

from tests.explore.rounds import explore, list_command, run_round


def main() -> int:
    """Explore; the exit code."""
    arguments = _parse_arguments()
    command = list_command(arguments.paths)
    exploration = explore(
        lambda seconds: run_round(command, seconds), 60 * arguments.minutes, time.monotonic
    )
    sys.stdout.write(f"{exploration.describe()}\n")
    return int(exploration.has_failed)


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.explore", description=__doc__)
    parser.add_argument("--minutes", type=float, default=15, help="when to stop; default 15")
    parser.add_argument("paths", nargs="*", metavar="PATH", help="such as tests/matcher/oracle")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
