"""The rules of a chaos run: few, and each such that its alerts can be foretold by counting."""

import json
from dataclasses import dataclass
from pathlib import Path

from tests.parts.pipeline import write_pack

TRIPWIRE, BARRAGE, COUNCIL, UNANSWERED = RULES = ("tripwire", "barrage", "council", "unanswered")
PAGING = frozenset({TRIPWIRE, COUNCIL})
ROCKETS = 5
PLEDGES = 3
ANSWER_SECONDS = 20
PHRASES = {
    "tripwire": "zulu tripwire",
    "rocket": "zulu rocket",
    "pledge": "zulu pledge",
    "call": "zulu call",
    "answer": "zulu answer",
}


@dataclass(frozen=True, slots=True)
class Terms:
    """What the rules say about time: the span of counting windows, and the lateness allowed."""

    span_seconds: int = 300
    lateness: str = "1h"


def write_rules(folder: Path, terms: Terms, *, edition: int = 0) -> Path:
    """The pack, in `folder`; every `edition` means the same, and differs in a text and a decoy."""
    folder.mkdir(parents=True, exist_ok=True)
    rules = {
        TRIPWIRE: _report("tripwire", "critical") + "resolve_after: 20s\n",
        BARRAGE: _over(["rocket"], _barrage(terms)),
        COUNCIL: _over(["pledge"], _council(terms)),
        UNANSWERED: _over(["call", "answer"], _unanswered(terms)),
    }
    if edition:
        rules[f"decoy_{edition}"] = _report(f"decoy_{edition}", "low")
    endings = {rule: _alert(rule, edition) + _cases(rule) for rule in rules}
    return write_pack(folder, *(text + endings[rule] for rule, text in rules.items()))


def _report(name: str, level: str) -> str:
    return f"""\
title: The report of a {name}
name: {name}
logsource: {{category: report}}
detection:
  words: {{words|phrase: [{_phrase(name)}]}}
  condition: words
level: {level}
"""


def _over(bases: list[str], correlation: str) -> str:
    return "---\n".join([*(_report(base, "low") for base in bases), correlation])


def _barrage(terms: Terms) -> str:
    return f"""\
title: A barrage on one place
name: {BARRAGE}
correlation:
  type: event_count
  rules: [rocket]
  group-by: [place]
  timespan: {terms.span_seconds}s
  max_lateness: {terms.lateness}
  condition: {{gte: {ROCKETS}}}
level: medium
resolve_after: 20s
"""


def _council(terms: Terms) -> str:
    return f"""\
title: A council of three
name: {COUNCIL}
correlation:
  type: value_count
  rules: [pledge]
  group-by: [place]
  timespan: 1h
  max_lateness: {terms.lateness}
  condition: {{field: actors, gte: {PLEDGES}}}
level: high
"""


def _unanswered(terms: Terms) -> str:
    return f"""\
title: A call without an answer
name: {UNANSWERED}
correlation:
  type: absence
  rules: [call, answer]
  group-by: [place]
  timespan: {ANSWER_SECONDS}s
  max_lateness: {terms.lateness}
level: low
resolve_after: 10s
"""


def _alert(rule: str, edition: int) -> str:
    return f"""\
alert:
  summary: "chaos/{rule}/{{{{ place }}}}/"
  action: As edition {edition} says.
"""


def _cases(rule: str) -> str:
    """One case that fires and one that does not: without them no rules are published."""
    told = {
        BARRAGE: ["rocket"] * ROCKETS,
        COUNCIL: ["pledge"] * PLEDGES,
        UNANSWERED: ["call"],
    }.get(rule, [rule])
    events = [
        {"at": f"{at}s", "source": "s", "place": "p", "actors": [f"g{at}"], "text": _phrase(base)}
        for at, base in enumerate(told)
    ]
    later = {"at": "1h", "source": "s", "text": "nothing"}
    fires = {"name": "it fires", "events": [*events, later], "expect": [{"fires": rule}]}
    silent = {"name": "it does not", "events": [later], "expect": "silent"}
    return f"tests: {json.dumps([fires, silent])}\n"


def _phrase(base: str) -> str:
    return PHRASES.get(base, f"zulu {base}")
