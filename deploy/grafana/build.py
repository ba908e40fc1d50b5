"""From specs to the JSON that Grafana provisions (12 or newer)."""

import json
from itertools import count
from pathlib import Path

from grafana_foundation_sdk.builders import common, dashboard, prometheus, stat, timeseries
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models import common as common_models
from grafana_foundation_sdk.models import dashboard as models

from deploy.grafana.panel import DashboardSpec, Limits, PanelSpec
from deploy.grafana.pipeline import PIPELINE
from deploy.grafana.watch_floor import WATCH_FLOOR
from deploy.runbooks import read_address

DASHBOARDS = (WATCH_FLOOR, PIPELINE)
FOLDER = Path(__file__).parent / "dashboards"
SOURCE = common_models.DataSourceRef(type_val="prometheus", uid="${datasource}")
WIDTH, HEIGHT = 8, 8
"""Of a panel: three stand in a line of 24 columns."""
ALL = models.VariableOption(text="All", value="$__all")
OF_INTERVALS = ("auto", "auto_min", "auto_count")
"""Keys that the builder writes into variables of every kind, and Grafana knows of one alone."""
VARIABLES = {
    "namespace": 'label_values(up{job="vedette"}, namespace)',
    "pack": "label_values(vedette_matcher_matches_total, pack)",
}


def list_dashboards() -> dict[Path, str]:
    """Each dashboard's file with its text."""
    return {FOLDER / f"{spec.uid}.json": _encode(spec) for spec in DASHBOARDS}


def _encode(spec: DashboardSpec) -> str:
    document = json.loads(json.dumps(_build(spec).build(), cls=JSONEncoder))
    for variable in document["templating"]["list"]:
        for key in OF_INTERVALS:
            variable.pop(key, None)
    return json.dumps(document, indent=1, sort_keys=True) + "\n"


def _build(spec: DashboardSpec) -> dashboard.Dashboard:
    built = (
        dashboard.Dashboard(spec.title)
        .uid(spec.uid)
        .description(spec.description)
        .tags(["vedette"])
        .timezone("utc")
        .readonly()
        .tooltip(models.DashboardCursorSync.CROSSHAIR)
        .time("now-6h", "now")
        .refresh("30s")
        .with_variable(dashboard.DatasourceVariable("datasource").type("prometheus"))
    )
    for name, query in VARIABLES.items():
        built = built.with_variable(_build_variable(name, query))
    numbers = count(1)
    for title, panels in spec.rows.items():
        built = built.with_row(dashboard.Row(title).id(next(numbers)))
        for panel in panels:
            built = built.with_panel(_build_panel(panel).id(next(numbers)))
    return built


def _build_variable(name: str, query: str) -> dashboard.QueryVariable:
    return (
        dashboard.QueryVariable(name)
        .datasource(SOURCE)
        .query({"query": query, "refId": name})
        .refresh(models.VariableRefresh.ON_TIME_RANGE_CHANGED)
        .include_all(True)  # noqa: FBT003  (Grafana's)
        .all_value(".*")
        .multi(True)  # noqa: FBT003  (Grafana's)
        .current(ALL)
    )


def _build_panel(spec: PanelSpec) -> stat.Panel | timeseries.Panel:
    panel = _build_stat() if spec.is_stat else _build_lines(spec)
    for number, query in enumerate(spec.queries):
        asked = (
            prometheus.Dataquery()
            .expr(query.expression)
            .legend_format(query.legend)
            .ref_id(chr(ord("A") + number))
            .exemplar(spec.has_exemplars)
        )
        panel = panel.with_target(asked.instant() if spec.is_stat else asked.range())
    return (
        panel.title(spec.title)
        .description(spec.description)
        .datasource(SOURCE)
        .unit(spec.unit)
        .thresholds(_build_thresholds(spec.limits))
        .links([_link(name) for name in spec.runbooks])
        .height(HEIGHT)
        .span(WIDTH)
    )


def _build_stat() -> stat.Panel:
    shown = common.ReduceDataOptions().calcs(["lastNotNull"])
    return (
        stat.Panel()
        .reduce_options(shown)
        .text_mode(common_models.BigValueTextMode.VALUE_AND_NAME)
        .graph_mode(common_models.BigValueGraphMode.NONE)
    )


def _build_lines(spec: PanelSpec) -> timeseries.Panel:
    dashes = common.GraphThresholdsStyleConfig().mode(common_models.GraphThresholdsStyleMode.DASHED)
    panel = timeseries.Panel().fill_opacity(10).min(0)
    return panel if spec.limits is None else panel.thresholds_style(dashes)


def _build_thresholds(limits: Limits | None) -> dashboard.ThresholdsConfig:
    steps = [models.Threshold(value=None, color="green")]
    if limits is not None and limits.is_low_bad:
        steps = [models.Threshold(value=None, color="red")]
        steps.append(models.Threshold(value=limits.bad, color="orange"))
        steps.append(models.Threshold(value=limits.doubtful, color="green"))
    elif limits is not None:
        steps.append(models.Threshold(value=limits.doubtful, color="orange"))
        steps.append(models.Threshold(value=limits.bad, color="red"))
    return dashboard.ThresholdsConfig().mode(models.ThresholdsMode.ABSOLUTE).steps(steps)


def _link(alert: str) -> dashboard.DashboardLink:
    return (
        dashboard.DashboardLink(f"Runbook {alert}")
        .type(models.DashboardLinkType.LINK)
        .url(read_address().replace("{}", alert))
        .target_blank(True)  # noqa: FBT003  (Grafana's)
    )
