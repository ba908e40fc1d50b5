"""How often sources report, for matchers: a pack of rhythms alone, published with the rules."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from cli.faults import CommandFailure
from cli.rule_set import print_faults
from services.ingest.adapters.sources.source_files import read_source_files
from services.ingest.domain.sources.source_document import SourceDocument
from services.matcher.domain.changes.next_bundle import RuleSet, VersionedBundle

PACK = "sources"
PATH = f"{PACK}/pack.yaml"


def choose_rhythms(
    rule_set: RuleSet, folder: Path | None, before: VersionedBundle | None
) -> RuleSet:
    """The rules with the rhythms of the sources in `folder`; without one, with those in force.

    Raises:
        CommandFailure: a source has a fault, or a pack of rules has the name of this one.
    """
    in_force = {} if before is None else before.bundle.files
    text = in_force.get(PATH) if folder is None else _write_rhythms(folder)
    if text is None:
        return rule_set
    if any(path.startswith(f"{PACK}/") for path in rule_set.files):
        raise CommandFailure(f"a pack is named {PACK}, which is that of the sources: rename it")
    return replace(rule_set, files={**rule_set.files, PATH: text})


def keep_rhythms(files: Mapping[str, str], in_force: Mapping[str, str]) -> Mapping[str, str]:
    """The files of rules as they are published without a folder of sources."""
    return {path: text for path, text in in_force.items() if path == PATH} | dict(files)


def _write_rhythms(folder: Path) -> str:
    if not folder.is_dir():
        raise CommandFailure(f"{folder}: no such folder: name yours with --sources")
    files = read_source_files(folder)
    if files.faults:
        print_faults(files.faults)
        raise CommandFailure(f"{folder}: not published: a source has a fault")
    head = {"title": "Sources", "owner": PACK}
    return json.dumps(head | {"sources": list_rhythms(files.source_set().by_id)}, indent=1)


def list_rhythms(sources: Mapping[str, SourceDocument]) -> dict[str, dict[str, str]]:
    """How often each source reports of which reports are expected, as a pack says it."""
    return {
        id_: {"every": f"{span.total_seconds():.0f}s"}
        for id_, source in sorted(sources.items())
        if (span := source.silent_after) is not None and not source.paused
    }
