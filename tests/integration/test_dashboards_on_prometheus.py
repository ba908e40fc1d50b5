"""A real Prometheus scrapes the real services: every query and rule of ours answers."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.grafana.build import DASHBOARDS
from tests.dashboards.prometheus import NoPrometheus
from tests.dashboards.site import Site, run_site
from tests.parts.topics import TopicMessage, produce
from tests.parts.waiting import until

pytestmark = [pytest.mark.integration, pytest.mark.timeout(120)]

PANELS = [panel for spec in DASHBOARDS for row in spec.rows.values() for panel in row]
WITHOUT_DATA = {
    ("Lag in seconds", "reader"),
    ("Backfill", "{{rule}}"),
    ("Memory", "{{pod}} limit"),
}
"""Queries of what a little load does not have: no reader, no change of rules, no limit."""


@pytest.fixture
def site(servers: dict[str, str], tmp_path: Path) -> Iterator[Site]:
    try:
        with run_site(servers, tmp_path) as running:
            yield running
    except NoPrometheus as missing:
        pytest.skip(str(missing))


def test_every_query_and_every_rule_answers(site: Site, kafka: str, topics: str) -> None:
    began = time.time()
    site.load(60)
    produce(kafka, f"{topics}events", [TopicMessage(b"{nope")])
    until(lambda: len(site.pipeline.pager.incidents) == 6, "every appointment pages")
    site.judge_alerts()
    until(lambda: _list_unanswered(site) == set(), "every query has data", 20)

    faults = {rule["name"]: rule.get("lastError") for rule in site.prometheus.list_rules()}
    late = "vedette_notifier_end_to_end_seconds_bucket"
    exemplars = site.prometheus.exemplars(late, began, time.time())
    alerts = {each["labels"]["alert"] for found in exemplars for each in found["exemplars"]}

    assert len(faults) > 30
    assert {name for name, fault in faults.items() if fault} == set()
    assert {incident.dedup_key for incident in site.pipeline.pager.incidents} & alerts
    until(lambda: "VedetteDeadLetters" in _list_firing(site), "the dead letter alerts")
    assert _list_firing(site) == {"VedetteDeadLetters"}


def _list_unanswered(site: Site) -> set[tuple[str, str]]:
    asked = {(panel.title, query.legend): query for panel in PANELS for query in panel.queries}
    return {
        name
        for name, query in asked.items()
        if not site.prometheus.query(query.expression) and name not in WITHOUT_DATA
    }


def _list_firing(site: Site) -> set[str]:
    firing = site.prometheus.query('ALERTS{alertstate="firing"}')
    return {series["metric"]["alertname"] for series in firing}
