"""The alerts about Vedette as the Prometheus operator takes them: a PrometheusRule."""

from pathlib import Path

import yaml

FOLDER = Path(__file__).parent
ALERTS = FOLDER / "prometheus" / "alerts.yml"
PAGE = FOLDER / "k8s" / "components" / "monitoring" / "prometheus-rule.yaml"
HEADER = "# Generated from deploy/prometheus/alerts.yml by `make generate`.\n"


def write_rule() -> str:
    """The document, of all groups of the file of alerts."""
    document = {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "PrometheusRule",
        "metadata": {"name": "vedette"},
        "spec": yaml.safe_load(ALERTS.read_text(encoding="utf-8")),
    }
    return HEADER + yaml.safe_dump(document, sort_keys=False, width=100)
