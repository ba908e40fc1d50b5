"""The reference of rule types: a page with the runnable example of each."""

from collections.abc import Iterator

from cli.rule_types.templates import list_types, read_example
from schemas.rule import CorrelationType
from services.matcher.domain.windows.section_keys import CONDITION_KEYS, KEYS

HEAD = """# Types of rules

One rule of each type, with cases that pass. `vedette rules new TYPE --rules FOLDER` writes it
under a name of your own; then put your words into it. This page is made of the same files by
`make generate`, and a test runs their cases.

| type | what it is for |
|---|---|
"""
KEYS_HEAD = """
## Which keys a type reads

All types read `rules`, `group-by`, `timespan`, `aliases`, `generate`, `interval`, `max_lateness`
and `max_hits`. The rules under `rules` alert no more themselves, unless the correlation says
`generate: true`: their cases expect the correlation, and `vedette rules match` shows what they
match. `vedette rules check` refuses any other key that the type does not read:

| keys | types |
|---|---|
"""
CASES = """
## How a case moves its clock

A case starts on a Wednesday, at midnight UTC. `at` is the time since then: when an event
happened, and when it was recorded unless `recorded_at` says otherwise. After each event the clock
stands at the time when it was recorded, and what is due by then has happened: alerts resolve, an
`absence` fires. Nothing happens after the last event, so a case about silence that follows needs
one more event. `expect: silent` means that the rule never alerts; else each line names a rule
that must alert and the values that are compared, and no others.
"""
VARIABLES = """
## What the texts of an alert may say

`summary` and `action` are Jinja expressions and `if`, over these variables and the fields of the
newest report:

| variable | meaning |
|---|---|
| `words` | title and text of the newest report, a line each |
| any field | of the newest report: `place`, `actors`, `quantities.hurt`, `attributes.ref` |
| `entities`, `doers`, `undergoers`, `sites` | ids of whom and what the lists found in it |
| `names` | proper names in it that no list knows |
| `value`, `values` | how much the rule counted, and of what: members by name |
| `evidence_count`, `group`, `level` | of the alert |
| `title` | of the rule; the report's own is the first line of `words` |

`{{ words.splitlines() | join(' - ') | truncate(220) }}` is the report in one line. A text cannot
be joined: that would be letter by letter. Several values of a field (`{{ actors }}`) have commas
between them. What a rule groups by is there under its own name.
"""


def write_reference() -> str:
    """The page, in Markdown."""
    head = [HEAD.rstrip(), *_rows()]
    keys = [KEYS_HEAD.rstrip(), *_keys()]
    return "\n".join([*head, *keys, CASES.rstrip(), VARIABLES.rstrip(), *_sections(), ""])


def _rows() -> Iterator[str]:
    for kind in list_types():
        yield f"| [`{kind}`](#{kind}) | {_find_title(kind)} |"


def _keys() -> Iterator[str]:
    bounds = {f"condition.{key}": types for key, types in CONDITION_KEYS.items()}
    by_types: dict[frozenset[CorrelationType], list[str]] = {}
    for key, types in {**KEYS, **bounds}.items():
        by_types.setdefault(types, []).append(f"`{key}`")
    for types, keys in by_types.items():
        yield f"| {', '.join(keys)} | {', '.join(sorted(types))} |"


def _find_title(kind: str) -> str:
    """The title of the rule that alerts, which is the last of its file."""
    lines = read_example(kind)["indicators/example.yaml"].splitlines()
    return [line for line in lines if line.startswith("title: ")][-1].removeprefix("title: ")


def _sections() -> Iterator[str]:
    for kind in list_types():
        yield f"\n## {kind}"
        for path, text in sorted(read_example(kind).items()):
            yield f"\n```yaml\n# {path}\n{text.rstrip()}\n```"
