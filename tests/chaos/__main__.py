"""`python -m tests.chaos`: faults under load on real Kafka and Redis; exit code 1 on any loss.

Every alert that the accepted reports must lead to arrives exactly once. The same seed repeats the
same faults and load.
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
from tests.chaos.plan import KINDS, REPEATED_KINDS, SERVICES, FaultSettings
from tests.chaos.run import RunConfig
from tests.chaos.run_log import exit_on_sigterm, open_run_log
from tests.parts.child import ROOT, Died
from tests.parts.kafka import NoKafka
from tests.parts.redis_server import NoRedis
from tests.parts.waiting import NotInTime

CANNOT_RUN = 2
KEPT = ROOT / ".cache" / "chaos"


def main() -> int:
    """Run with the given arguments; the exit code."""
    given = _arguments()
    exit_on_sigterm()
    try:
        return chaos(_run_config(given), keep=given.keep)
    except (Died, NotInTime, NoKafka, NoRedis) as fault:
        sys.stderr.write(f"cannot run: {fault}\n")
        return CANNOT_RUN


def chaos(config: RunConfig, *, keep: bool = False) -> int:
    """0 if every alert arrived exactly once; else 1, and the log names a folder with everything.

    Raises what a part raises that does not start.
    """
    folder = KEPT / f"{time.strftime('%Y%m%dT%H%M%S')}-{config.seed}"
    folder.mkdir(parents=True)
    log = open_run_log(folder)
    profile, settings = config.profile, config.faults
    log(f"seed {config.seed}: {profile.rate:g} reports/s for {profile.seconds:g} s")
    log(f"{settings.faults} faults; starting {dict(settings.replicas)}")
    with run.start_run(config, folder, log) as chaos_run:
        run.inject_faults(chaos_run)
        log("no more faults; waiting for the alerts")
        run.await_alerts(chaos_run)
        run_report = report.examine(chaos_run)
        report.write_files(run_report, folder)
    for line in (*run_report.lines(), *run_report.slowest()):
        log(line)
    return _end(run_report, folder, log, keep=keep)


def _end(
    run_report: report.RunReport, folder: Path, log: Callable[[str], None], *, keep: bool
) -> int:
    if not run_report.passed:
        for line in run_report.traces():
            log(line)
    if run_report.passed and not keep:
        shutil.rmtree(folder)
    else:
        log(f"logs and records are in {folder.relative_to(ROOT)}")
    log("nothing lost, no alert sent twice" if run_report.passed else "FAILED")
    return 0 if run_report.passed else 1


def _run_config(given: argparse.Namespace) -> RunConfig:
    replicas = dict(zip(SERVICES, (1, given.matchers, given.notifiers), strict=True))
    kinds = given.kinds or KINDS + REPEATED_KINDS
    settings = FaultSettings(given.faults, given.seconds, kinds, given.freeze, replicas)
    return RunConfig(given.seed, LoadProfile(given.rate, given.stories, given.seconds), settings)


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
