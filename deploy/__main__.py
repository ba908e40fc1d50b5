"""Writes what is generated for those who run Vedette: `python -m deploy [ADDRESS]`.

ADDRESS is where your runbooks are, such as `https://docs.example.com/runbooks/{}/`; without it they
stay where they are.
"""

import sys
from pathlib import Path

from deploy import metrics_page, prometheus_rule
from deploy.grafana import build
from deploy.runbooks import move_runbooks


def list_files() -> dict[Path, str]:
    """Every generated file with its text."""
    pages = {
        metrics_page.PAGE: metrics_page.write_page(),
        prometheus_rule.PAGE: prometheus_rule.write_rule(),
    }
    return pages | build.list_dashboards()


def main() -> None:
    """Write them all."""
    for address in filter(None, sys.argv[1:]):
        _write(move_runbooks(address))
    _write(list_files())


def _write(files: dict[Path, str]) -> None:
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
