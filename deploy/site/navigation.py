"""The navigation of the site: the pages in the order in which `docs/README.md` names them."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

_SECTION = re.compile(r"^(?:\*\*(?P<readers>[^*]+)\*\*.*:|## (?P<chapter>.+))$")
_LINK = re.compile(r"\]\(([^)#:]+\.md)(?:#[^)]*)?\)")
FIRST = "README.md"

Entry = str | dict[str, list[str]]
Section = dict[str, list[Entry]]


def make_navigation(docs: Path) -> list[str | Section]:
    """The first page, then its sections, each with the pages that it is the first to name.

    A page that begins a folder has the folder's other pages below it, in its own order.
    """
    named = {FIRST}
    sections: list[str | Section] = [FIRST]
    for title, links in _read_sections((docs / FIRST).read_text(encoding="utf-8")):
        entries = list(_list_entries(docs, links, named))
        if entries:
            sections.append({title: entries})
    return sections


def _read_sections(text: str) -> Iterator[tuple[str, list[str]]]:
    """The sections of the first page, each with its links."""
    title, links = "", list[str]()
    for line in text.splitlines():
        found = _SECTION.match(line)
        if found is not None:
            yield title, links
            title, links = found["readers"] or found["chapter"], []
        links += _LINK.findall(line)
    yield title, links


def _list_entries(docs: Path, links: Iterable[str], named: set[str]) -> Iterator[Entry]:
    for link in links:
        if link in named or link.startswith(".."):
            continue
        named.add(link)
        folder = link.removesuffix(FIRST)
        below = list(_list_below(docs, folder, named)) if folder != link else []
        yield {_find_title(docs / link): [link, *below]} if below else link


def _list_below(docs: Path, folder: str, named: set[str]) -> Iterator[str]:
    """The other pages of a folder: those that its first one names, then the rest."""
    text = (docs / folder / FIRST).read_text(encoding="utf-8")
    rest = sorted(path.name for path in (docs / folder).glob("*.md"))
    for name in (*_LINK.findall(text), *rest):
        page = f"{folder}{name}"
        if page not in named and "/" not in name:
            named.add(page)
            yield page


def _find_title(page: Path) -> str:
    return page.read_text(encoding="utf-8").splitlines()[0].removeprefix("# ")
