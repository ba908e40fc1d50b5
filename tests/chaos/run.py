"""One run: load and faults together, a wait without either, then the comparison."""

import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.chaos.load import LoadProfile, ReportLoad
from tests.chaos.oracle import RESOLVED, predict
from tests.chaos.pack import PackTiming
from tests.chaos.plan import FaultSettings, PlannedFault, list_steps, plan_faults
from tests.chaos.receivers import pager_incidents, slack_messages
from tests.chaos.seeded import seeded_random
from tests.chaos.site import ChaosSite, start_site
from tests.chaos.verdict import Verdict, select_paged

LOOK_SECONDS = 0.1
# longer than the notifier waits for an unknown outcome or groups evidence: repeats come by then
REPEAT_SECONDS = 12.0

Log = Callable[[str], None]
Watch = Callable[[], None]


@dataclass(frozen=True, slots=True)
class RunConfig:
    """Everything that a run depends on."""

    seed: int
    profile: LoadProfile
    faults: FaultSettings
    timing: PackTiming = field(default_factory=PackTiming)
    settle_seconds: float = 240.0


@dataclass(frozen=True, slots=True)
class ChaosRun:
    """A run whose parts are still up."""

    config: RunConfig
    site: ChaosSite
    load: ReportLoad
    faults: Sequence[PlannedFault]

    def verdicts(self) -> tuple[Verdict, Verdict]:
        """Slack's and PagerDuty's, as of now."""
        prediction = predict(self.load.record.meaningful(), self.config.timing)
        slack, pager = self.site.pipeline.slack, self.site.pipeline.pager
        return (
            Verdict("Slack", prediction, slack_messages(slack)),
            Verdict("PagerDuty", select_paged(prediction), pager_incidents(pager), RESOLVED),
        )


@contextmanager
def start_run(config: RunConfig, folder: Path, log: Log) -> Iterator[ChaosRun]:
    """Start all parts and the load; `inject_faults` and `await_alerts` come next."""
    faults = plan_faults(config.faults, seeded_random("faults", config.seed))
    with start_site(folder, config.timing, config.faults.replicas, log) as site:
        load = ReportLoad(site.pipeline.ingest.url, config.profile, config.seed)
        load.start()
        try:
            yield ChaosRun(config, site, load, faults)
        finally:
            load.stop()


def inject_faults(chaos_run: ChaosRun, watch: Watch = lambda: None) -> None:
    """Make every fault happen at its time; returns when the load has sent everything."""
    start, due = time.monotonic(), deque(list_steps(chaos_run.faults))
    while due or not chaos_run.load.is_over:
        while due and due[0].at <= time.monotonic() - start:
            chaos_run.site.perform(due.popleft())
        chaos_run.site.look_after()
        watch()
        time.sleep(LOOK_SECONDS)
    chaos_run.site.end_faults()


def await_alerts(chaos_run: ChaosRun, watch: Watch = lambda: None) -> bool:
    """Whether every expected alert came in time; waits longer for repeats before it returns."""

    def complete() -> bool:
        return chaos_run.load.is_drained and all(
            verdict.complete for verdict in chaos_run.verdicts()
        )

    came = _wait(chaos_run, watch, chaos_run.config.settle_seconds, complete)
    _wait(chaos_run, watch, REPEAT_SECONDS)
    return came


def _wait(
    chaos_run: ChaosRun, watch: Watch, seconds: float, is_enough: Callable[[], bool] = bool
) -> bool:
    """Wait, restarting what ends, until `is_enough`, which is called every second."""
    end, last_call = time.monotonic() + seconds, 0.0
    while (now := time.monotonic()) < end:
        if now - last_call > 1:
            if is_enough():
                return True
            last_call = time.monotonic()
        chaos_run.site.look_after()
        watch()
        time.sleep(LOOK_SECONDS)
    return False
