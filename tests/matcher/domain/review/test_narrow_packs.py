"""What one rule needs of its packs: with that alone it is explained as with everything."""

from datetime import UTC, datetime, timedelta
from pathlib import PurePath

from schemas.event import Event
from services.matcher.adapters.rules.pack_files import PackFiles
from services.matcher.adapters.rules.rule_files import RuleFiles, read_packs
from services.matcher.domain.packs.documents import PackDocuments
from services.matcher.domain.review.affected import ReviewedRules
from services.matcher.domain.review.explain_rule import Past, explain_rule
from services.matcher.domain.review.narrow_packs import find_rules, narrow_packs
from tests.matcher.domain.review.reviewed import CAMPAIGN, FLOODS, HEAD, ROCKETS

KEY = ("test", "hits")
CORE = {
    "pack.yaml": "title: Words\nowner: desk\n",
    "lists/hit.yaml": "kind: words\nname: hit\nwords: {en: [hit/v]}\n",
    "lists/strike.yaml": "kind: words\nname: strike\nwords: {en: ['%hit%', strike/v]}\n",
    "lists/flood.yaml": "kind: words\nname: flood\nwords: {en: [flood/v]}\n",
    "lists/denied.yaml": "kind: words\nname: denied\nwords: {en: [deny/v]}\n",
}
OWN = {
    "pack.yaml": f"{HEAD}uses: [core]\n",
    "lists/groups.yaml": "name: groups\nmembers: [{id: badr, name: Badr}]\n",
    "indicators/hits.yaml": """
title: A group hits something
name: hits
logsource: {category: report}
detection:
  hit: {words|says: ['%groups% > %strike%', '!rehearsal']}
  condition: hit
level: low
""",
    "indicators/floods.yaml": FLOODS.replace("\n    ", "\n"),
    "indicators/rockets.yaml": ROCKETS.replace("\n    ", "\n"),
    "indicators/campaign.yaml": CAMPAIGN.replace("\n    ", "\n"),
}


def read_all() -> tuple[PackDocuments, ...]:
    read = read_packs([pack_files("core", CORE), pack_files("test", OWN)])
    assert not read.faults
    return read.packs


def pack_files(name: str, files: dict[str, str]) -> PackFiles:
    folder = PurePath(name)
    raw = {folder / path: text.encode() for path, text in files.items()}
    return PackFiles(name, folder, raw)


def report(text: str) -> Event:
    at = datetime(2026, 11, 20, tzinfo=UTC) + timedelta(hours=1)
    return Event(id="1", source="a", text=text, occurred_at=at, recorded_at=at)


def test_a_rule_keeps_the_lists_that_it_names_and_those_that_they_name() -> None:
    packs = {pack.name: pack for pack in narrow_packs(read_all(), KEY)}

    words = [each.document.name for each in packs["core"].word_lists]
    assert words == ["denied", "hit", "strike"]
    assert [each.document.name for each in packs["test"].lists] == ["groups"]


def test_a_rule_keeps_what_it_stands_over_and_no_other() -> None:
    packs = narrow_packs(read_all(), ("test", "campaign"))

    rules = {rule.document.name for pack in packs for rule in pack.rules}
    assert rules == {"campaign", "rockets"}


def test_alone_it_is_explained_as_among_all_others() -> None:
    packs = read_all()
    narrow = narrow_packs(packs, KEY)
    alone, faults = RuleFiles(narrow, ()).rulebook()
    among, _ = RuleFiles(packs, ()).rulebook()

    assert not faults
    for text in ("Badr struck the base.", "Badr denied that it hit the base.", "Floods hit Basra."):
        explained = explain_rule(ReviewedRules(narrow, alone), KEY, report(text), Past((), None))
        assert explained == explain_rule(
            ReviewedRules(packs, among), KEY, report(text), Past((), None)
        )


def test_a_rule_is_found_by_its_name_and_by_its_pack_and_name() -> None:
    packs = read_all()

    assert find_rules(packs, "hits") == find_rules(packs, "test/hits") == (KEY,)
    assert find_rules(packs, "core/hits") == ()
