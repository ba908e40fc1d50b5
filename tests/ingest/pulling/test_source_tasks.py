from collections.abc import Sequence
from pathlib import Path

import pytest

from services.ingest.adapters.fetching.fetcher import Fetcher
from services.ingest.adapters.intake import Intake
from services.ingest.adapters.sources.credentials import CredentialReader
from services.ingest.app.pullers import PullerBuilder, read_credentials
from services.ingest.app.source_tasks import SourceTasks, name_agent
from services.ingest.domain.fetching.failure import FailureReason, FetchFailed
from services.ingest.domain.sources.file_sources import JsonLinesSource
from services.ingest.domain.sources.polled_sources import FeedSource
from services.ingest.domain.sources.source_document import SourceDocument
from services.ingest.domain.sources.source_set import SourceSet
from services.ingest.domain.sources.written_values import Credential
from services.ingest.settings import WorkerSettings
from tests.fakes import FakePositions, FakePublisher
from tests.ingest.builders import NOON
from tests.ingest.pulling.builders import read_all

KEY = {"X-Key": Credential(env="SOURCE_KEY")}
URL = "https://news.example/rss"


def feed(id_: str, **changes: object) -> FeedSource:
    return FeedSource.model_validate({"id": id_, "url": URL, **changes})


class Sources:
    """The sources in force."""

    def __init__(self, *sources: SourceDocument) -> None:
        self.put(sources)
        self.tasks = SourceTasks(
            WorkerSettings(sources_dir=Path()),
            lambda: self.current,
            Intake(FakePublisher(), lambda: NOON),
            FakePositions(),
            PullerBuilder(Fetcher("Vedette/test", lambda: NOON), Path()),
        )

    def put(self, sources: Sequence[SourceDocument]) -> None:
        self.current = SourceSet.collect(sources)


def test_each_source_that_is_fetched_has_a_task_and_a_paused_one_has_none() -> None:
    sources = Sources(feed("a"), feed("b", paused=True))

    assert [task.source for task in sources.tasks()] == ["a"]


def test_a_source_that_did_not_change_keeps_its_task() -> None:
    sources = Sources(feed("a"), feed("b"))
    kept, changed = sources.tasks()

    sources.put([feed("a"), feed("b", poll="1h")])

    again, new = sources.tasks()
    assert again is kept
    assert new is not changed
    assert new.poll == 3600


def test_a_source_has_its_own_budget_or_that_of_every_token() -> None:
    own, shared = Sources(feed("a", limit={"reports_per_second": 5}), feed("b")).tasks()

    assert own.sink.reports_per_second == 5
    assert shared.sink.reports_per_second == 200


def test_a_secret_is_read_where_it_is_and_never_shown() -> None:
    assert read_credentials(CredentialReader({"SOURCE_KEY": " hunter2 "}), KEY) == {
        "X-Key": "hunter2"
    }
    with pytest.raises(FetchFailed, match="SOURCE_KEY") as failed:
        read_credentials(CredentialReader({}), KEY)
    assert failed.value.reason is FailureReason.CREDENTIAL


def test_servers_learn_who_asks_and_how_to_reach_them() -> None:
    assert name_agent("duty@example.org").endswith(" (+duty@example.org)")
    assert name_agent("").startswith("Vedette/")


async def test_a_file_is_read_below_the_folder_of_sources(tmp_path: Path) -> None:
    (tmp_path / "reports.jsonl").write_text('{"id": "r1", "text": "Rockets"}\n')
    source = JsonLinesSource(id="files", path="reports.jsonl")
    builder = PullerBuilder(Fetcher("Vedette/test", lambda: NOON), tmp_path)

    assert (await read_all(builder.build(source), None))[0] == ["r1"]
