"""`python -m tests.chaos.soak`: half an hour of steady load; memory, lag and latency, as a PNG.

Windows are forgotten within minutes here, so that what grows is a leak. Exit code 1 if an alert was
lost or told twice, or the memory of a service is not flat.
"""

import argparse
import json
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from statistics import quantiles

from tests.chaos import report, run
from tests.chaos.load import Pace
from tests.chaos.pack import BARRAGE, TRIPWIRE, UNANSWERED, Terms
from tests.chaos.plan import SERVICES, Wanted
from tests.chaos.plot import Line, Panel, draw
from tests.chaos.run import Asked
from tests.chaos.samples import Drift, Sample, Sampler, drift, lag_of, memory_of
from tests.chaos.telling import teller
from tests.chaos.verdict import Verdict
from tests.parts.child import ROOT

KEPT = ROOT / ".cache" / "soak"
# a council stays open for an hour: its windows would grow all the time
RULES = (TRIPWIRE, BARRAGE, UNANSWERED)
TERMS = Terms(span_seconds=60, lateness="1m")


def main() -> int:
    """Soak as asked; the exit code."""
    given = _arguments()
    folder = given.to / time.strftime("%Y%m%dT%H%M%S")
    folder.mkdir(parents=True)
    tell = teller(folder)
    asked = _asked(given)
    tell(f"seed {asked.seed}: {given.rate:g} reports/s for {given.minutes:g} min")
    with run.running(asked, folder, tell) as ran:
        sampler, begun = Sampler(lambda: ran.site.children), time.time()
        run.under_fire(ran, sampler.look)
        during = list(sampler.samples)
        run.settled(ran)
        finding = report.found(ran)
        report.keep(finding, folder)
    drifts = {name: drift(memory_of(during, name)) for name in during[-1].memory}
    waits = _waits(finding.verdicts[0], begun)
    for line in (*finding.lines(), *_lines(drifts, during, waits)):
        tell(line)
    _keep(folder, during, waits, drifts)
    flat = all(one.flat for name, one in drifts.items() if name.partition("-")[0] in SERVICES)
    tell(f"numbers and plot are in {_shown(folder)}")
    tell("flat, nothing lost" if finding.good and flat else "FAILED")
    return 0 if finding.good and flat else 1


def _lines(drifts: dict[str, Drift], samples: Sequence[Sample], waits: Line) -> Iterator[str]:
    yield f"{'memory':14}{'mean, MiB':>12}{'MiB an hour':>14}"
    for name, one in sorted(drifts.items()):
        yield f"{name:14}{one.mean:12.1f}{one.an_hour:14.1f}  {'flat' if one.flat else 'GROWS'}"
    for name in sorted(samples[-1].lag):
        levels = [level for _, level in lag_of(samples, name)]
        yield f"lag of {name}: worst {max(levels):,.0f}, at the end {levels[-1]:,.0f} messages"
    if len(waits) > 1:
        cuts = quantiles([wait for _, wait in waits], n=100, method="inclusive")
        told = ", ".join(f"p{cut} {cuts[cut - 1]:.3f}" for cut in (50, 95, 99))
        yield f"latency, s: {told}, worst {max(wait for _, wait in waits):.3f}"


def _waits(slack: Verdict, begun: float) -> Line:
    # an absence is due at a moment that only the next tick tells: it says nothing about speed
    timely = {mark: wait for mark, wait in slack.waits.items() if mark.rule != UNANSWERED}
    return sorted((at - begun, wait) for at, wait in timely.values())


def _keep(folder: Path, samples: Sequence[Sample], waits: Line, drifts: dict[str, Drift]) -> None:
    numbers = {
        "samples": [asdict(one) for one in samples],
        "waits": waits,
        "drifts": {name: asdict(one) for name, one in drifts.items()},
    }
    (folder / "soak.json").write_text(json.dumps(numbers))
    memory = {name: memory_of(samples, name) for name in sorted(drifts)}
    lags = {name: lag_of(samples, name) for name in sorted(samples[-1].lag)}
    panels: dict[str, Panel] = {
        "resident, MiB": memory,
        "lag, messages": lags,
        "accepted to Slack, s": {"alerts": waits},
    }
    draw(folder / "soak.png", "Vedette under a steady load", panels)


def _shown(folder: Path) -> Path:
    return folder.relative_to(ROOT) if folder.is_relative_to(ROOT) else folder


def _asked(given: argparse.Namespace) -> Asked:
    replicas = dict(zip(SERVICES, (1, given.matchers, given.notifiers), strict=True))
    seconds = given.minutes * 60
    pace = Pace(given.rate, given.stories, seconds, RULES)
    return Asked(given.seed, pace, Wanted(0, seconds, replicas=replicas), TERMS)


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
