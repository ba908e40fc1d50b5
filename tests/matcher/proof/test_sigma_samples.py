"""Every sample of the Sigma specification loads, and means what the specification says."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from schemas.event import Event
from services.matcher.adapters.rules.rule_files import read_rule_files
from services.matcher.domain.backtest.replay import replay
from services.matcher.domain.rules.rulebook import Rulebook
from tests.matcher.proof.sigma_samples import Document, examples, field, published, renamed, stubs

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
UUID = "5638f7c0-ac70-491d-8465-2a65075e0d86"
MINUTE = timedelta(minutes=1)
RECON = ("recon_cmd_a", "recon_cmd_b", "recon_cmd_c")
HOST = {"ComputerName": "srv", "User": "kim"}
SOURCE = {"SourceIP": "10.0.0.1", "User": "kim"}

NO_NAME = ":1: name: is missing"
REFUSED = {
    "event_count": [NO_NAME],
    "event_count_ecs": [NO_NAME, ":3: taxonomy: there is no such key"],
    "rule_1": [NO_NAME],
    "rule_ecs": [NO_NAME, ":7: taxonomy: there is no such key"],
    "temporal": [NO_NAME],
    "temporal_ordered": [NO_NAME],
    "value_avg": [NO_NAME],
    "value_count": [NO_NAME],
    "value_percentile": [NO_NAME],
    "value_sum": [NO_NAME],
}
"""What is said of each sample as it was published; the table in `sigma_samples` says why."""

Seen = tuple[float, str, dict[str, Any]]
"""Minutes after noon, the base rule that matches, and fields by Sigma's names."""


def loaded(folder: Path, *documents: Document) -> tuple[Rulebook, list[str]]:
    place = folder / "sigma" / "indicators" / "rule.yaml"
    place.parent.mkdir(parents=True)
    (folder / "sigma" / "pack.yaml").write_text("title: Sigma\nowner: desk\n")
    written = yaml.safe_dump_all(documents, allow_unicode=True, sort_keys=False)
    place.write_text(written, encoding="utf-8")
    return read_rulebook(folder)


def read_rulebook(folder: Path) -> tuple[Rulebook, list[str]]:
    book, faults = read_rule_files(folder).rulebook()
    return book, [str(fault).removeprefix(f"{folder}/sigma/indicators/") for fault in faults]


def fired(book: Rulebook, name: str, seen: Sequence[Seen]) -> list[dict[str, str]]:
    """The groups that rule `name` fired for."""
    events = [_event(number, *row) for number, row in enumerate(seen)]
    return [alert.group for alert in replay(book, events).final if alert.rule.name == name]


def _event(number: int, minutes: float, base: str, fields: dict[str, Any]) -> Event:
    maps: dict[str, dict[str, object]] = {"quantities": {}, "attributes": {}}
    for name, value in fields.items():
        outer, _, inner = field(name).partition(".")
        maps[outer][inner] = value
    at = NOON + minutes * MINUTE
    common = {"id": str(number), "source": "siem", "text": base, "type": base}
    return Event.model_validate(common | maps | {"occurred_at": at, "recorded_at": at})


def sample(folder: Path, name: str) -> Rulebook:
    """A sample after the renaming of the table, with stubs for the rules that it names."""
    document = renamed(yaml.safe_load(published()[name]), name)
    book, faults = loaded(folder, document, *stubs(document))
    assert faults == []
    return book


def test_the_specification_has_these_samples() -> None:
    assert set(published()) == set(REFUSED)


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_what_a_published_sample_lacks_is_said_by_line_and_field(tmp_path: Path, name: str) -> None:
    loaded(tmp_path)
    (tmp_path / "sigma" / "indicators" / "rule.yaml").write_bytes(published()[name])

    _, faults = read_rulebook(tmp_path)

    assert sorted(faults) == [f"rule.yaml{fault}" for fault in REFUSED[name]]


@pytest.mark.parametrize("name", sorted(set(REFUSED) - {"rule_1", "rule_ecs"}))
def test_every_correlation_sample_is_watched_once_renamed(tmp_path: Path, name: str) -> None:
    book = sample(tmp_path, name)

    assert ("sigma", name) in book.windows


def logins(count: int, *, over: float, base: str = UUID, **fields: str) -> list[Seen]:
    """So many, at even times, the first at noon and the last `over` minutes later."""
    return [(over * number / (count - 1), base, dict(fields)) for number in range(count)]


def users(count: int) -> list[Seen]:
    on = {"ComputerName": "srv", "WorkstationName": "desk"}
    return [(number, UUID, on | {"User": f"user {number}"}) for number in range(count)]


def numbers(base: str, name: str, *values: float, **fields: str) -> list[Seen]:
    return [(place, base, fields | {name: value}) for place, value in enumerate(values)]


def recon(*order: str, **fields: str) -> list[Seen]:
    return [(place, f"recon_cmd_{step}", HOST | fields) for place, step in enumerate(order)]


FIRES: dict[str, list[Seen]] = {
    "event_count": logins(100, over=59.9, ComputerName="srv"),
    "event_count_ecs": logins(100, over=59.9, **{"dns.question.name": "sigmahq"}),
    "temporal": recon("c", "a", "b"),
    "temporal_ordered": recon("a", "b", "c"),
    "value_count": users(100),
    "value_avg": numbers("rule_a_id", "BytesOut", 1, 1000, **SOURCE),
    "value_sum": numbers("website_access", "bytes_sent", 999_999, 2, **SOURCE),
    "value_percentile": numbers("process_creation", "Image", 5, 1, 1, ComputerName="srv"),
}
SILENT: dict[str, list[Seen]] = {
    "event_count": [
        *logins(99, over=59, ComputerName="srv"),
        *logins(99, over=59, ComputerName="other"),
    ],
    "event_count_ecs": logins(100, over=60, **{"dns.question.name": "sigmahq"}),
    "temporal": [*recon("a", "b"), *recon("c", User="another")],
    "temporal_ordered": recon("c", "b", "a"),
    "value_count": [*users(99), *users(99)],
    "value_avg": numbers("rule_a_id", "BytesOut", 500, 500, **SOURCE),
    "value_sum": numbers("website_access", "bytes_sent", 999_999, 1, **SOURCE),
    "value_percentile": numbers("process_creation", "Image", 5, 5, 1, ComputerName="srv"),
}


@pytest.mark.parametrize("name", sorted(FIRES))
def test_a_sample_fires_on_what_the_specification_describes(tmp_path: Path, name: str) -> None:
    book = sample(tmp_path, name)

    assert len(fired(book, name, FIRES[name])) == 1


@pytest.mark.parametrize("name", sorted(SILENT))
def test_a_sample_stays_silent_just_short_of_it(tmp_path: Path, name: str) -> None:
    book = sample(tmp_path, name)

    assert fired(book, name, SILENT[name]) == []


def test_the_detection_samples_load_and_match_once_renamed(tmp_path: Path) -> None:
    documents = [
        renamed(yaml.safe_load(published()[name]), name) for name in ("rule_1", "rule_ecs")
    ]

    book, faults = loaded(tmp_path, *documents)

    assert faults == []
    assert fired(book, "rule_1", [(0, "x", {"Provider_Name": "application error"})])
    assert fired(book, "rule_ecs", [(0, "x", {"dns.question.name": "sigmahq"})])
    assert not fired(book, "rule_ecs", [(0, "x", {"dns.question.name": "example"})])


def example(folder: Path, base: str) -> tuple[Rulebook, list[str]]:
    """The example of the specification that has `base` among the rules of its first correlation."""
    (block,) = (
        block_documents
        for block_documents in examples()
        if base in block_documents[0].get("correlation", {}).get("rules", ())
    )
    documents = [renamed(document, "example") for document in block]
    return loaded(folder, *documents, *stubs(*documents))


def test_every_example_of_the_specification_loads(tmp_path: Path) -> None:
    blocks = examples()

    faults = [
        loaded(tmp_path / str(number), *documents, *stubs(*documents))[1]
        for number, block in enumerate(blocks)
        for documents in [[renamed(document, "example") for document in block]]
    ]

    assert len(blocks) == 9
    assert faults == [[]] * 9


def test_failed_logins_before_a_successful_one_fire_the_chain(tmp_path: Path) -> None:
    book, _ = example(tmp_path, "multiple_failed_login")
    failed = [(minute / 2, "x", {"EventID": "4625", "User": "kim"}) for minute in range(10)]

    def came(minutes: float, user: str = "kim") -> list[dict[str, str]]:
        success: Seen = (minutes, "x", {"EventID": "4624", "User": user})
        return fired(book, "example", [*failed, success])

    assert came(6) == [{"attributes.User": "kim"}]
    assert came(6, "another") == []
    assert came(1) == []
    assert came(15) == []


def test_an_alias_joins_different_fields_of_different_events(tmp_path: Path) -> None:
    book, _ = example(tmp_path, "internal_error")
    error = {"destination.ip": "10.0.0.5", "source.ip": "192.0.2.7"}
    answer = {"source.ip": "10.0.0.5", "destination.ip": "192.0.2.7"}
    network = {"event.category": "network", "event.type": "connection"}

    def came(fields: dict[str, str]) -> list[dict[str, str]]:
        back = network | {"event.outcome": "success"} | fields
        seen: list[Seen] = [
            (0, "internal_error", error),
            (0.1, "new_network_connection", back),
        ]
        return fired(book, "example", seen)

    assert came(answer) == [{"internal_ip": "10.0.0.5", "remote_ip": "192.0.2.7"}]
    assert came(error) == []
