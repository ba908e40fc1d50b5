import hashlib
from datetime import timedelta
from pathlib import Path

import pytest

from services.ingest.adapters.sources.source_files import (
    SourceFiles,
    parse_source_files,
    read_source_files,
)
from services.ingest.domain.reporter import Reporter
from services.ingest.domain.sources.polled_sources import FeedSource, GdeltSource
from services.ingest.domain.sources.pushed_sources import HookSource, HttpSource

DIGEST = hashlib.sha256(b"secret").hexdigest()
OTHER = hashlib.sha256(b"another").hexdigest()

ONE_OF_EACH = f"""
{{id: wire, kind: http, owner: The Wire, reliability: B, tokens: [{DIGEST}, {OTHER}]}}
---
id: telegram
kind: hook
mapping: {{uses: telegram}}
signature: {{secrets: [{{env: SOURCE_TELEGRAM}}]}}
---
{{id: blog, kind: feed, url: "https://example.org/feed.xml", every: 6h, language: ar}}
---
{{id: gdelt, kind: gdelt, countries: [IQ]}}
---
{{id: acled, kind: acled, username: {{env: SOURCE_USER}}, password: {{file: /run/acled}}}}
---
{{id: sheet, kind: csv, path: drop, mapping: {{fields: {{text: Notes}}}}, timezone: Asia/Baghdad}}
---
{{id: archive, kind: jsonl, path: archive.jsonl}}
---
{{id: other, kind: kafka, servers: "kafka:9092", topic: reports}}
"""


def parse(text: str) -> SourceFiles:
    return parse_source_files({"s.yaml": text.encode()})


def faults(text: str) -> list[str]:
    return list(map(str, parse(text).faults))


def test_one_file_holds_a_source_of_each_kind() -> None:
    files = parse(ONE_OF_EACH)

    assert files.faults == ()
    kinds = [getattr(each.document, "kind", "") for each in files.sources]
    assert kinds == ["http", "hook", "feed", "gdelt", "acled", "csv", "jsonl", "kafka"]


def test_what_a_source_leaves_out_has_a_default() -> None:
    sources = parse(ONE_OF_EACH).source_set()

    [feed] = sources.list_kind(FeedSource)
    [gdelt] = sources.list_kind(GdeltSource)
    assert (feed.owned_by, feed.silent_after) == ("blog", timedelta(hours=6))
    assert (feed.poll, gdelt.silent_after) == (timedelta(minutes=5), None)


def test_each_token_of_a_source_stands_for_it() -> None:
    sources = parse(ONE_OF_EACH).source_set()

    reporters = sources.join_reporters({})

    assert reporters.keys() == {DIGEST, OTHER}
    assert {reporter.source for reporter in reporters.values()} == {"wire"}
    assert reporters[DIGEST].owner == "The Wire"
    assert not reporters[DIGEST].may_publish("telegram")


def test_a_paused_source_is_known_and_neither_read_nor_taken() -> None:
    paused = ONE_OF_EACH.replace("kind: hook", "kind: hook\npaused: true").replace(
        "owner: The Wire", "paused: true"
    )

    sources = parse(paused).source_set()

    assert {"wire", "telegram"} <= sources.ids
    assert sources.find_hook("telegram") is None
    assert list(sources.list_kind(HttpSource)) == []
    assert sources.join_reporters({}) == {}
    assert len(list(parse(ONE_OF_EACH).source_set().list_kind(HookSource))) == 1


INVALID = {
    "no kind": ("id: a", "s.yaml:1: kind: is missing (write one of http, hook,"),
    "an unknown kind": ("id: a\nkind: fed", "s.yaml:2: kind: there is no kind 'fed' (did you mean"),
    "no source but a list": ("- a", "s.yaml:1: must be a map of keys and values"),
    "nothing": ("", "s.yaml:1: is empty"),
    "no YAML": ("id: [", "s.yaml:1: is no YAML"),
    "an unknown key": (
        "id: a\nkind: feed\nurl: https://a/\npol: 5m",
        "s.yaml:4: pol: there is no such key (did you mean poll?)",
    ),
    "another protocol": ("id: a\nkind: feed\nurl: file:///etc/passwd", "s.yaml:3: url: must be"),
    "no host": ("id: a\nkind: feed\nurl: https:///x", "s.yaml:3: url: must be an address"),
    "a broken address": ("id: a\nkind: feed\nurl: 'http://[::1'", "s.yaml:3: url: is no address"),
    "a password in an address": (
        "id: a\nkind: feed\nurl: https://u:p@a/",
        "s.yaml:3: url: a password in an address ends in logs: use credentials",
    ),
    "too short a poll": (
        "id: a\nkind: feed\nurl: https://a/\npoll: 1s",
        "s.yaml:4: poll: shorter than 10s",
    ),
    "a poll that is no span": (
        "id: a\nkind: feed\nurl: https://a/\npoll: fast",
        "s.yaml:4: poll: 'fast' is no time span",
    ),
    "no rhythm": ("id: a\nkind: jsonl\npath: x\nevery: 0s", "s.yaml:4: every"),
    "a source of Vedette": ("id: vedette:x\nkind: jsonl\npath: x", "s.yaml:1: id: Vedette's own"),
    "a source with a space": ("id: a b\nkind: jsonl\npath: x", "s.yaml:1: id: a source has no"),
    "a source with an open end": ("id: 'a:'\nkind: jsonl\npath: x", "s.yaml:1: id: ends in"),
    "no such zone": (
        "id: a\nkind: jsonl\npath: x\ntimezone: Baghdad",
        "s.yaml:4: timezone: there is no time zone 'Baghdad': write one as Asia/Baghdad",
    ),
    "a zone outside of the zones": (
        "id: a\nkind: jsonl\npath: x\ntimezone: ../../etc/passwd",
        "s.yaml:4: timezone: there is no time zone",
    ),
    "a token in clear": (
        "id: a\nkind: http\ntokens: [secret]",
        "s.yaml:3: tokens.0: must be a SHA-256",
    ),
    "no token": ("id: a\nkind: http\ntokens: []", "s.yaml:3: tokens: must not be empty"),
    "an open hook": (
        "id: a\nkind: hook\nmapping: {uses: generic}",
        "s.yaml:1: one of tokens and signature: how does it show who it is?",
    ),
    "a hook whose id is no part of an address": (
        f"id: a/b\nkind: hook\nmapping: {{uses: generic}}\ntokens: [{DIGEST}]",
        "s.yaml:1: id: is part of a hook's address",
    ),
    "a secret that is no credential": (
        "id: a\nkind: hook\nmapping: {uses: generic}\nsignature: {secrets: [{env: HOME}]}",
        "s.yaml:4: signature.secrets.0.env: must begin with SOURCE_",
    ),
    "a secret in two places": (
        (
            "id: a\nkind: hook\nmapping: {uses: generic}\n"
            "signature: {secrets: [{env: SOURCE_A, file: b}]}"
        ),
        "s.yaml:4: signature.secrets.0: one of env and file",
    ),
    "an unknown field of a report": (
        "id: a\nkind: csv\npath: x\nmapping:\n  fields: {titel: a}",
        "s.yaml:5: mapping.fields.titel: a report has no such field: did you mean title?",
    ),
    "a broken expression": (
        "id: a\nkind: csv\npath: x\nmapping:\n  fields: {title: '(('}",
        "s.yaml:5: mapping.fields.title: is no JMESPath",
    ),
    "an unknown ready mapping": (
        "id: a\nkind: csv\npath: x\nmapping: {uses: facebook}",
        "s.yaml:4: mapping.uses: must be 'telegram'",
    ),
    "no account": ("id: a\nkind: acled", "s.yaml:1: username and password of an account"),
    "no such country": ("id: a\nkind: gdelt\ncountries: [Iraq]", "s.yaml:3: countries.0: must be"),
    "no server": (
        "id: a\nkind: kafka\nservers: kafka\ntopic: x",
        "s.yaml:3: servers: must be HOST:",
    ),
    "an id twice": (
        "id: a\nkind: jsonl\npath: x\n---\nid: a\nkind: jsonl\npath: y",
        "s.yaml:5: id: is there twice: also s.yaml:1",
    ),
    "a token twice": (
        f"{{id: a, kind: http, tokens: [{DIGEST}]}}\n---\nid: b\nkind: http\ntokens:\n- {DIGEST}",
        "s.yaml:6: tokens.0: the same token as a",
    ),
}


@pytest.mark.parametrize(("text", "expected"), INVALID.values(), ids=INVALID)
def test_a_fault_names_file_line_field_and_way_out(text: str, expected: str) -> None:
    found = faults(text)

    assert any(fault.startswith(expected) for fault in found), found


def test_a_fault_spoils_no_other_source() -> None:
    files = parse("id: a\nkind: nothing\n---\nid: b\nkind: jsonl\npath: x")

    assert [each.document.id for each in files.sources] == ["b"]
    assert len(files.faults) == 1


def test_a_large_file_is_refused() -> None:
    [fault] = faults("#" * (1024 * 1024 + 1))

    assert fault == "s.yaml:1: is larger than 1048576 bytes"


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    files = read_source_files(tmp_path / "none")

    assert [str(fault) for fault in files.faults] == [f"{tmp_path / 'none'}:1: no such folder"]


def test_the_token_file_and_the_sources_know_of_one_another() -> None:
    in_file = {"f" * 64: Reporter("telegram:@a", token_sources=frozenset({"telegram:@a"}))}

    reporters = parse(ONE_OF_EACH).source_set().join_reporters(in_file)

    assert reporters.keys() == {DIGEST, OTHER, "f" * 64}
    assert not reporters["f" * 64].may_publish("wire")
    assert not reporters[DIGEST].may_publish("telegram:@a")


def test_a_limit_of_a_source_is_that_of_its_reporter() -> None:
    text = "{id: a, kind: jsonl, path: x, limit: {reports_per_second: 5}}"
    [located] = parse(text).sources

    reporter = located.document.make_reporter(frozenset())

    assert (reporter.reports_per_second, reporter.bytes_per_second) == (5, None)


@pytest.mark.parametrize("part", ["uses: generic", "items: entries"])
@pytest.mark.parametrize(
    "source",
    [
        'kind: feed\nurl: "https://example.org/feed.xml"',
        "kind: gdelt\npath: drop",
        "kind: acled\npath: drop",
    ],
    ids=["feed", "gdelt", "acled"],
)
def test_a_format_with_a_mapping_of_its_own_takes_no_other(source: str, part: str) -> None:
    [fault] = faults(f"id: a\n{source}\nmapping:\n  {part}")

    name = part.partition(":")[0]
    assert fault == (
        f"s.yaml:5: mapping.{name}: this kind of source has its own: leave it out, and replace"
        " fields"
    )
