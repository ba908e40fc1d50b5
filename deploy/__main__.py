"""Writes what is generated for those who run Vedette: `python -m deploy`."""

from pathlib import Path

from deploy import metrics_page, prometheus_rule
from deploy.grafana import build


def list_files() -> dict[Path, str]:
    """Every generated file with its text."""
    pages = {
        metrics_page.PAGE: metrics_page.write_page(),
        prometheus_rule.PAGE: prometheus_rule.write_rule(),
    }
    return pages | build.list_dashboards()


def main() -> None:
    """Write them all."""
    for path, text in list_files().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
