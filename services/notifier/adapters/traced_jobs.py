"""The trace of alerts that are queued: each continues that of its message, or begins one."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from schemas.duty import is_watchdog
from services.notifier.domain.ports import Job
from services.tracing import TraceSpan, begin_span


@contextmanager
def trace_jobs(jobs: Sequence[Job]) -> Iterator[Sequence[Job]]:
    """The jobs in order, each in a span `store` that lasts as long as the block.

    Those of the watchdog, which never end, have none.
    """
    spans = [_begin(job) for job in jobs]
    try:
        yield [
            job if span is None else replace(job, trace=span.trace)
            for job, span in zip(jobs, spans, strict=True)
        ]
    finally:
        for span in filter(None, spans):
            span.end()


def _begin(job: Job) -> TraceSpan | None:
    if is_watchdog(job.alert):
        return None
    alert = job.alert
    return begin_span("store", job.trace, alert=alert.id, pack=alert.pack, rule=alert.rule.name)
