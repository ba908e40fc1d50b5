from datetime import UTC, datetime

import pytest

from services.ingest.domain.sources.items import RefusedItem, ReportDraft, SkippedItem
from tests.ingest.sources.builders import draft_of, mapped, refused_by

TITLE = {"fields": {"title": "t"}}
NAMES = ("title", "text", "occurred_at", "country", "actors", "lat", "type", "language")
EACH_KIND = {
    "fields": {name: name for name in (*NAMES, "channel", "id")},
    "quantities": {"fatalities": "dead"},
    "attributes": {"tags": "tags", "nothing": "none"},
}
WRITTEN = {
    "id": 7,
    "title": " Rockets\nhit &amp; miss ",
    "text": "<p>One.</p><p>Two.</p>",
    "occurred_at": "early January 2020",
    "country": "العراق",
    "actors": "Badr; Asa'ib ",
    "lat": "33.5",
    "type": "Assault",
    "language": "ar-IQ",
    "channel": "@a b",
    "dead": "1,200",
    "tags": ["x", 2],
}


def test_each_entry_of_a_list_is_an_item_and_a_document_is_one() -> None:
    items = mapped(TITLE, [{"t": "a"}, {"t": "b"}])

    assert [item.body for item in items if isinstance(item, ReportDraft)] == [
        {"title": "a"},
        {"title": "b"},
    ]
    assert draft_of(TITLE, {"t": "a"}) == {"title": "a"}
    assert mapped(TITLE, None) == []


def test_items_are_found_where_the_mapping_says_and_named_by_their_number() -> None:
    items = mapped(TITLE | {"items": "data.rows"}, {"data": {"rows": [{"t": "a"}, {"t": ["x"]}]}})

    assert [item.place for item in items] == ["body, item 1", "body, item 2"]
    assert isinstance(items[1], RefusedItem)
    assert mapped(TITLE | {"items": "other"}, {"data": 1}) == []


def test_an_item_that_is_left_out_says_by_what() -> None:
    [kept, skipped] = mapped(TITLE | {"only": "t == 'a'"}, [{"t": "a"}, {"t": "b"}])

    assert isinstance(kept, ReportDraft)
    assert skipped == SkippedItem("body, item 2", "mapping.only: t == 'a'")


def test_constants_fill_what_expressions_leave_out() -> None:
    mapping = {"fields": {"title": "t", "country": "c"}, "constants": {"country": "Iraq"}}

    assert draft_of(mapping, {"t": "a"})["country"] == "IQ"
    assert draft_of(mapping, {"t": "a", "c": "Syria"})["country"] == "SY"


def test_values_become_those_of_an_event() -> None:
    assert draft_of(EACH_KIND, WRITTEN) == {
        "id": "7",
        "title": "Rockets hit & miss",
        "text": "One.\n\nTwo.",
        "occurred_at": datetime(2020, 1, 1, tzinfo=UTC),
        "occurred_until": datetime(2020, 1, 10, 23, 59, 59, tzinfo=UTC),
        "country": "IQ",
        "actors": ["Badr", "Asa'ib"],
        "lat": 33.5,
        "type": "assault",
        "language": "ar",
        "source": "src:@a_b",
        "quantities": {"fatalities": 1200},
        "attributes": {"tags": ["x", "2"]},
    }


def test_a_source_gives_language_zone_and_order_of_dates() -> None:
    mapping = {"fields": {"title": "t", "published_at": "at"}}
    item = {"t": "a", "at": "03/04/2020 10:00"}

    body = draft_of(mapping, item, language="ar", timezone="Asia/Baghdad", date_order="dmy")

    assert body["published_at"] == datetime(2020, 4, 3, 7, tzinfo=UTC)
    assert body["language"] == "ar"


def test_an_unread_date_that_is_no_text_is_no_trouble() -> None:
    deep: object = "x"
    for _ in range(100_000):
        deep = [deep]

    body = draft_of({"fields": {"published_at": "at"}}, {"at": deep})

    assert body == {"attributes": {"unread_date": "a list"}}
    assert draft_of({"fields": {"published_at": "at"}}, {"at": 10**5000})


def test_what_cannot_be_read_but_need_not_be_is_kept_as_written() -> None:
    mapping = {"fields": {"title": "t", "published_at": "at", "country": "c"}}

    body = draft_of(mapping, {"t": "a", "at": "soon", "c": "Nowhere"})

    assert body == {
        "title": "a",
        "attributes": {"unread_date": "soon", "reported_country": "Nowhere"},
    }


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("occurred_at", "soon", "'soon' is no date"),
        ("occurred_at", "03/04/2020", "set date_order"),
        ("lat", "north", "must be a number"),
        ("lat", True, "must be a number"),
        ("credibility", [1], "must be a number"),
        ("title", {"a": 1}, "must be a text"),
        ("actors", [["a"]], "must be a text"),
        ("exercise", "perhaps", "must be true or false"),
        ("attributes", [1], "is no map"),
        ("quantities", {"a": "many"}, "must be a number"),
        ("id", 10**100, "is too large a number"),
    ],
)
def test_a_value_that_cannot_be_read_is_refused_by_field(
    field: str, value: object, reason: str
) -> None:
    errors = refused_by({"fields": {field: "v"}}, {"v": value})

    assert errors.keys() == {field}
    assert reason in errors[field]


def test_an_expression_that_fails_names_its_field() -> None:
    errors = refused_by({"fields": {"title": "join('', t)"}, "only": "t"}, {"t": 1})

    assert errors.keys() == {"title"}
    assert refused_by({"fields": {}, "only": "length(t)"}, {"t": 1}).keys() == {"only"}
    assert refused_by({"fields": {}, "items": "length(t)"}, {"t": 1}).keys() == {"items"}


def test_more_items_than_are_taken_are_refused_at_once() -> None:
    assert "at most 10000" in refused_by(TITLE, [{}] * 10_001)["items"]


def test_codes_of_events_become_types() -> None:
    cameo = {"fields": {"title": "t", "type": "code"}, "type_codes": "cameo"}

    assert draft_of(cameo, {"t": "a", "code": "181"})["type"] == "kidnap"
    assert "type" not in draft_of(cameo, {"t": "a", "code": "unknown"})
