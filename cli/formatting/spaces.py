"""Spaces between the parts of a line: `key: value`, `[a, b]`, `{a: 1}`, `- item`."""

from collections.abc import Iterable, Iterator
from itertools import pairwise

import yaml

from cli.formatting.edits import TextEdit

_OPENING = (yaml.FlowSequenceStartToken, yaml.FlowMappingStartToken)
_CLOSING = (yaml.FlowSequenceEndToken, yaml.FlowMappingEndToken)


def space_tokens(text: str, tokens: Iterable[yaml.Token]) -> Iterator[TextEdit]:
    """One space behind each mark, none inside of brackets; what stands in columns is not kept.

    Line ends, and comments, stay as they are.
    """
    written = (token for token in tokens if token.start_mark.index < token.end_mark.index)
    for before, after in pairwise(written):
        start, end = before.end_mark.index, after.start_mark.index
        gap = text[start:end]
        wanted = _choose_gap(before, after)
        if wanted is not None and gap.strip(" ") == "" and gap != wanted:
            yield TextEdit(start, end, wanted)


def _choose_gap(before: yaml.Token, after: yaml.Token) -> str | None:
    """What stands between two tokens of a line; None: as it is."""
    if isinstance(before, _OPENING) or isinstance(after, (*_CLOSING, yaml.FlowEntryToken)):
        return None if isinstance(before, yaml.ValueToken) else ""
    if isinstance(after, yaml.ValueToken):
        return "" if isinstance(before, yaml.ScalarToken) else None
    if isinstance(before, (yaml.FlowEntryToken, yaml.ValueToken, yaml.BlockEntryToken)):
        return " "
    return None
