"""The site names every page, in the order of the first one."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from deploy.site.navigation import make_navigation

DOCS = Path(__file__).parents[3] / "docs"
FIRST = """# Documentation

**Analysts**, who write rules:

- [Rules](rules.md), and [more](rules.md#more)
- [Sources](sources/README.md): ([one](sources/one.md))

## Decisions

[3 windows](decisions/0003.md), [the code](../README.md), [a site](https://example.org/a.md)
"""


def write_docs(folder: Path) -> Path:
    (folder / "sources").mkdir()
    (folder / "README.md").write_text(FIRST)
    (folder / "sources" / "README.md").write_text("# All sources\n\n[Two](two.md), [One](one.md)\n")
    for name in ("one", "other", "two"):
        (folder / "sources" / f"{name}.md").write_text(f"# {name}\n")
    return folder


def list_pages(navigation: Iterable[object]) -> Iterator[str]:
    """Every page in it."""
    for entry in navigation:
        if isinstance(entry, str):
            yield entry
        elif isinstance(entry, dict):
            for below in entry.values():
                yield from list_pages(below)


def test_sections_have_the_pages_that_they_name_first(tmp_path: Path) -> None:
    sources = ["sources/README.md", "sources/two.md", "sources/one.md", "sources/other.md"]

    assert make_navigation(write_docs(tmp_path)) == [
        "README.md",
        {"Analysts": ["rules.md", {"All sources": sources}]},
        {"Decisions": ["decisions/0003.md"]},
    ]


def test_every_page_is_named_once() -> None:
    named = list(list_pages(make_navigation(DOCS)))

    assert sorted(named) == sorted(str(page.relative_to(DOCS)) for page in DOCS.rglob("*.md"))
