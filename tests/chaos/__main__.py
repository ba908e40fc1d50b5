"""`python -m tests.chaos`: faults under load on real Kafka and Redis; exit code 1 on any loss.

Nothing may be lost and nobody told twice: every alert that the accepted reports must lead to
arrives exactly once. A run can be repeated with its seed.
"""

import argparse
import random
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path

from tests.chaos import report, run
from tests.chaos.load import LoadProfile
from tests.chaos.plan import KINDS, SERVICES, SEVERAL, FaultSettings
from tests.chaos.run import RunConfig
from tests.chaos.telling import end_in_order, teller
from tests.parts.child import ROOT, Died
from tests.parts.kafka import NoKafka
from tests.parts.redis_server import NoRedis
from tests.parts.waiting import NotInTime

UNTRIED = 2
KEPT = ROOT / ".cache" / "chaos"


def main() -> int:
    """Run it as asked; the exit code."""
    given = _arguments()
    end_in_order()
    try:
        return chaos(_asked(given), keep=given.keep)
    except (Died, NotInTime, NoKafka, NoRedis) as fault:
        sys.stderr.write(f"it cannot be tried: {fault}\n")
        return UNTRIED


def chaos(asked: RunConfig, *, keep: bool = False) -> int:
    """0 when all was well; else 1, and everything is kept in a folder that is named.

    Raises what the parts raise that do not start.
    """
    folder = KEPT / f"{time.strftime('%Y%m%dT%H%M%S')}-{asked.seed}"
    folder.mkdir(parents=True)
    tell = teller(folder)
    pace, wanted = asked.pace, asked.wanted
    tell(f"seed {asked.seed}: {pace.rate:g} reports/s for {pace.seconds:g} s")
    tell(f"{wanted.faults} faults; starting {dict(wanted.replicas)}")
    with run.running(asked, folder, tell) as ran:
        run.under_fire(ran)
        tell("the faults are over; waiting for all to come out")
        run.settled(ran)
        finding = report.found(ran)
        report.keep(finding, folder)
    for line in (*finding.lines(), *finding.slowest()):
        tell(line)
    return _end(finding, folder, tell, keep=keep)


def _end(finding: report.Finding, folder: Path, tell: Callable[[str], None], *, keep: bool) -> int:
    if not finding.good:
        for line in finding.stories():
            tell(line)
    if finding.good and not keep:
        shutil.rmtree(folder)
    else:
        tell(f"logs and records are in {folder.relative_to(ROOT)}")
    tell("nothing lost, nobody told twice" if finding.good else "FAILED")
    return 0 if finding.good else 1


def _asked(given: argparse.Namespace) -> RunConfig:
    replicas = dict(zip(SERVICES, (1, given.matchers, given.notifiers), strict=True))
    kinds = given.kinds or KINDS + SEVERAL
    wanted = FaultSettings(given.faults, given.seconds, kinds, given.freeze, replicas)
    return RunConfig(given.seed, LoadProfile(given.rate, given.stories, given.seconds), wanted)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))  # noqa: S311
    parser.add_argument("--seconds", type=float, default=720.0, help="of load and faults")
    parser.add_argument("--faults", type=int, default=50)
    parser.add_argument("--rate", type=float, default=500.0, help="reports a second")
    parser.add_argument("--stories", type=float, default=1.5, help="a second among them")
    parser.add_argument("--matchers", type=int, default=3)
    parser.add_argument("--notifiers", type=int, default=2)
    parser.add_argument("--freeze", type=float, default=20.0, help="seconds of a SIGSTOP")
    parser.add_argument("--kinds", nargs="*", choices=KINDS, help="of faults; all of them if none")
    parser.add_argument("--keep", action="store_true", help="logs and records even if all is well")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
