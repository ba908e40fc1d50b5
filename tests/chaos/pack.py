"""The rules of a chaos run: few, and each such that its alerts can be predicted by counting."""

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
class PackTiming:
    """The times of the rules: the span of counting windows, and the lateness allowed."""

    span_seconds: int = 300
    lateness: str = "1h"


def write_rules(folder: Path, timing: PackTiming, *, version: int = 0) -> Path:
    """Write the pack to `folder`; versions differ in a text and a decoy, not in alerts."""
    folder.mkdir(parents=True, exist_ok=True)
    rules = {
        TRIPWIRE: _report("tripwire", "critical") + "resolve_after: 20s\n",
        BARRAGE: _correlation_file(["rocket"], _barrage(timing)),
        COUNCIL: _correlation_file(["pledge"], _council(timing)),
        UNANSWERED: _correlation_file(["call", "answer"], _unanswered(timing)),
    }
    if version:
        rules[f"decoy_{version}"] = _report(f"decoy_{version}", "low")
    endings = {rule: _alert(rule, version) + _cases(rule) for rule in rules}
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


def _correlation_file(bases: list[str], correlation: str) -> str:
    return "---\n".join([*(_report(base, "low") for base in bases), correlation])


def _barrage(timing: PackTiming) -> str:
    return f"""\
title: A barrage on one place
name: {BARRAGE}
correlation:
  type: event_count
  rules: [rocket]
  group-by: [place]
  timespan: {timing.span_seconds}s
  max_lateness: {timing.lateness}
  condition: {{gte: {ROCKETS}}}
level: medium
resolve_after: 20s
"""


def _council(timing: PackTiming) -> str:
    return f"""\
title: A council of three
name: {COUNCIL}
correlation:
  type: value_count
  rules: [pledge]
  group-by: [place]
  timespan: 1h
  max_lateness: {timing.lateness}
  condition: {{field: actors, gte: {PLEDGES}}}
level: high
"""


def _unanswered(timing: PackTiming) -> str:
    return f"""\
title: A call without an answer
name: {UNANSWERED}
correlation:
  type: absence
  rules: [call, answer]
  group-by: [place]
  timespan: {ANSWER_SECONDS}s
  max_lateness: {timing.lateness}
level: low
resolve_after: 10s
"""


def _alert(rule: str, version: int) -> str:
    return f"""\
alert:
  summary: "chaos/{rule}/{{{{ place }}}}/"
  action: As version {version} says.
"""


def _cases(rule: str) -> str:
    """One case that fires and one that does not: rules without them cannot be published."""
    bases = {
        BARRAGE: ["rocket"] * ROCKETS,
        COUNCIL: ["pledge"] * PLEDGES,
        UNANSWERED: ["call"],
    }.get(rule, [rule])
    events = [
        {"at": f"{at}s", "source": "s", "place": "p", "actors": [f"g{at}"], "text": _phrase(base)}
        for at, base in enumerate(bases)
    ]
    later = {"at": "1h", "source": "s", "text": "nothing"}
    fires = {"name": "it fires", "events": [*events, later], "expect": [{"fires": rule}]}
    silent = {"name": "it does not", "events": [later], "expect": "silent"}
    return f"tests: {json.dumps([fires, silent])}\n"


def _phrase(base: str) -> str:
    return PHRASES.get(base, f"zulu {base}")
