"""The order of the keys of a document; a comment goes with the key that it stands above."""

from collections.abc import Iterator, Sequence

import yaml

from cli.formatting.indents import find_scalar_lines

_RULE = (
    *("title", "name", "id", "status", "description", "references", "author", "date", "modified"),
    *("license", "related", "tags", "fields", "logsource", "detection", "correlation", "examples"),
    *("level", "group-by", "alert", "corroboration", "cooldown", "resolve_after", "over_budget"),
    *("falsepositives", "tests"),
)
_LIST = (
    *("name", "kind", "extends", "title", "includes_children", "company", "members", "sites"),
    *("words", "cases"),
)
_PACK = (
    *("title", "owner", "uses", "description", "organisation_heads", "defaults", "sources"),
    *("budget", "floors", "reader"),
)
_FOR_EDITORS = "# yaml-language-server:"
_BY_KEY = {"detection": _RULE, "correlation": _RULE, "owner": _PACK}


def order_keys(text: str) -> str:
    """The text with the keys of each document in the order of their kind; others stay behind."""
    lines = text.splitlines(keepends=True)
    nodes = yaml.compose_all(text, Loader=yaml.CSafeLoader)
    within = find_scalar_lines(yaml.scan(text, Loader=yaml.CSafeLoader), lines)
    ordered = list(lines)
    for node in nodes:
        if isinstance(node, yaml.MappingNode) and not node.flow_style and node.value:
            first = _first_line(lines, node.value[0][0].start_mark.line)
            blocks = list(_cut_blocks(lines, node, within))
            order = _choose_order([name for name, _ in blocks])
            ranked = sorted(blocks, key=lambda block: _rank(order, block[0]))
            changed = [line for _, block in ranked for line in block]
            ordered[first : first + len(changed)] = changed
    return "".join(ordered)


def _choose_order(names: Sequence[str]) -> Sequence[str]:
    for key, order in _BY_KEY.items():
        if key in names:
            return order
    return _LIST if "name" in names else ()


def _rank(order: Sequence[str], name: str) -> int:
    return order.index(name) if name in order else len(order)


def _cut_blocks(
    lines: Sequence[str], node: yaml.MappingNode, within: frozenset[int]
) -> Iterator[tuple[str, Sequence[str]]]:
    """Each key with its lines, the comments above it included."""
    starts = [_first_line(lines, key.start_mark.line) for key, _ in node.value]
    ends = [*starts[1:], _last_line(lines, node, starts[-1], within)]
    for (key, _), start, end in zip(node.value, starts, ends, strict=True):
        yield str(key.value), lines[start:end]


def _first_line(lines: Sequence[str], number: int) -> int:
    """The first of the comments that stand right above a line, at the margin.

    One for editors (`# yaml-language-server: …`) is of the file, not of a key.
    """
    while number > 0 and lines[number - 1].startswith("#"):
        if lines[number - 1].startswith(_FOR_EDITORS):
            break
        number -= 1
    return number


def _last_line(
    lines: Sequence[str], node: yaml.MappingNode, start: int, within: frozenset[int]
) -> int:
    """Behind the last line of the document that has something at its end."""
    end = node.end_mark.line + (node.end_mark.column > 0)
    while end > start + 1 and end - 1 not in within and _is_between(lines[end - 1]):
        end -= 1
    return end


def _is_between(line: str) -> bool:
    return not line.strip() or line.startswith("#")
