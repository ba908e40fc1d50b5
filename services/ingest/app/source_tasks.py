"""A task for each source that is fetched, made of its document."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version

from services.ingest.adapters.fetching.fetcher import Fetcher
from services.ingest.adapters.intake import Intake
from services.ingest.adapters.pulling.refused_items import RefusedItems
from services.ingest.adapters.pulling.report_sink import ReportSink
from services.ingest.adapters.pulling.source_task import SourceTask
from services.ingest.app.intake import read_clock
from services.ingest.app.pullers import PolledSource, PullerBuilder
from services.ingest.domain.pulling.ports import PositionStore
from services.ingest.domain.sources.polled_sources import KafkaSource
from services.ingest.domain.sources.source_set import SourceSet
from services.ingest.settings import WorkerSettings


@dataclass(slots=True)
class SourceTasks:
    """The tasks of the sources in force; a source that did not change keeps its task."""

    settings: WorkerSettings
    sources: Callable[[], SourceSet]
    intake: Intake
    positions: PositionStore
    pullers: PullerBuilder
    refused: RefusedItems | None = None
    _seen: SourceSet | None = field(default=None, init=False)
    _tasks: dict[str, tuple[PolledSource, SourceTask]] = field(default_factory=dict, init=False)

    @classmethod
    def create(
        cls,
        settings: WorkerSettings,
        sources: Callable[[], SourceSet],
        intake: Intake,
        positions: PositionStore,
        refused: RefusedItems,
    ) -> "SourceTasks":
        """With a fetcher that says who asks."""
        fetcher = Fetcher(name_agent(settings.sources_contact), read_clock)
        pullers = PullerBuilder(fetcher, settings.sources_dir)
        return cls(settings, sources, intake, positions, pullers, refused)

    def __call__(self) -> Sequence[SourceTask]:
        """A task for each source that is fetched and not paused."""
        sources = self.sources()
        if sources is not self._seen:
            self._seen = sources
            self._tasks = {source.id: self._find_task(source) for source in list_polled(sources)}
        return [task for _, task in self._tasks.values()]

    def _find_task(self, source: PolledSource) -> tuple[PolledSource, SourceTask]:
        known = self._tasks.get(source.id)
        if known is not None and known[0] == source:
            return known
        return source, self._build_task(source)

    def _build_task(self, source: PolledSource) -> SourceTask:
        limit, settings = source.limit, self.settings
        sink = ReportSink(
            self.intake,
            self.sources().make_reporter(source),
            limit.reports_per_second or settings.ingest_reports_per_second,
            limit.bytes_per_second or settings.ingest_bytes_per_second,
            refused=self.refused,
        )
        poll = 0.0 if isinstance(source, KafkaSource) else source.poll.total_seconds()
        return SourceTask(
            source.id, poll, self.pullers.build(source), sink, self.positions, read_clock
        )


def list_polled(sources: SourceSet) -> Sequence[PolledSource]:
    """The sources that are fetched, but for paused ones."""
    return [
        source
        for source in sources.by_id.values()
        if isinstance(source, PolledSource) and not source.paused
    ]


def name_agent(contact: str) -> str:
    """Who asks, as servers read it."""
    name = f"Vedette/{version('vedette')}"
    return f"{name} (+{contact})" if contact else name
