"""`python -m tests.chaos.soak`: half an hour of steady load; memory, lag and latency, as a PNG.

Windows are forgotten within minutes here, so that what grows is a leak. Exit code 1 if an alert was
lost or told twice, or the memory of a service is not flat.
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
from tests.chaos.pack import BARRAGE, TRIPWIRE, UNANSWERED, Terms
from tests.chaos.plan import SERVICES, FaultSettings
from tests.chaos.plot import Line, draw
from tests.chaos.run import RunConfig
from tests.chaos.samples import Drift, ResourceSample, Sampler, drift, lag_of, memory_of
from tests.chaos.telling import end_in_order, teller
from tests.chaos.verdict import Verdict
from tests.parts.child import ROOT

KEPT = ROOT / ".cache" / "soak"
# a council stays open for an hour: its windows would grow all the time
RULES = (TRIPWIRE, BARRAGE, UNANSWERED)
TERMS = Terms(span_seconds=60, lateness="1m")


@dataclass(frozen=True)
class Soak:
    """What a soak came to: samples while the load went on, and when which alert came how late."""

    finding: report.Finding
    samples: Sequence[ResourceSample]
    waits: Line

    @cached_property
    def drifts(self) -> Mapping[str, Drift]:
        """Of every process's memory."""
        names = sorted(self.samples[-1].memory)
        return {name: drift(memory_of(self.samples, name)) for name in names}

    @property
    def lags(self) -> Mapping[str, Line]:
        """Of every service that reads from Kafka."""
        return {name: lag_of(self.samples, name) for name in sorted(self.samples[-1].lag)}

    @property
    def good(self) -> bool:
        """Whether nothing was lost and no service grows; what the stores keep is theirs."""
        ours = [one for name, one in self.drifts.items() if name.partition("-")[0] in SERVICES]
        return self.finding.good and all(one.flat for one in ours)

    def lines(self) -> Iterator[str]:
        """The numbers."""
        yield from self.finding.lines()
        yield f"{'memory':14}{'mean, MiB':>12}{'MiB an hour':>14}"
        for name, one in self.drifts.items():
            told = "flat" if one.flat else "GROWS"
            yield f"{name:14}{one.mean:12.1f}{one.an_hour:14.1f}  {told}"
        for name, line in self.lags.items():
            worst = max(level for _, level in line)
            yield f"lag of {name}: worst {worst:,.0f}, at the end {line[-1][1]:,.0f} messages"
        if len(self.waits) > 1:
            yield _latency([wait for _, wait in self.waits])

    def keep(self, folder: Path) -> None:
        """Put the numbers and the plot into `folder`."""
        drifts = {name: asdict(one) for name, one in self.drifts.items()}
        samples = [asdict(one) for one in self.samples]
        numbers = {"samples": samples, "waits": self.waits, "drifts": drifts}
        (folder / "soak.json").write_text(json.dumps(numbers))
        panels = {
            "resident, MiB": {name: memory_of(self.samples, name) for name in self.drifts},
            "lag, messages": self.lags,
            "accepted to Slack, s": {"alerts": self.waits},
        }
        draw(folder / "soak.png", "Vedette under a steady load", panels)


def main() -> int:
    """Soak as asked; the exit code."""
    given = _arguments()
    end_in_order()
    folder = given.to / time.strftime("%Y%m%dT%H%M%S")
    folder.mkdir(parents=True)
    tell = teller(folder)
    tell(f"seed {given.seed}: {given.rate:g} reports/s for {given.minutes:g} min")
    soaked = _soaked(_asked(given), folder, tell)
    soaked.keep(folder)
    for line in soaked.lines():
        tell(line)
    tell(f"numbers and plot are in {_shown(folder)}")
    tell("flat, nothing lost" if soaked.good else "FAILED")
    return 0 if soaked.good else 1


def _soaked(asked: RunConfig, folder: Path, tell: Callable[[str], None]) -> Soak:
    with run.running(asked, folder, tell) as ran:
        sampler, begun = Sampler(lambda: ran.site.children), time.time()
        run.under_fire(ran, sampler.look)
        samples = list(sampler.samples)
        run.settled(ran)
        finding = report.found(ran)
        report.keep(finding, folder)
    return Soak(finding, samples, _waits(finding.verdicts[0], begun))


def _waits(slack: Verdict, begun: float) -> Line:
    # an absence is due at a moment that only the next tick tells: it says nothing about speed
    timely = {mark: wait for mark, wait in slack.waits.items() if mark.rule != UNANSWERED}
    return sorted((at - begun, wait) for at, wait in timely.values())


def _latency(waits: Sequence[float]) -> str:
    cuts = quantiles(waits, n=100, method="inclusive")
    told = ", ".join(f"p{cut} {cuts[cut - 1]:.3f}" for cut in (50, 95, 99))
    return f"latency, s: {told}, worst {max(waits):.3f}"


def _shown(folder: Path) -> Path:
    return folder.relative_to(ROOT) if folder.is_relative_to(ROOT) else folder


def _asked(given: argparse.Namespace) -> RunConfig:
    replicas = dict(zip(SERVICES, (1, given.matchers, given.notifiers), strict=True))
    seconds = given.minutes * 60
    pace = LoadProfile(given.rate, given.stories, seconds, RULES)
    return RunConfig(given.seed, pace, FaultSettings(0, seconds, replicas=replicas), TERMS)


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
