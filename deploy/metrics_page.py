"""The page of all metrics, from the code: `docs/metrics.md`."""

import importlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from prometheus_client.metrics import MetricWrapperBase

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "metrics.md"
DEFINES = re.compile(r"^[A-Z_]+ = (?:Counter|Gauge|Histogram)\(", re.MULTILINE)
SERVICES = ("ingest", "matcher", "notifier", "reader")
CONVENTIONS = """\
# Metrics

Every service answers `/metrics`. This page is generated from the code by `make generate`.

- Names are `vedette_SERVICE_…`; those of all services, or of their web servers, `vedette_…`.
- Times are seconds, sizes are bytes; counters end in `_total`; times of the day are seconds since
  1970, so that `time() - x` is an age.
- Label values that are known begin at 0, those of rules when the rules become active.
- Who scrapes as OpenMetrics gets exemplars: of `vedette_notifier_end_to_end_seconds` the alert and
  the [trace](tracing.md), of `vedette_matcher_hop_seconds` a message that took longer than a
  second, one a second at most. Prometheus keeps them with `--enable-feature=exemplar-storage`.
- There are no `_created` series. Python's own (`process_…`, `python_…`) are there too.
- What to alert on is in `deploy/prometheus/alerts.yml`, with [runbooks](runbooks/README.md).
"""


@dataclass(frozen=True, slots=True)
class DescribedMetric:
    """One line of the page."""

    name: str
    kind: str
    labels: tuple[str, ...]
    meaning: str

    @property
    def service(self) -> str:
        """The service in its name."""
        service = self.name.split("_")[1]
        return service if service in SERVICES else "every service"


def list_metrics() -> list[DescribedMetric]:
    """Every metric that a module of the services defines, by name."""
    metrics = {metric.name: metric for module in _find_modules() for metric in _describe(module)}
    return [metrics[name] for name in sorted(metrics)]


def write_page() -> str:
    """The page as it should be."""
    metrics = list_metrics()
    services = sorted({metric.service for metric in metrics})
    sections = (
        _write_section(service, [each for each in metrics if each.service == service])
        for service in services
    )
    return "\n".join([CONVENTIONS, *sections])


def _find_modules() -> Iterator[str]:
    for path in sorted((ROOT / "services").rglob("*.py")):
        if DEFINES.search(path.read_text(encoding="utf-8")):
            yield ".".join(path.relative_to(ROOT).with_suffix("").parts)


def _describe(module: str) -> Iterator[DescribedMetric]:
    for value in vars(importlib.import_module(module)).values():
        if isinstance(value, MetricWrapperBase):
            [family] = value.describe()
            name = f"{family.name}_total" if family.type == "counter" else family.name
            # the client has no public way to ask for them
            labels = tuple(value._labelnames)  # noqa: SLF001
            yield DescribedMetric(name, family.type, labels, family.documentation)


def _write_section(service: str, metrics: list[DescribedMetric]) -> str:
    rows = [
        f"| `{metric.name}` | {metric.kind} | {', '.join(metric.labels)} | {metric.meaning} |"
        for metric in metrics
    ]
    title = service[0].upper() + service[1:]
    return "\n".join(
        [f"## {title}", "", "| name | type | labels | meaning |", "|---|---|---|---|", *rows, ""]
    )
