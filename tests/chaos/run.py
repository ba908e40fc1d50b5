"""One run: load and faults together, then quiet, then the verdict."""

import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.chaos.dice import dice
from tests.chaos.load import LoadProfile, ReportLoad
from tests.chaos.oracle import foretell
from tests.chaos.pack import Terms
from tests.chaos.plan import RULE_FILES, FaultSettings, PlannedFault, plan, steps
from tests.chaos.receivers import at_the_pager, in_slack
from tests.chaos.reload import Reload
from tests.chaos.site import ChaosSite, site
from tests.chaos.verdict import Verdict, paging

LOOK_EVERY = 0.1
# longer than an outcome stays in doubt and than evidence waits: what comes twice comes by then
QUIET_SECONDS = 12.0

Say = Callable[[str], None]
Watch = Callable[[], None]


@dataclass(frozen=True, slots=True)
class RunConfig:
    """All that a run depends on."""

    seed: int
    pace: LoadProfile
    wanted: FaultSettings
    terms: Terms = field(default_factory=Terms)
    settle_seconds: float = 240.0


@dataclass(frozen=True, slots=True)
class ChaosRun:
    """What a run was, while its parts still stand."""

    asked: RunConfig
    site: ChaosSite
    load: ReportLoad
    strikes: Sequence[PlannedFault]
    left_out: Sequence[str]

    def verdicts(self) -> tuple[Verdict, Verdict]:
        """Slack's and the pager's, as of now."""
        foretold = foretell(self.load.record.meaningful(), self.asked.terms)
        slack, pager = self.site.pipeline.slack, self.site.pipeline.pager
        return (
            Verdict("Slack", foretold, in_slack(slack)),
            Verdict("PagerDuty", paging(foretold), at_the_pager(pager)),
        )


@contextmanager
def running(asked: RunConfig, folder: Path, say: Say) -> Iterator[ChaosRun]:
    """Everything started, the load begun; `under_fire` and `settled` make it a run."""
    strikes, left_out = _planned(asked)
    with site(folder, asked.terms, asked.wanted.replicas, say) as here:
        load = ReportLoad(here.pipeline.ingest.url, asked.pace, asked.seed)
        load.start()
        try:
            yield ChaosRun(asked, here, load, strikes, left_out)
        finally:
            load.stop()


def under_fire(ran: ChaosRun, watch: Watch = lambda: None) -> None:
    """Every fault in its time; returns when the load has told everything."""
    start, due = time.monotonic(), deque(steps(ran.strikes))
    while due or not ran.load.over:
        while due and due[0].at <= time.monotonic() - start:
            ran.site.perform(due.popleft())
        ran.site.look()
        watch()
        time.sleep(LOOK_EVERY)
    ran.site.thaw()


def settled(ran: ChaosRun, watch: Watch = lambda: None) -> bool:
    """Whether all was accepted and came out in time; then waits a while for what comes twice."""

    def complete() -> bool:
        return ran.load.drained and all(one.complete for one in ran.verdicts())

    came = _pass(ran, watch, ran.asked.settle_seconds, complete)
    _pass(ran, watch, QUIET_SECONDS)
    return came


def _pass(ran: ChaosRun, watch: Watch, seconds: float, enough: Callable[[], bool] = bool) -> bool:
    """Let time pass, with the supervisor at work, until it is `enough`, asked every second."""
    end, asked = time.monotonic() + seconds, 0.0
    while (now := time.monotonic()) < end:
        if now - asked > 1:
            if enough():
                return True
            asked = time.monotonic()
        ran.site.look()
        watch()
        time.sleep(LOOK_EVERY)
    return False


def _planned(asked: RunConfig) -> tuple[Sequence[PlannedFault], Sequence[str]]:
    strikes = plan(asked.wanted, dice("faults", asked.seed))
    if any(one.target == RULE_FILES for one in strikes) and not Reload.exists():
        left_out = [one.kind for one in strikes if one.target == RULE_FILES]
        return [one for one in strikes if one.target != RULE_FILES], left_out
    return strikes, ()
