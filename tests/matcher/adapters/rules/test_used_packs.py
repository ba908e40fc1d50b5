"""Packs that other packs use are found beside them, and travel with them."""

from pathlib import Path

from services.matcher.adapters.rules.pack_files import bundle_files, unbundle_files
from services.matcher.adapters.rules.rule_files import read_packs, read_rule_files
from services.matcher.adapters.rules.used_packs import read_with_used
from tests.matcher.adapters.rules.packs import write_pack

WORDS = """
    name: appoint
    kind: words
    words: {en: [appoint/v]}
    cases: {holds: [appointed]}
"""
RULE = """
    title: Appointed
    name: appointed
    logsource: {category: report}
    detection:
      words: {words|phrase: '%appoint%'}
      condition: words
"""


def using(name: str) -> str:
    return f"title: Pack\nowner: desk\nuses: [{name}]\n"


def write_both(folder: Path) -> Path:
    write_pack(folder, "core", lists__appoint=WORDS)
    return write_pack(folder, pack=using("core"), indicators__appointed=RULE)


def test_a_used_pack_is_read_from_beside_the_pack(tmp_path: Path) -> None:
    pack = write_both(tmp_path)

    for folder in (pack, tmp_path):
        read = read_rule_files(folder)
        book, faults = read.rulebook()

        assert not faults
        assert [each.name for each in read.packs] == ["core", "iraq"]
        assert ("iraq", "appointed") in book.windows


def test_no_other_pack_beside_it_is_read(tmp_path: Path) -> None:
    pack = write_both(tmp_path)
    write_pack(tmp_path, "other")

    assert [each.name for each in read_rule_files(pack).packs] == ["core", "iraq"]


def test_a_used_pack_that_is_not_there_is_a_fault_of_the_pack(tmp_path: Path) -> None:
    pack = write_pack(tmp_path, pack=using("core"))

    _, faults = read_rule_files(pack).rulebook()

    (fault,) = faults
    assert str(fault).startswith(f"{pack}/pack.yaml:3: uses.0: there is no pack 'core' to use ")
    assert str(fault).endswith("(its folder stands beside that of this pack)")


def test_a_name_that_leads_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    write_pack(tmp_path / "secret", "core")
    pack = write_pack(tmp_path / "rules", pack=using("../secret/core"))

    read = read_rule_files(pack)

    assert [each.name for each in read.packs] == ["iraq"]
    assert "pack.yaml:3: uses.0: " in str(read.faults[0])


def test_packs_that_use_each_other_are_read_once(tmp_path: Path) -> None:
    write_pack(tmp_path, "core", pack=using("iraq"), lists__appoint=WORDS)
    pack = write_pack(tmp_path, pack=using("core"), indicators__appointed=RULE)

    read = read_rule_files(pack)

    assert [each.name for each in read.packs] == ["core", "iraq"]
    assert not read.rulebook()[1]


def test_a_bundle_has_the_files_of_used_packs(tmp_path: Path) -> None:
    packs, _ = read_with_used(write_both(tmp_path))

    again, faults = unbundle_files(bundle_files(packs))
    book, more = read_packs(again, faults).rulebook()

    assert not more
    assert ("iraq", "appointed") in book.windows


def test_a_list_of_another_kind_is_a_fault(tmp_path: Path) -> None:
    pack = write_pack(tmp_path, lists__words=WORDS.replace("words\n", "word\n", 1))

    (fault,) = read_rule_files(pack).faults

    assert str(fault) == f"{pack}/lists/words.yaml:3: kind: must be 'words'"


def test_a_key_that_no_word_list_has_is_a_fault(tmp_path: Path) -> None:
    pack = write_pack(tmp_path, lists__words=WORDS.replace("cases", "case", 1))

    (fault,) = read_rule_files(pack).faults

    assert "lists/words.yaml:5: case: there is no such key (did you mean cases?)" in str(fault)
