from datetime import UTC, datetime

import pytest

from schemas.event import Event
from services.matcher.adapters.event_file import BadLine, read_events


def only(line: str) -> Event | BadLine:
    (read,) = read_events([line.encode()])
    return read


def test_a_report_of_text_alone_is_an_event() -> None:
    event = only('{"text": "Rockets fell."}')

    assert isinstance(event, Event)
    assert event.source == "file"
    assert len(event.id) == 32


def test_the_recorded_clock_gives_the_times_that_are_missing() -> None:
    event = only('{"text": "x", "published_at": "2020-01-03T02:00:00+02:00"}')

    assert isinstance(event, Event)
    assert event.occurred_at == event.recorded_at == datetime(2020, 1, 3, tzinfo=UTC)


def test_a_report_without_any_time_has_that_of_the_line_before() -> None:
    lines = [b'{"text": "x", "occurred_at": "2020-01-03T00:00:00Z"}', b"", b'{"text": "y"}']

    times = [event.occurred_at for event in read_events(lines) if isinstance(event, Event)]

    assert times == [datetime(2020, 1, 3, tzinfo=UTC)] * 2


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "line 1: is no JSON"),
        ("5", "line 1: is no JSON object"),
        ("[{}]", "line 1: is a JSON array: write one object a line (jq -c '.[]' does)"),
        ('{"text": NaN}', "line 1: is no JSON: NaN is not JSON"),
        ('{"text": 5}', "line 1: text: must be a text"),
        ('{"txt": "x"}', "txt: there is no such key (did you mean text?)"),
        ('{"text": "x", "occurred_at": "soon"}', "occurred_at: "),
        ("[" * 100_000, "line 1: is no JSON"),
    ],
    ids=lambda text: text[:20],
)
def test_a_bad_line_is_told_with_its_number_and_field(line: str, message: str) -> None:
    read = only(line)

    assert isinstance(read, BadLine)
    assert message in str(read)


def test_a_bad_line_costs_no_other() -> None:
    read = list(read_events([b"{", b"\xff", b'{"text": "x"}']))

    assert [type(item) for item in read] == [BadLine, BadLine, Event]


def test_a_correction_of_its_own_id_or_of_another_source_is_a_bad_line_with_its_field() -> None:
    lines = [
        b'{"id": "1", "source": "a", "text": "x"}',
        b'{"id": "2", "source": "b", "retracts": "a 1"}',
        b'{"id": "3", "source": "b", "text": "x", "supersedes": "3"}',
        b'{"id": "4", "source": "b", "retracts": "no source"}',
    ]

    bad = [str(line) for line in read_events(lines) if isinstance(line, BadLine)]

    assert [line.partition(":")[0] for line in bad] == ["line 2", "line 3"]
    assert ["retracts" in bad[0], "supersedes" in bad[1]] == [True, True]


@pytest.mark.parametrize(
    "line",
    [
        '\ufeff{"id": "1", "text": "x"}',
        '{"id": "1", "text": "x", "title": null, "source": null, "actors": null}',
        '{"id": "1", "text": "x", "quantities": {"rockets": null}, "attributes": {"a": null}}',
    ],
    ids=["a byte order mark", "null fields", "null members"],
)
def test_a_line_is_read_with_the_tolerance_of_http(line: str) -> None:
    assert only(line) == only('{"id": "1", "text": "x"}')


def test_a_repeated_key_is_a_bad_line_as_over_http() -> None:
    read = only('{"text": "x", "text": "y"}')

    assert isinstance(read, BadLine)
    assert "'text' is repeated" in read.message
