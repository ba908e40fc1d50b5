"""The dashboards: valid to Grafana, whole, explained, and asking only for what there is."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from deploy.grafana.build import DASHBOARDS, list_dashboards
from deploy.grafana.panel import DashboardSpec, PanelSpec
from deploy.metrics_page import list_metrics

ROOT = Path(__file__).parents[2]
# made once from @grafana/schema 13.2.3 (Apache-2.0), by ts-json-schema-generator from its type
# Dashboard; it refuses unknown keys
SCHEMA = json.loads((Path(__file__).parent / "grafana-13.2.3-dashboard.schema.json").read_text())
TEXTS = {path.stem: text for path, text in list_dashboards().items()}
PANELS = [panel for spec in DASHBOARDS for row in spec.rows.values() for panel in row]
OF_PROMETHEUS = {
    "up",
    "process_start_time_seconds",
    "process_cpu_seconds_total",
    "process_resident_memory_bytes",
}
WATCH_FLOOR = """
Silence of the watchdog; Objective over 30 days; Receivers up; Log complete; Bundle spread;
p95 by receiver; Outcomes; Queue; Oldest by priority; Alerts by level; Alerts by rule;
Hits by rule; Sources silent; Time to acknowledge; Useful and noise
"""
PIPELINE = """
Intake by result; Requests; Durations; Publish p99; Buffer; Detect by pod; Cost by rule;
Lag in messages; Lag in seconds; Hops; Dead letters; Recovery; Rebalances; Keys of state;
Bytes of state; Changelog; Backfill; Notifier lag; Outbox; Redis; Health faults; Restarts; CPU;
Memory; Build; Configuration
"""


def titles(spec: DashboardSpec) -> list[str]:
    return [panel.title for row in spec.rows.values() for panel in row]


def shown(text: str) -> list[dict[str, Any]]:
    return [panel for panel in json.loads(text)["panels"] if panel["type"] != "row"]


@pytest.mark.parametrize("name", TEXTS)
def test_a_dashboard_is_valid_to_grafanas_own_schema(name: str) -> None:
    faults = Draft7Validator(SCHEMA).iter_errors(json.loads(TEXTS[name]))

    assert [f"{fault.json_path}: {fault.message[:200]}" for fault in faults] == []


def test_the_schema_refuses_a_typo() -> None:
    mistyped = json.loads(TEXTS["vedette-pipeline"]) | {"timezome": "utc"}

    assert not Draft7Validator(SCHEMA).is_valid(mistyped)


@pytest.mark.parametrize(
    ("number", "panels"), [(0, WATCH_FLOOR), (1, PIPELINE)], ids=["watch-floor", "pipeline"]
)
def test_a_dashboard_has_its_panels(number: int, panels: str) -> None:
    assert titles(DASHBOARDS[number]) == [title.strip() for title in panels.split(";")]


@pytest.mark.parametrize("name", TEXTS)
def test_a_dashboard_is_of_the_namespaces_and_packs_that_are_chosen(name: str) -> None:
    document = json.loads(TEXTS[name])

    variables = [variable["name"] for variable in document["templating"]["list"]]
    assert variables == ["datasource", "namespace", "pack"]
    assert "$pack" in TEXTS[name]
    assert all(
        "$namespace" in target["expr"] for p in shown(TEXTS[name]) for target in p["targets"]
    )


@pytest.mark.parametrize("name", TEXTS)
def test_panels_have_numbers_and_references_of_their_own(name: str) -> None:
    panels = json.loads(TEXTS[name])["panels"]

    assert len({panel["id"] for panel in panels}) == len(panels)
    for panel in shown(TEXTS[name]):
        references = [target["refId"] for target in panel["targets"]]
        assert len(set(references)) == len(references) > 0
        if panel["type"] == "stat":
            assert panel["options"]["reduceOptions"]["calcs"] == ["lastNotNull"]


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel.title)
def test_a_panel_is_explained_and_links_to_runbooks_that_exist(panel: PanelSpec) -> None:
    assert panel.description.endswith(".")
    assert all((ROOT / "docs" / "runbooks" / f"{name}.md").is_file() for name in panel.runbooks)


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel.title)
def test_a_panel_asks_for_metrics_and_labels_that_exist(panel: PanelSpec) -> None:
    labels = {metric.name: {*metric.labels} for metric in list_metrics()}

    for query in panel.queries:
        for name, matchers in re.findall(r"([a-z_]{6,})\{([^}]*)\}", query.expression):
            metric = re.sub("_(bucket|count|sum)$", "", name)
            asked = set(re.findall(r"(\w+)=", matchers)) - {"namespace", "le", "job"}
            assert metric in labels or name in OF_PROMETHEUS
            assert asked <= labels.get(metric, set())


def test_every_panel_that_a_runbook_names_exists() -> None:
    names = {spec.title.removeprefix("Vedette: "): titles(spec) for spec in DASHBOARDS}

    for page in (ROOT / "docs" / "runbooks").glob("*.md"):
        text = " ".join(page.read_text(encoding="utf-8").split())
        for board, panel in re.findall(r"\*(Watch floor|Pipeline) → ([^*]+)\*", text):
            assert panel in names[board], page.name
