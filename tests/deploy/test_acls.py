"""The ACLs of Kafka: what the page says is what the file has, for topics that exist."""

import re
from pathlib import Path
from typing import Any

import yaml

from schemas.topics import TOPICS, topic_name
from services.matcher.adapters.state.changelog import changelog_name

ROOT = Path(__file__).parents[2]
ACLS: dict[str, dict[str, dict[str, list[str]]]] = yaml.safe_load(
    (ROOT / "deploy" / "kafka" / "acls.yaml").read_text(encoding="utf-8")
)
ROW = re.compile(r"^\| `([\w-]+)` \| (group )?`([\w.*-]+)` \| ([A-Z_, ]+) \|$", re.MULTILINE)


def _flatten() -> set[tuple[str, bool, str, tuple[str, ...]]]:
    return {
        (user, kind == "groups", name, tuple(operations))
        for user, kinds in ACLS.items()
        for kind, names in kinds.items()
        for name, operations in names.items()
    }


def _read_page() -> set[Any]:
    page = (ROOT / "docs" / "operations" / "security.md").read_text(encoding="utf-8")
    return {
        (user, bool(group), name, tuple(operations.split(", ")))
        for user, group, name, operations in ROW.findall(page)
    }


def test_the_page_says_what_the_file_has() -> None:
    assert _read_page() == _flatten()


def test_every_topic_of_an_acl_exists_and_every_topic_is_used() -> None:
    topics = {topic_name("vedette.", topic.name) for topic in TOPICS}
    topics.add(changelog_name("vedette.matcher"))

    named = {name for user, group, name, _ in _flatten() if not group and user != "operator"}

    assert named == topics
