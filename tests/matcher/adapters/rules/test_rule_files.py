from pathlib import Path

import pytest

from services.matcher.adapters.rules.pack_files import bundle_files, read_folder, unbundle_files
from services.matcher.adapters.rules.rule_files import read_packs, read_rule_files
from tests.matcher.adapters.rules.packs import (
    HEAD,
    PROXIES,
    ROCKETS,
    changed,
    faults_of,
    write_pack,
)


def test_a_good_pack_has_no_fault(tmp_path: Path) -> None:
    pack = write_pack(tmp_path)

    files = read_rule_files(pack)
    book, faults = files.rulebook()

    assert not faults
    assert files.packs[0].name == "iraq"
    assert set(book.windows) == {("iraq", "rockets")}


def test_a_folder_of_packs_is_read_whole(tmp_path: Path) -> None:
    write_pack(tmp_path, "a")
    write_pack(tmp_path, "b")

    assert [pack.name for pack in read_rule_files(tmp_path).packs] == ["a", "b"]


def test_a_folder_without_a_pack_is_a_fault(tmp_path: Path) -> None:
    (fault,) = read_rule_files(tmp_path).faults

    assert "no pack.yaml in it" in fault.message


def test_no_pack_has_the_name_of_the_alerts_about_vedette_itself(tmp_path: Path) -> None:
    write_pack(tmp_path, "vedette")
    write_pack(tmp_path, "iraq")

    read = read_rule_files(tmp_path)

    assert [pack.name for pack in read.packs] == ["iraq"]
    (fault,) = read.faults
    assert str(fault).startswith(f"{tmp_path}/vedette/pack.yaml:1: no pack may be called vedette")


@pytest.mark.parametrize(
    "sources",
    [
        "{wire: {every: often}}",
        "{wire: {every: 0h}}",
        "{wire: {every: 1h, often: 1h}}",
        "{wire: {every: 1h, level: loud}}",
        "{wire: {level: low}}",
        "{a wire: {every: 1h}}",
    ],
)
def test_a_rhythm_that_is_none_is_a_fault_at_its_line(tmp_path: Path, sources: str) -> None:
    pack = write_pack(tmp_path, pack=f"title: Test\nowner: desk\nsources: {sources}\n")

    (fault,) = faults_of(pack)

    assert fault.startswith("pack.yaml:3: sources.")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("level: high\n", "levle: high\n", ":8: levle: there is no such key (did you mean level?)"),
        (
            "expect: silent",
            "expect: slient",
            "expect: must be a list or 'silent' (did you mean silent?)",
        ),
        ("level: high\n", "level: hihg\n", "or 'critical' (did you mean high?)"),
        ("level: high\n", "level: urgent\n", ":8: level: must be 'informational', 'low'"),
        ("    title: Rockets\n", "", ":2: title: is missing"),
        ("title: Rockets\n", "title: 5\n", ":2: title: must be a text"),
        ("name: rockets\n", "name: Rockets!\n", ":3: name: must be of a-z, 0-9, _ and -"),
        ("level: high\n", "level: high\n    level: low\n", ":9: level: is there twice"),
        ("level: high\n", "5: high\n", ":8: 5: a key is a text"),
        ("level: high\n", "resolve_after: 5\n", ":8: resolve_after: 5 is no time span"),
        ("condition: fire\n", "condition: smoke\n", ":7: detection.condition: "),
        (
            "  condition: fire\n",
            "condition: fire\n",
            ":7: condition: there is no such key (condition is a key of another part: see how far",
        ),
        ("rocket* hit* ~3}", "rocket(s|ed)}", "beside letters: (one|other) is a word"),
        (
            "{words|phrase: rocket* hit* ~3}",
            "{wrods|phrase: rocket}",
            ":6: detection.fire.wrods|phrase: no event has a field 'wrods' (did you mean words?)",
        ),
        (
            "{words|phrase: rocket* hit* ~3}",
            "{geo|within_km: taji 5}",
            ":6: detection.fire.geo|within_km: this pack has no site 'taji'",
        ),
        (
            "{words|phrase: rocket* hit* ~3}",
            "{country: NO}",
            ":6: detection.fire.country: YAML reads",
        ),
        (
            "{words|phrase: rocket* hit* ~3}",
            "{title: 12:30}",
            ":6: detection.fire.title: YAML reads",
        ),
        ("{words|phrase: rocket* hit* ~3}", "{title: 017}", ":6: detection.fire.title: YAML reads"),
        (
            "{words|phrase: rocket* hit* ~3}",
            "{title: 2020-01-24}",
            ":6: detection.fire.title: 2020-01-24 is a date in YAML",
        ),
        (
            "{words|phrase: rocket* hit* ~3}",
            "{title: !x y}",
            ":6: detection.fire.title: the YAML tag",
        ),
        (
            "{words|phrase: rocket* hit* ~3}",
            "{title: !!python/object/apply:os.system [id]}",
            ":6: detection.fire.title: the YAML tag 'python/object/apply:os.system' is not",
        ),
        (
            "{words|phrase: rocket* hit* ~3}",
            "{title: !!set {a}}",
            ":6: detection.fire.title: the YAML tag 'set' is not",
        ),
        ("{at: 1h, text: Nothing", "{at: 1h, txt: Nothing", ""),
        ("level: high\n", "level: [high\n", "is no YAML"),
        ("level: high\n", "level: @high\n", "is no YAML"),
        ("level: high\n", "level: hi\x00gh\n", ":8: is no YAML: the character U+0000 may not be"),
        ("level: high\n", "<<: {level: high}\n", ":8: <<: maps are not merged here (write"),
        ("level: high\n", f"level: {'9' * 5000}\n", ":8: level: a number of 5000 characters"),
        ("title: Rockets\n", "title: [Rockets]\n", ":2: title: must be a text"),
        ("title: Rockets\n", "title: ''\n", ":2: title: must not be empty"),
    ],
)
def test_a_fault_is_told_with_its_line_and_field(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    pack = write_pack(tmp_path, indicators__rockets=changed(ROCKETS, old, new))

    faults = faults_of(pack)

    if message:
        assert message in faults[0]
        assert faults[0].startswith("indicators/rockets.yaml:")
    else:
        assert faults == []


def test_a_floor_is_of_a_rule_that_the_pack_has(tmp_path: Path) -> None:
    floors = "[{rule: rockets, recall: 0.5}, {rule: rocket, recall: 0.5}]"

    (fault,) = faults_of(write_pack(tmp_path, pack=f"{HEAD}    floors: {floors}\n"))

    message = "this pack has no rule 'rocket' (did you mean rockets?)"
    assert fault == f"pack.yaml:4: floors.1.rule: {message}"


def test_a_hypothesis_at_fault_takes_no_other_with_it(tmp_path: Path) -> None:
    good = "{name: b, title: B, indicators: [{rule: rockets, weight: 1}], levels: LEVELS}"
    levels = "{watch: 1, elevated: 2, high: 3}"
    file = f"hypotheses:\n- {good}\n- {good}\n".replace("LEVELS", levels)
    bad = file.replace("name: b", "name: a", 1).replace("watch: 1", "watch: 9", 1)

    read = read_rule_files(write_pack(tmp_path, hypotheses=bad))

    (fault,) = read.faults
    assert fault.field == "hypotheses.0.levels"
    ((hypothesis,),) = [pack.hypotheses for pack in read.packs]
    assert (hypothesis.document.name, hypothesis.origin.line(("title",))) == ("b", 3)


@pytest.mark.parametrize("head", ["two words", "5th", "*", "bri*gade", "al-x", ""])
def test_a_head_noun_is_one_word(tmp_path: Path, head: str) -> None:
    pack = write_pack(tmp_path, pack=f"{HEAD}    organisation_heads: [front, {head!r}]\n")

    (fault,) = faults_of(pack)

    assert fault.startswith("pack.yaml:4: organisation_heads.1: ")


def test_a_date_elsewhere_is_text(tmp_path: Path) -> None:
    dated = changed(ROCKETS, "level: high\n", "level: high\n    date: 2020-01-24\n")

    pack = read_rule_files(write_pack(tmp_path, indicators__rockets=dated)).packs[0]

    assert pack.rules[0].document.date == "2020-01-24"


def test_every_fault_of_every_file_is_told_and_the_good_rules_run(tmp_path: Path) -> None:
    pack = write_pack(
        tmp_path,
        pack=changed(HEAD, "owner", "ownr"),
        lists__broken="members: [{id: a}]",
        indicators__broken="a: [",
        indicators__empty="# nothing\n",
        indicators__unknown=changed(ROCKETS, "level: high\n", "levle: high\n"),
        hypotheses="hypotheses: [{name: a}]",
    )
    (pack / "stray.yml").write_text("x: 1")

    book, _ = read_rule_files(pack).rulebook()
    files = {fault.partition(":")[0] for fault in faults_of(pack)}

    assert files == {
        "pack.yaml",
        "lists/broken.yaml",
        "indicators/broken.yaml",
        "indicators/empty.yaml",
        "indicators/unknown.yaml",
        "hypotheses.yaml",
        "stray.yml",
    }
    assert set(book.windows) == {("iraq", "rockets")}


def test_faults_of_a_second_document_have_their_own_lines(tmp_path: Path) -> None:
    second = changed(ROCKETS, "name: rockets\n", "name: more\n    tag: x\n")

    (fault,) = faults_of(write_pack(tmp_path, indicators__rockets=f"{ROCKETS}---{second}"))

    assert fault.startswith("indicators/rockets.yaml:20: tag: there is no such key")


def test_of_an_alias_that_is_neither_text_nor_map_one_fault_is_told(tmp_path: Path) -> None:
    (fault,) = faults_of(write_pack(tmp_path, lists__proxies=changed(PROXIES, "[بدر]", "[5]")))

    assert fault.startswith("lists/proxies.yaml:4: members.0.aliases.0: must be a text")


def test_a_file_that_is_no_utf_8_is_a_fault_with_its_line(tmp_path: Path) -> None:
    pack = write_pack(tmp_path)
    (pack / "indicators" / "latin.yaml").write_bytes("title: x\nname: é\n".encode("latin-1"))

    assert faults_of(pack) == ["indicators/latin.yaml:2: is not UTF-8 (save it as UTF-8)"]


def test_a_file_of_aliases_upon_aliases_is_refused_quickly(tmp_path: Path) -> None:
    lines = ["a0: &a0 [x, x]"] + [
        f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}, *a{n - 1}, *a{n - 1}]" for n in range(1, 30)
    ]

    faults = faults_of(write_pack(tmp_path, indicators__bomb="\n".join(lines)))

    assert "too many or too deeply nested values" in faults[0]


@pytest.mark.parametrize("depth", [900, 100_000])
def test_a_file_that_is_nested_too_deeply_is_refused(tmp_path: Path, depth: int) -> None:
    faults = faults_of(write_pack(tmp_path, indicators__deep=f"a: {'[' * depth}{']' * depth}"))

    assert faults[0].startswith("indicators/deep.yaml:1: ")
    assert "nested" in faults[0]


def test_a_pack_is_the_same_from_its_folder_and_from_a_bundle(tmp_path: Path) -> None:
    places = "name: bases\nsites: [{id: taji, name: Taji, lat: 33.5, lon: 44.2, radius_km: 6}]\n"
    write_pack(tmp_path, places__bases=places, hypotheses="hypotheses: []\n")
    packs, _ = read_folder(tmp_path)

    files = bundle_files(packs)
    again, faults = unbundle_files(files)
    book, _ = read_packs(again).rulebook()

    assert not faults
    assert [*files] == [
        f"iraq/{name}.yaml"
        for name in ("hypotheses", "indicators/rockets", "lists/proxies", "pack", "places/bases")
    ]
    assert bundle_files(again) == files
    assert book.windows == read_rule_files(tmp_path).rulebook()[0].windows
    assert book.packs[0].lists.places.sites


@pytest.mark.parametrize("name", [".", "iraq"])
def test_a_bundle_names_the_pack_by_its_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    pack = write_pack(tmp_path)
    monkeypatch.chdir(pack if name == "." else pack.parent)

    packs, _ = read_folder(Path(name))

    assert {path.partition("/")[0] for path in bundle_files(packs)} == {"iraq"}
