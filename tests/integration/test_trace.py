"""One report is one trace, from the request at ingest to the request at Slack."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from services.trace_context import begin_trace, read_trace
from tests.parts.leader_rule import LEADER_APPOINTED
from tests.parts.pipeline import Pipeline, write_pack
from tests.parts.waiting import until
from tests.standins.collector import CollectedSpan, CollectorStandIn

pytestmark = [pytest.mark.integration, pytest.mark.timeout(240)]

WAY = ["receive", "publish", "detect", "correlate", "store", "send"]
SERVICES = ["ingest", "ingest", "matcher", "matcher", "notifier", "notifier"]
REPORT = {"id": "a-1", "title": "Council appoints a leader"}


@pytest.fixture
def collector() -> Iterator[CollectorStandIn]:
    with CollectorStandIn() as collector:
        yield collector


@pytest.fixture
def pipeline(
    servers: dict[str, str], tmp_path: Path, collector: CollectorStandIn
) -> Iterator[Pipeline]:
    write_pack(tmp_path, LEADER_APPOINTED)
    variables = {
        "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url,
        "OTEL_BSP_SCHEDULE_DELAY": "200",
    }
    with Pipeline(servers | variables, tmp_path) as running:
        yield running


def find_way(spans: list[CollectedSpan]) -> list[CollectedSpan]:
    """The spans from the first to the one that is sent to Slack, each the parent of the next.

    Empty as long as one is missing.
    """
    by_id = {span.id: span for span in spans}
    sent = [span for span in spans if span.ids.get("vedette.receiver") == "slack"]
    way = sent[:1]
    while way and way[0].parent in by_id:
        way.insert(0, by_id[way[0].parent])
    return way if [span.name for span in way] == WAY else []


def test_one_trace_leads_from_the_callers_request_to_slack(
    pipeline: Pipeline, collector: CollectorStandIn
) -> None:
    given = begin_trace()

    assert pipeline.post(REPORT, headers=given.write_fields()).status_code == 202
    way = until(lambda: find_way(collector.list_trace(given.trace_id)), "every span", timeout=60)

    assert way[0].parent == given.span_id
    assert [span.service for span in way] == [f"vedette-{name}" for name in SERVICES]
    assert {span.ids["vedette.event_id"] for span in way[1:4]} == {"a-1"}
    alert = pipeline.slack.messages[0].alert
    assert {span.ids["vedette.alert"] for span in way[3:]} == {alert}
    posted = pipeline.slack.called("chat.postMessage")[0]
    named = read_trace({name.lower(): value for name, value in posted.headers.items()})
    assert named is not None
    assert (named.trace_id, named.span_id) == (given.trace_id, way[-1].id)
    assert not any(REPORT["title"] in str(span) for span in collector.spans)
