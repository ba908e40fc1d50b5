from datetime import timedelta

import pytest

from schemas.event import LARGEST_EVENT, Event
from services.ingest.domain.normalize import MOST_FAULTS, normalize
from services.ingest.domain.refusal import Refusal
from services.ingest.domain.reporter import Reporter
from tests.ingest.builders import NOON, arrival, faults, report, taken


def test_an_event_gets_the_source_owner_and_grade_of_its_token() -> None:
    event = taken(report()).event

    assert event.source == "reuters"
    assert event.source_owner == "Thomson Reuters"
    assert event.reliability == "B"


def test_a_channel_below_the_source_of_the_token_is_taken() -> None:
    assert taken(report(source="reuters:wire")).event.source == "reuters:wire"


@pytest.mark.parametrize("source", ["afp", "reuters2", "reuters:", "Reuters", ""])
def test_another_source_is_refused_by_name(source: str) -> None:
    assert "publishes as 'reuters'" in faults(report(source=source))["source"]


@pytest.mark.parametrize("source", ["vedette", "vedette:watchdog"])
def test_nobody_publishes_as_vedette_itself(source: str) -> None:
    told = "Vedette's own: nobody else publishes as it"

    assert faults(report(source=source), arrival(None)) == {"source": told}
    assert faults(report(), arrival(Reporter(source))) == {"source": told}


@pytest.mark.parametrize("field", ["source_owner", "reliability"])
def test_what_the_token_file_says_is_refused_in_a_body(field: str) -> None:
    assert faults(report(**{field: "A"})) == {
        field: "comes from the token file, never from the body"
    }


def test_what_the_token_file_says_may_be_repeated() -> None:
    same = report(source_owner="Thomson Reuters", reliability="B")

    assert taken(same).event == taken(report()).event


def test_what_ingest_sets_is_refused_in_a_body() -> None:
    assert "earlier" in faults(report(earlier=report()))


def test_without_tokens_the_source_is_the_bodys_and_owner_and_grade_stay_unset() -> None:
    event = taken(report(source="anyone"), arrival(None)).event

    assert event.source == "anyone"
    assert event.source_owner is None
    assert event.reliability is None


def test_without_tokens_a_missing_source_and_a_grade_are_refused_by_name() -> None:
    assert set(faults(report(), arrival(None))) == {"source"}
    assert set(faults(report(source="a", reliability="A"), arrival(None))) == {"reliability"}


def test_the_id_of_a_report_without_one_comes_from_its_content_alone() -> None:
    first, again = taken({"text": "x"}), taken({"text": "x", "id": None, "title": None})
    other, elsewhere = taken({"text": "y"}), taken({"text": "x", "source": "reuters:wire"})

    assert first.event.id == again.event.id
    assert len({first.event.id, other.event.id, elsewhere.event.id}) == 3


def test_on_the_walls_clock_an_event_is_recorded_now_whatever_it_says() -> None:
    event = taken(report(recorded_at="2019-01-01T00:00:00Z")).event

    assert event.recorded_at == NOON
    assert event.occurred_at == NOON


def test_on_the_recorded_clock_an_event_keeps_the_time_it_was_recorded_at() -> None:
    given = report(occurred_at="2019-12-31T00:00:00Z", recorded_at="2020-01-01T00:00:00Z")
    past = report(occurred_at="2019-12-31T00:00:00Z")
    came = arrival(recorded=True)

    assert str(taken(given, came).event.recorded_at) == "2020-01-01 00:00:00+00:00"
    assert str(taken(past, came).event.recorded_at) == "2019-12-31 00:00:00+00:00"
    assert taken(report(), came).event.recorded_at == NOON


def test_a_report_may_be_five_minutes_ahead_and_no_more() -> None:
    at_most = (NOON + timedelta(minutes=5)).isoformat()
    too_far = (NOON + timedelta(minutes=5, seconds=1)).isoformat()

    assert taken(report(occurred_at=at_most)).event.occurred_at == NOON + timedelta(minutes=5)
    assert "ahead of recorded_at" in faults(report(occurred_at=too_far))["occurred_at"]


def test_an_event_without_title_or_text_is_refused_by_name() -> None:
    assert faults({"id": "r1"}) == {"title or text": "one of the two is required"}


def test_every_fault_is_named_with_its_place() -> None:
    wrong = report(lat=91, actors=["Badr", 7], attributes={"k": [1]}, bogus=1)

    assert set(faults(wrong)) == {"lat", "actors.1", "attributes.k", "attributes.k.0", "bogus"}


def test_a_fault_that_only_follows_from_another_is_not_named() -> None:
    assert set(faults(report(occurred_at="soon"), arrival(recorded=True))) == {"occurred_at"}


def test_very_many_faults_are_counted_not_listed() -> None:
    found = faults(report() | {f"bogus{number}": 1 for number in range(100)})

    assert len(found) == MOST_FAULTS + 1
    assert found[""] == "and 80 more"


@pytest.mark.parametrize(
    ("item", "kind"),
    [(1, "a number"), ("x", "a string"), (None, "null"), ([], "an array"), (True, "a boolean")],
)
def test_what_is_no_object_is_refused_by_its_kind(item: object, kind: str) -> None:
    assert faults(item) == {"": f"an event is a JSON object, not {kind}"}


def test_a_refusal_tells_which_report_it_is_about() -> None:
    refusal = normalize(report(lat=91, source="reuters:wire"), arrival())

    assert isinstance(refusal, Refusal)
    assert (refusal.id, refusal.source) == ("r1", "reuters:wire")


def test_an_event_is_stored_as_the_schema_reads_it() -> None:
    stored = taken(report(actors=["Badr"], quantities={"rockets": 3}))

    assert Event.model_validate_json(stored.value) == stored.event


def test_an_event_past_its_bound_as_stored_is_refused_with_its_size() -> None:
    words = {f"k{number}": "x" * 60_000 for number in range(5)}

    assert f"at most {LARGEST_EVENT} are taken" in faults(report(attributes=words))[""]


def test_nesting_that_no_event_has_is_refused_before_anything_descends_into_it() -> None:
    deep: object = "x"
    for _ in range(900):
        deep = [deep]

    assert faults(report(attributes={"k": deep})) == {"": "nested deeper than an event can be"}
