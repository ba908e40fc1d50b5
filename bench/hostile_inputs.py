"""Requests and rules that try to be slow."""

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import PurePath

from cli.rule_set import list_faults
from services.document_faults import limit_faults
from services.ingest.domain.decoding import (
    CLOUDEVENTS,
    JSON,
    NDJSON,
    TooManyReports,
    choose_decoder,
)
from services.ingest.domain.normalize import ReportContext, StoredEvent, normalize
from services.ingest.domain.reporter import Reporter
from services.ingest.domain.stories.memory_index import MemoryIndex
from services.ingest.domain.stories.report import StoryReport
from services.matcher.adapters.rules.pack_files import PackFiles
from services.matcher.adapters.rules.rule_files import read_packs
from services.strict_json import InvalidJson

Bodies = Callable[[int], bytes]
CONTEXT = ReportContext(Reporter("evil", owner="evil"), datetime(2020, 1, 5, 12, tzinfo=UTC))
FOLDER = PurePath("hostile")
PACK = "title: Hostile\nowner: bench\n"
RULE = """\
title: Any
name: any
logsource: {category: report}
detection:
  words:
    words:
      - rocket
  condition: words
"""


def _keys(size: int) -> dict[str, int]:
    return {f"key{number:06}": 1 for number in range(size // 16)}


def _json(value: object) -> bytes:
    return json.dumps(value).encode()


REQUESTS: Mapping[str, tuple[str, Bodies]] = {
    "list of wrong values": (JSON, lambda size: _json({"actors": [1] * (size // 3)})),
    "long list of texts": (JSON, lambda size: _json({"actors": ["a"] * (size // 5)})),
    "map of wrong values": (
        JSON,
        lambda size: _json({"quantities": dict.fromkeys(_keys(size), "x")}),
    ),
    "lists in a map": (
        JSON,
        lambda size: _json({"attributes": {str(key): [1] * (size // 768) for key in range(256)}}),
    ),
    "unknown keys": (JSON, lambda size: _json(_keys(size))),
    "one key again and again": (JSON, lambda size: b"{" + b'"a":1,' * (size // 6) + b'"b":1}'),
    "texts that differ in a number": (
        JSON,
        lambda size: _json([_alike(number) for number in range(size // 440)]),
    ),
    "reports that are refused": (JSON, lambda size: _json([{"x": 1}] * (size // 10))),
    "reports that are taken": (
        JSON,
        lambda size: _json([{"id": "a", "text": "x" * 100}] * (size // 130)),
    ),
    "broken lines": (NDJSON, lambda size: b"{\n" * (size // 2)),
    "lines": (NDJSON, lambda size: b"1\n" * (size // 2)),
    "empty lines": (NDJSON, lambda size: b"\n" * size),
    "broken and whole lines": (NDJSON, lambda size: b'{}\n{"a\n' * (size // 7)),
    "open brackets": (JSON, lambda size: b"[" * size),
    "nested lists": (JSON, lambda size: b"[" * (size // 2) + b"]" * (size // 2)),
    "nested maps": (JSON, lambda size: b'{"a":' * (size // 6) + b"1" + b"}" * (size // 6)),
    "nesting, many times": (JSON, lambda size: _json({"attributes": [[[[1]]]] * (size // 10)})),
    "escapes": (JSON, lambda size: b'{"text":"' + rb"\u0041" * (size // 6) + b'"}'),
    "halves of pairs": (JSON, lambda size: b'{"text":"' + rb"\ud800" * (size // 6) + b'"}'),
    "digits": (JSON, lambda size: b'{"id":' + b"1" * size + b"}"),
    "bytes that are not UTF-8": (JSON, lambda size: b"\n" * (size - 1) + b"\xff"),
    "white space": (JSON, lambda size: b" " * size + b"{}"),
    "text": (JSON, lambda size: _json({"text": "\u202ea" * (size // 7)})),
    "CloudEvents": (CLOUDEVENTS, lambda size: _json([{"specversion": "1.0"}] * (size // 24))),
}


def _expressions(size: int) -> str:
    lines = "".join(f"      - 'a{number:05}*b*c'\n" for number in range(size // 24))
    return RULE.replace("      - rocket\n", lines)


def _words(size: int, word: str = "rocket* hit* base{:05} ~5") -> str:
    lines = "".join(f"      - {word.format(n)}\n" for n in range(size // (len(word) + 10)))
    return RULE.replace("words:\n      - rocket\n", f"words|phrase:\n{lines}")


def _rules(size: int) -> dict[str, str]:
    return {
        f"indicators/rule{number:05}.yaml": RULE.replace("name: any", f"name: rule{number:05}")
        for number in range(size // len(RULE))
    }


def _members(size: int) -> str:
    lines = [f"  - {{id: m{n:05}, name: Group {n:05}}}\n" for n in range(size // 36)]
    return "name: nested\nmembers:\n" + "".join(lines)


def _lists(size: int) -> dict[str, str]:
    return {
        f"lists/list{n:05}.yaml": f"name: list{n:05}\nmembers:\n  - {{id: a, name: Red {n:05}}}\n"
        for n in range(size // 52)
    }


def _correlation(number: int, bases: str, head: str = "") -> str:
    return (
        f"{head}title: Two\nname: two{number:05}\ncorrelation:\n  type: event_count\n"
        f"  rules: [{bases}]\n  timespan: 1h\n  condition: {{gte: 2}}\n"
    )


def _correlations_of_one_rule(size: int) -> str:
    rule = _correlation(0, "any", "---\n")
    return RULE + "".join(
        _correlation(number, "any", "---\n") for number in range(size // len(rule))
    )


def _chain(size: int) -> str:
    rule = _correlation(0, "two00000", "---\n")
    links = [
        _correlation(number, f"two{number - 1:05}", "---\n")
        for number in range(1, size // len(rule))
    ]
    return RULE + _correlation(0, "any", "---\n") + "".join(links)


def _unknown_bases(size: int) -> str:
    return RULE + _correlation(0, ", ".join(f"no{n:05}" for n in range(size // 9)), "---\n")


def _hypothesis(size: int) -> str:
    lines = "".join(f"  - {{rule: no{n:05}, weight: 1}}\n" for n in range(size // 29))
    head = "- name: course\n  title: Course\n  levels: {watch: 1}\n  indicators:\n"
    return f"hypotheses:\n{head}{lines}"


def _one(name: str, text: Callable[[int], str]) -> Callable[[int], Mapping[str, str]]:
    return lambda size: {name: text(size)}


ANY = "indicators/any.yaml"
RULES: Mapping[str, Callable[[int], Mapping[str, str]]] = {
    "unknown keys": _one(ANY, lambda n: RULE + "".join(f"key{k:06}: 1\n" for k in range(n // 13))),
    "unknown keys of the pack": _one(
        "pack.yaml", lambda n: PACK + "".join(f"key{k:06}: 1\n" for k in range(n // 13))
    ),
    "many rules": _rules,
    "rules of one name": lambda n: {
        f"indicators/rule{k:05}.yaml": RULE for k in range(n // len(RULE))
    },
    "correlations of one rule": _one(ANY, _correlations_of_one_rule),
    "chain of correlations": _one(ANY, _chain),
    "many unknown bases": _one(ANY, _unknown_bases),
    "hypothesis of unknown rules": _one("hypotheses.yaml", _hypothesis),
    "many lists": _lists,
    "many members": _one("lists/nested.yaml", _members),
    "members of one id": _one(
        "lists/nested.yaml",
        lambda n: "name: nested\nmembers:\n" + "  - {id: a, name: Red}\n" * (n // 24),
    ),
    "phrases": _one(ANY, _words),
    "wildcards": _one(ANY, _expressions),
    "one long text": _one(ANY, lambda n: RULE.replace("rocket", "a" * n)),
    "many selections": _one(
        ANY,
        lambda n: RULE.replace(
            "  condition",
            "".join(f"  part{k:05}: {{title: a}}\n" for k in range(n // 25)) + "  condition",
        ),
    ),
    "long condition": _one(
        ANY, lambda n: RULE.replace("condition: words", "condition: words" + " or words" * (n // 9))
    ),
    "brackets in a condition": _one(
        ANY, lambda n: RULE.replace("condition: words", f"condition: {'(' * n}words")
    ),
    "long template": _one(
        ANY, lambda n: RULE + "alert: {summary: '" + "{{ place }}" * (n // 11) + "'}\n"
    ),
    "broken template": _one(ANY, lambda n: RULE + "alert: {summary: '" + "{{ " * (n // 3) + "'}\n"),
    "nested YAML": _one(ANY, lambda n: RULE + "x: " + "[" * n),
    "YAML of many lines": _one(ANY, lambda n: RULE + "#\n" * (n // 2)),
    "documents": _one(ANY, lambda n: RULE + "---\n" * (n // 4)),
    "test cases": _one(
        ANY,
        lambda n: (
            RULE + "tests:\n" + "  - {name: a, events: [{at: 1h}], expect: silent}\n" * (n // 51)
        ),
    ),
}


def _alike(number: int) -> dict[str, str]:
    """A report whose bands are those of all others, and that joins none of them."""
    words = " ".join(f"word{each}" for each in range(60))
    return {"id": str(number), "text": f"{words[:200]} {number} {words[200:]}"}


def take_request(name: str, size: int) -> Callable[[], object]:
    """What taking a request of the kind is, from its bytes to events and refusals."""
    content_type, body = REQUESTS[name]
    raw, decode = body(size), choose_decoder({"content-type": content_type})

    def take() -> None:
        stories = MemoryIndex()
        with suppress(InvalidJson, TooManyReports):
            for item in decode(raw):
                stored = normalize(item, CONTEXT)
                if isinstance(stored, StoredEvent):
                    stories.assign(StoryReport.of(stored.event))

    return take


def check_rules(name: str, size: int) -> Callable[[], object]:
    """What `rules check` does with rules of the kind, from their bytes to the faults it prints."""
    written = {"pack.yaml": PACK} | dict(RULES[name](size))
    files = {FOLDER / path: text.encode() for path, text in written.items()}

    def check() -> None:
        read = read_packs([PackFiles("hostile", FOLDER, files)])
        rulebook, faults = read.rulebook()
        for fault in limit_faults(list_faults(read, rulebook, faults)):
            str(fault)

    return check
