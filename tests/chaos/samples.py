"""Memory and lag of every process, sampled; and whether they are flat."""

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
# flat is what grows by less than this share of its mean, or by less than so many MiB
FLAT_SHARE, FLAT_MIB = 0.03, 3.0


@dataclass(frozen=True, slots=True)
class ResourceSample:
    """MiB resident by process, and messages not yet committed by service, at `at` seconds."""

    at: float
    memory: Mapping[str, float]
    lag: Mapping[str, float]


@dataclass
class Sampler:
    """Takes a sample every `every` seconds; `sample_if_due` must be called more often."""

    children: Callable[[], Mapping[str, ChildProcess]]
    every: float = 5.0
    samples: list[ResourceSample] = field(default_factory=list)
    _start: float = field(default_factory=time.monotonic)

    def sample_if_due(self) -> None:
        """Take a sample if it is time; a service that does not answer has no lag in it."""
        now = time.monotonic() - self._start
        if now >= len(self.samples) * self.every:
            self.samples.append(self._sample(now))

    def _sample(self, now: float) -> ResourceSample:
        alive = {name: child for name, child in self.children().items() if child.running}
        memory = {name: _resident(child.pid) for name, child in alive.items()}
        services = {name: child for name, child in alive.items() if isinstance(child, Service)}
        lags = {
            name: _lag(service)
            for name, service in services.items()
            if not name.startswith("ingest")
        }
        return ResourceSample(
            now, memory, {name: lag for name, lag in lags.items() if lag is not None}
        )


@dataclass(frozen=True, slots=True)
class Drift:
    """A straight line through the samples: mean, growth an hour, growth in the time sampled."""

    mean: float
    hourly: float
    total: float

    @property
    def is_flat(self) -> bool:
        """Whether it grows by next to nothing in the time sampled; it may fall."""
        return self.total <= max(FLAT_MIB, FLAT_SHARE * self.mean)


def fit_drift(points: Sequence[tuple[float, float]]) -> Drift:
    """Of (seconds, level); the first third, in which a process warms up, is left out."""
    end = points[-1][0]
    warm = [point for point in points if point[0] >= end / 3]
    times, levels = zip(*warm, strict=True)
    slope = linear_regression(times, levels).slope
    return Drift(fmean(levels), slope * HOUR, slope * (times[-1] - times[0]))


def memory_of(samples: Sequence[ResourceSample], name: str) -> list[tuple[float, float]]:
    """The memory of one process over time."""
    return [(sample.at, sample.memory[name]) for sample in samples if name in sample.memory]


def lag_of(samples: Sequence[ResourceSample], name: str) -> list[tuple[float, float]]:
    """The lag of one service over time."""
    return [(sample.at, sample.lag[name]) for sample in samples if name in sample.lag]


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
