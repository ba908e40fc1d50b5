"""The documentation names files, functions and metrics that exist."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
FOLDERS = ("", "services/ingest", "services/matcher", "services/notifier", "tests/matcher/proof")
STEP = re.compile(r"`([A-Za-z_.]+)`\s+in\s+`([a-z_/]+\.py)`")


def _paths(page: Path) -> Iterator[str]:
    text = page.read_text(encoding="utf-8")
    yield from re.findall(r"`([\w/-]+/[\w-]+\.(?:py|yaml|json|jsonl))`", text)
    yield from (
        f"{folder}/" for folder in re.findall(r"`((?:tests|services|schemas)/[\w/]*)/`", text)
    )


def _links(page: Path) -> Iterator[Path]:
    for target in re.findall(r"\]\(([^)#]+)(?:#[\w-]*)?\)", page.read_text(encoding="utf-8")):
        if "://" not in target:
            yield page.parent / target


def _definitions(path: Path) -> set[str]:
    """Functions and classes of a module, methods as `Type.method` of any type in it."""
    source = path.read_text(encoding="utf-8")
    types = set(re.findall(r"^class (\w+)", source, re.MULTILINE))
    functions = set(re.findall(r"^(?:async )?def (\w+)", source, re.MULTILINE))
    methods = set(re.findall(r"^    (?:async )?def (\w+)", source, re.MULTILINE))
    return types | functions | {f"{owner}.{method}" for owner in types for method in methods}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_and_path_of_a_page_exists(page: Path) -> None:
    links = [link for link in _links(page) if not link.exists()]
    paths = [
        path for path in _paths(page) if not any((ROOT / name / path).exists() for name in FOLDERS)
    ]

    assert (links, paths) == ([], [])


def test_every_function_on_the_way_of_a_report_exists() -> None:
    steps = STEP.findall((ROOT / "docs" / "README.md").read_text(encoding="utf-8"))

    missing = [step for step in steps if step[0] not in _definitions(ROOT / step[1])]

    assert len(steps) >= 20
    assert missing == []


def test_every_metric_in_the_documentation_exists() -> None:
    sources = (ROOT / "services").rglob("*.py")
    known = set(re.findall(r'"(vedette_\w+)"', "".join(path.read_text() for path in sources)))

    named = {
        name for page in PAGES for name in re.findall(r"`(vedette_\w+)`", page.read_text("utf-8"))
    }

    assert named - known == set()
