"""Memory and lag of every process, sampled; and whether what was sampled is flat."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import fmean, linear_regression

import httpx
from prometheus_client.parser import text_string_to_metric_families

from tests.parts.child import ChildProcess
from tests.parts.processes import Service

HOUR = 3600.0
KIB_IN_MIB = 1024
LAGS = ("vedette_matcher_lag", "vedette_notifier_consumer_lag")
# what a level may drift, over all the time watched, and still be called flat
SHARE, LEAST_DRIFT = 0.03, 3.0


@dataclass(frozen=True, slots=True)
class ResourceSample:
    """MiB resident by process, and messages not yet committed by service, at `at` seconds."""

    at: float
    memory: Mapping[str, float]
    lag: Mapping[str, float]


@dataclass
class Sampler:
    """Takes a sample every so many seconds, when it is asked often enough."""

    children: Callable[[], Mapping[str, ChildProcess]]
    every: float = 5.0
    samples: list[ResourceSample] = field(default_factory=list)
    _start: float = field(default_factory=time.monotonic)

    def look(self) -> None:
        """Sample if it is time; a service that does not answer has no lag then."""
        now = time.monotonic() - self._start
        if now >= len(self.samples) * self.every:
            self.samples.append(self._taken(now))

    def _taken(self, now: float) -> ResourceSample:
        alive = {name: child for name, child in self.children().items() if child.running}
        memory = {name: _resident(child.pid) for name, child in alive.items()}
        services = {name: one for name, one in alive.items() if isinstance(one, Service)}
        lags = {name: _lag(one) for name, one in services.items() if not name.startswith("ingest")}
        return ResourceSample(
            now, memory, {name: lag for name, lag in lags.items() if lag is not None}
        )


@dataclass(frozen=True, slots=True)
class Drift:
    """A straight line through a level: its mean, what it gains in an hour, and in the time seen."""

    mean: float
    an_hour: float
    seen: float

    @property
    def flat(self) -> bool:
        """Whether it gains next to nothing in the time seen; to fall is no fault."""
        return self.seen <= max(LEAST_DRIFT, SHARE * self.mean)


def drift(points: Sequence[tuple[float, float]]) -> Drift:
    """Of (seconds, level), the first third left out: until then a process grows warm."""
    end = points[-1][0]
    warm = [point for point in points if point[0] >= end / 3]
    times, levels = zip(*warm, strict=True)
    slope = linear_regression(times, levels).slope
    return Drift(fmean(levels), slope * HOUR, slope * (times[-1] - times[0]))


def memory_of(samples: Sequence[ResourceSample], name: str) -> list[tuple[float, float]]:
    """One process's memory over time."""
    return [(one.at, one.memory[name]) for one in samples if name in one.memory]


def lag_of(samples: Sequence[ResourceSample], name: str) -> list[tuple[float, float]]:
    """One service's lag over time."""
    return [(one.at, one.lag[name]) for one in samples if name in one.lag]


def _resident(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) / KIB_IN_MIB


def _lag(service: Service) -> float | None:
    try:
        families = text_string_to_metric_families(service.metrics())
    except httpx.HTTPError:
        return None
    return sum(
        sample.value for family in families if family.name in LAGS for sample in family.samples
    )
