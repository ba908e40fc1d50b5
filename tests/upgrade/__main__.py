"""`python -m tests.upgrade`: from the release before to this one and back, under load.

On real Kafka and Redis, one process after the other, so that both releases serve side by side. Exit
code 1 unless every alert that the accepted reports must lead to arrives exactly once, no message is
a dead letter, and no process ends by itself.
"""

import argparse
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.chaos import report, run
from tests.chaos.load import LoadProfile, ReportLoad
from tests.chaos.plan import FaultSettings
from tests.chaos.run import ChaosRun, RunConfig
from tests.chaos.run_log import exit_on_sigterm, open_run_log
from tests.parts.child import ROOT, Died
from tests.parts.kafka import NoKafka
from tests.parts.redis_server import NoRedis
from tests.parts.waiting import NotInTime
from tests.upgrade.releases import NoSuchRelease, Release
from tests.upgrade.site import alter_topics, start_as
from tests.upgrade.steps import Rollout

RELEASE_BEFORE = "91971e9"
"""N-1, from whose states and messages this one goes on; the next release names its own."""
CANNOT_RUN = 2
KEPT = ROOT / ".cache" / "upgrade"
REPLICAS = {"ingest": 1, "matcher": 2, "notifier": 2}


def main() -> int:
    """Run with the given arguments; the exit code."""
    given = _arguments()
    exit_on_sigterm()
    folder = KEPT / f"{time.strftime('%Y%m%dT%H%M%S')}-{given.seed}"
    try:
        before = Release.check_out(given.before, folder / "before")
        return upgrade(before, _run_config(given), given.pause, folder)
    except (Died, NotInTime, NoKafka, NoRedis, NoSuchRelease) as fault:
        sys.stderr.write(f"cannot run: {fault}\n")
        return CANNOT_RUN


def upgrade(before: Release, config: RunConfig, pause: float, folder: Path) -> int:
    """0 if nothing was lost and nothing came twice; else 1, and logs stay in `folder`."""
    log = open_run_log(folder)
    with _start_run(before, config, folder, log) as chaos_run:
        rollout = Rollout(chaos_run, pause)
        log(f"{config.profile.rate:g} reports/s; every process is {before.name}")
        alter_topics(chaos_run.site.kafka.bootstrap)
        rollout.replace_all(Release("the new one", ROOT))
        chaos_run.site.reload.publish_next()
        rollout.replace_all(before)
        chaos_run.load.wind_down()
        log("waiting for the alerts")
        run.await_alerts(chaos_run)
        run_report = report.examine(chaos_run)
        report.write_files(run_report, folder)
    faults = list(_list_faults(run_report, rollout))
    for line in (*run_report.lines(), *faults):
        log(line)
    return _end(folder, log, run_report, passed=run_report.passed and not faults)


@contextmanager
def _start_run(
    before: Release, config: RunConfig, folder: Path, log: Callable[[str], None]
) -> Iterator[ChaosRun]:
    with start_as(before, folder, config.faults.replicas, log) as site:
        load = ReportLoad(site.pipeline.ingest.url, config.profile, config.seed)
        load.start()
        try:
            yield ChaosRun(config, site, load, ())
        finally:
            load.stop()


def _list_faults(run_report: report.RunReport, rollout: Rollout) -> Iterator[str]:
    """What is wrong besides alerts and messages."""
    site = run_report.chaos_run.site
    yield from (f"{name} ended by itself with {code}" for name, code in site.supervisor.exits)
    yield from (f"{name} was replaced after the load: --seconds" for name in rollout.after_load)
    yield from (f"{name} did not end in time" for name in rollout.killed)
    if site.reload.published != site.reload.started:
        yield "the rules could not be published"


def _end(
    folder: Path, log: Callable[[str], None], run_report: report.RunReport, *, passed: bool
) -> int:
    if passed:
        shutil.rmtree(folder)
        log("nothing lost, no alert sent twice")
        return 0
    for line in run_report.traces():
        log(line)
    log(f"FAILED: logs and records are in {folder.relative_to(ROOT)}")
    return 1


def _run_config(given: argparse.Namespace) -> RunConfig:
    profile = LoadProfile(given.rate, given.stories, given.seconds)
    return RunConfig(given.seed, profile, FaultSettings(0, given.seconds, (), 0.0, REPLICAS))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.upgrade", description=__doc__)
    parser.add_argument("--before", default=RELEASE_BEFORE, help="the commit of the release before")
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--seconds", type=float, default=900.0, help="of load, at most")
    parser.add_argument("--rate", type=float, default=60.0, help="reports a second")
    parser.add_argument("--stories", type=float, default=1.0, help="a second among them")
    parser.add_argument("--pause", type=float, default=10.0, help="seconds after each replacement")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
