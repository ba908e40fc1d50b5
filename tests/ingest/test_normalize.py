from datetime import timedelta

import pytest

from schemas.event import LARGEST_EVENT, Event
from services.ingest.domain.normalize import MOST_ERRORS, normalize
from services.ingest.domain.reporter import Reporter
from services.ingest.domain.result import ReportResult
from tests.ingest.builders import ANYBODY, NOON, context, errors_of, normalized, report


def test_an_event_gets_the_source_owner_and_grade_of_its_token() -> None:
    event = normalized(report()).event

    assert event.source == "reuters"
    assert event.source_owner == "Thomson Reuters"
    assert event.reliability == "B"


def test_a_channel_below_the_source_of_the_token_is_taken() -> None:
    assert normalized(report(source="reuters:wire")).event.source == "reuters:wire"


@pytest.mark.parametrize("source", ["afp", "reuters2", "reuters:", "Reuters", ""])
def test_another_source_is_refused_by_name(source: str) -> None:
    assert "publishes as 'reuters'" in errors_of(report(source=source))["source"]


@pytest.mark.parametrize("source", ["vedette", "vedette:watchdog"])
def test_nobody_publishes_as_vedette_itself(source: str) -> None:
    message = "Vedette's own: nobody else publishes as it"

    assert errors_of(report(source=source), context(ANYBODY)) == {"source": message}
    assert errors_of(report(), context(Reporter(source))) == {"source": message}


@pytest.mark.parametrize("field", ["source_owner", "reliability"])
def test_owner_and_grade_in_a_body_are_refused(field: str) -> None:
    assert errors_of(report(**{field: "A"})) == {
        field: "comes from the token file, never from the body"
    }


def test_owner_and_grade_as_in_the_token_file_are_taken() -> None:
    same = report(source_owner="Thomson Reuters", reliability="B")

    assert normalized(same).event == normalized(report()).event


def test_what_ingest_sets_is_refused_in_a_body() -> None:
    assert "story" in errors_of(report(story="a story"))


@pytest.mark.parametrize("how", ["supersedes", "retracts"])
def test_a_correction_of_its_own_id_is_refused_with_the_field_named(how: str) -> None:
    assert list(errors_of(report(id="r1", **{how: "r1"}))) == [how]


def test_a_report_of_another_source_can_only_be_corrected_as_that_source() -> None:
    assert list(errors_of(report(source="afp", retracts="r1"))) == ["source"]


@pytest.mark.parametrize("how", ["supersedes", "retracts"])
@pytest.mark.parametrize("corrected", ["afp r1", "afp:wire r1"])
def test_what_is_written_as_the_report_of_another_token_is_refused_with_the_field_named(
    how: str, corrected: str
) -> None:
    reuters = context(Reporter("reuters", token_sources=frozenset({"reuters", "afp"})))

    assert list(errors_of(report(**{how: corrected}), reuters)) == [how]
    assert normalized(report(**{how: "report r1"}), reuters).event.corrected_id == "report r1"


def test_without_tokens_the_source_is_the_bodys_and_its_owner_and_the_grade_stays_unset() -> None:
    event = normalized(report(source="anyone"), context(ANYBODY)).event

    assert event.source == "anyone"
    assert event.source_owner == "anyone"
    assert event.reliability is None


def test_without_tokens_a_missing_source_and_a_grade_are_refused_by_name() -> None:
    assert set(errors_of(report(), context(ANYBODY))) == {"source"}
    assert set(errors_of(report(source="a", reliability="A"), context(ANYBODY))) == {"reliability"}


def test_the_id_of_a_report_without_one_comes_from_its_content_alone() -> None:
    first, again = normalized({"text": "x"}), normalized({"text": "x", "id": None, "title": None})
    other, elsewhere = (
        normalized({"text": "y"}),
        normalized({"text": "x", "source": "reuters:wire"}),
    )

    assert first.event.id == again.event.id
    assert len({first.event.id, other.event.id, elsewhere.event.id}) == 3


def test_on_the_walls_clock_an_event_is_recorded_now_whatever_it_says() -> None:
    event = normalized(report(recorded_at="2019-01-01T00:00:00Z")).event

    assert event.recorded_at == NOON
    assert event.occurred_at == NOON


def test_on_the_recorded_clock_an_event_keeps_the_time_it_was_recorded_at() -> None:
    given = report(occurred_at="2019-12-31T00:00:00Z", recorded_at="2020-01-01T00:00:00Z")
    past = report(occurred_at="2019-12-31T00:00:00Z")
    recorded_clock = context(recorded=True)

    assert str(normalized(given, recorded_clock).event.recorded_at) == "2020-01-01 00:00:00+00:00"
    assert str(normalized(past, recorded_clock).event.recorded_at) == "2019-12-31 00:00:00+00:00"
    assert normalized(report(), recorded_clock).event.recorded_at == NOON


def test_a_report_may_be_five_minutes_ahead_and_no_more() -> None:
    at_most = (NOON + timedelta(minutes=5)).isoformat()
    too_far = (NOON + timedelta(minutes=5, seconds=1)).isoformat()

    assert normalized(report(occurred_at=at_most)).event.occurred_at == NOON + timedelta(minutes=5)
    assert "ahead of recorded_at" in errors_of(report(occurred_at=too_far))["occurred_at"]


def test_an_event_without_title_or_text_is_refused_by_name() -> None:
    assert errors_of({"id": "r1"}) == {"title or text": "one of the two is required"}


def test_every_error_is_named_with_its_path() -> None:
    wrong = report(lat=91, actors=["Badr", 7], attributes={"k": [1]}, bogus=1)

    assert set(errors_of(wrong)) == {"lat", "actors.1", "attributes.k", "attributes.k.0", "bogus"}


def test_an_error_that_only_follows_from_another_is_not_named() -> None:
    assert set(errors_of(report(occurred_at="soon"), context(recorded=True))) == {"occurred_at"}


def test_very_many_errors_are_counted_not_listed() -> None:
    errors = errors_of(report() | {f"bogus{number}": 1 for number in range(100)})

    assert len(errors) == MOST_ERRORS + 1
    assert errors[""] == "and 90 more"


@pytest.mark.parametrize(
    ("item", "name"),
    [(1, "a number"), ("x", "a string"), (None, "null"), ([], "an array"), (True, "a boolean")],
)
def test_what_is_no_object_is_refused_by_its_type(item: object, name: str) -> None:
    assert errors_of(item) == {"": f"an event is a JSON object, not {name}"}


def test_a_refusal_names_the_report_that_it_is_about() -> None:
    refusal = normalize(report(lat=91, source="reuters:wire"), context())

    assert isinstance(refusal, ReportResult)
    assert (refusal.id, refusal.source) == ("r1", "reuters:wire")


def test_an_event_is_stored_as_the_schema_reads_it() -> None:
    stored = normalized(report(actors=["Badr"], quantities={"rockets": 3}))

    assert Event.model_validate_json(stored.value) == stored.event


def test_an_event_past_its_bound_as_stored_is_refused_with_its_size() -> None:
    words = {f"k{number}": "x" * 60_000 for number in range(5)}

    assert f"at most {LARGEST_EVENT} are taken" in errors_of(report(attributes=words))[""]


def test_nesting_that_no_event_has_is_refused_before_anything_descends_into_it() -> None:
    deep: object = "x"
    for _ in range(900):
        deep = [deep]

    assert errors_of(report(attributes={"k": deep})) == {"": "nested deeper than an event can be"}


def test_where_ingest_is_open_a_drill_says_its_owner_and_its_grade() -> None:
    claims = {"source": "me", "source_owner": "The desk", "reliability": "B"}

    drill = normalized(report(exercise=True, **claims), context(ANYBODY)).event
    recorded = normalized(report(**claims), context(ANYBODY, recorded=True)).event

    assert (drill.source_owner, drill.reliability) == ("The desk", "B")
    assert (recorded.source_owner, recorded.reliability) == ("The desk", "B")
    assert errors_of(report(**claims), context(ANYBODY)).keys() == {"source_owner", "reliability"}
    assert errors_of(report(exercise=True, reliability="A")).keys() == {"reliability"}


def test_half_a_surrogate_pair_is_named_as_what_it_is() -> None:
    assert "surrogate" in errors_of(report(title="\ud800"))["title"]
