"""`python -m tests.chaos.soak`: half an hour of steady load; memory, lag and latency, as a PNG.

Windows are forgotten within minutes here, so that growing memory is a leak. Exit code 1 if an alert
was lost or sent twice, or the memory of a service is not flat.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from statistics import quantiles

from tests.chaos import report, run
from tests.chaos.load import LoadProfile
from tests.chaos.pack import BARRAGE, TRIPWIRE, UNANSWERED, PackTiming
from tests.chaos.plan import SERVICES, FaultSettings
from tests.chaos.plot import Line, draw
from tests.chaos.run import RunConfig
from tests.chaos.run_log import exit_on_sigterm, open_run_log
from tests.chaos.samples import Drift, ResourceSample, Sampler, fit_drift, lag_of, memory_of
from tests.chaos.verdict import Verdict
from tests.parts.child import ROOT

KEPT = ROOT / ".cache" / "soak"
# without the council: its windows last an hour, so they would grow all the time
RULES = (TRIPWIRE, BARRAGE, UNANSWERED)
TIMING = PackTiming(span_seconds=60, lateness="1m")


@dataclass(frozen=True)
class Soak:
    """The result: samples taken under load, and (seconds, delay) of each alert."""

    run_report: report.RunReport
    samples: Sequence[ResourceSample]
    delays: Line

    @cached_property
    def drifts(self) -> Mapping[str, Drift]:
        """The drift of each process's memory."""
        names = sorted(self.samples[-1].memory)
        return {name: fit_drift(memory_of(self.samples, name)) for name in names}

    @property
    def lags(self) -> Mapping[str, Line]:
        """The lag of each service that reads from Kafka."""
        return {name: lag_of(self.samples, name) for name in sorted(self.samples[-1].lag)}

    @property
    def passed(self) -> bool:
        """Whether nothing was lost and no service grows; Kafka and Redis may."""
        services = [name for name in self.drifts if name.partition("-")[0] in SERVICES]
        return self.run_report.passed and all(self.drifts[name].is_flat for name in services)

    def lines(self) -> Iterator[str]:
        """The counts, for people."""
        yield from self.run_report.lines()
        yield f"{'memory':14}{'mean, MiB':>12}{'MiB an hour':>14}"
        for name, drift in self.drifts.items():
            trend = "flat" if drift.is_flat else "GROWS"
            yield f"{name:14}{drift.mean:12.1f}{drift.hourly:14.1f}  {trend}"
        for name, line in self.lags.items():
            worst = max(level for _, level in line)
            yield f"lag of {name}: worst {worst:,.0f}, at the end {line[-1][1]:,.0f} messages"
        if len(self.delays) > 1:
            yield _latency([wait for _, wait in self.delays])

    def write_files(self, folder: Path) -> None:
        """Write the numbers and the plot into `folder`."""
        drifts = {name: asdict(drift) for name, drift in self.drifts.items()}
        samples = [asdict(sample) for sample in self.samples]
        numbers = {"samples": samples, "delays": self.delays, "drifts": drifts}
        (folder / "soak.json").write_text(json.dumps(numbers))
        panels = {
            "resident, MiB": {name: memory_of(self.samples, name) for name in self.drifts},
            "lag, messages": self.lags,
            "accepted to Slack, s": {"alerts": self.delays},
        }
        draw(folder / "soak.png", "Vedette under a steady load", panels)


def main() -> int:
    """Soak with the given arguments; the exit code."""
    given = _arguments()
    exit_on_sigterm()
    folder = given.to / time.strftime("%Y%m%dT%H%M%S")
    folder.mkdir(parents=True)
    log = open_run_log(folder)
    log(f"seed {given.seed}: {given.rate:g} reports/s for {given.minutes:g} min")
    soak = _run(_run_config(given), folder, log)
    soak.write_files(folder)
    for line in soak.lines():
        log(line)
    log(f"numbers and plot are in {_short(folder)}")
    log("flat, nothing lost" if soak.passed else "FAILED")
    return 0 if soak.passed else 1


def _run(config: RunConfig, folder: Path, log: Callable[[str], None]) -> Soak:
    with run.start_run(config, folder, log) as chaos_run:
        sampler, begun = Sampler(lambda: chaos_run.site.children), time.time()
        run.inject_faults(chaos_run, sampler.sample_if_due)
        samples = list(sampler.samples)
        run.await_alerts(chaos_run)
        run_report = report.examine(chaos_run)
        report.write_files(run_report, folder)
    return Soak(run_report, samples, _delays(run_report.verdicts[0], begun))


def _delays(slack: Verdict, begun: float) -> Line:
    # an absence fires at the next tick: its delay does not measure speed
    timely = {key: wait for key, wait in slack.delays.items() if key.rule != UNANSWERED}
    return sorted((at - begun, wait) for at, wait in timely.values())


def _latency(delays: Sequence[float]) -> str:
    cuts = quantiles(delays, n=100, method="inclusive")
    percentiles = ", ".join(f"p{cut} {cuts[cut - 1]:.3f}" for cut in (50, 95, 99))
    return f"latency, s: {percentiles}, worst {max(delays):.3f}"


def _short(folder: Path) -> Path:
    return folder.relative_to(ROOT) if folder.is_relative_to(ROOT) else folder


def _run_config(given: argparse.Namespace) -> RunConfig:
    replicas = dict(zip(SERVICES, (1, given.matchers, given.notifiers), strict=True))
    seconds = given.minutes * 60
    profile = LoadProfile(given.rate, given.stories, seconds, RULES)
    return RunConfig(given.seed, profile, FaultSettings(0, seconds, replicas=replicas), TIMING)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos.soak", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--rate", type=float, default=500.0, help="reports a second")
    parser.add_argument("--stories", type=float, default=1.0, help="a second among them")
    parser.add_argument("--matchers", type=int, default=2)
    parser.add_argument("--notifiers", type=int, default=1)
    parser.add_argument("--to", type=Path, default=KEPT, help="folder for the numbers and the plot")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
