import json
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from schemas.event import Event
from schemas.rule import NamedList
from services.matcher.domain.rules.matching import derive_values, find_unknown_names, match_event
from services.matcher.domain.rules.signals import make_signals
from services.matcher.domain.text.fold import fold
from services.matcher.domain.text.names import canonical_name, find_organisations
from services.matcher.domain.text.organisation_heads import DEFAULT, heads_of
from tests.matcher.rules import compiled, correlating, detecting, report, rulebook
from tests.matcher.wild_text import TEXTS

ROOT = Path(__file__).parents[4]
ICEWS = ROOT.parent / "shared" / "data" / "icews_iraq_actor_strings.tsv"
TIMELINE = ROOT / "rules" / "iraq-2020" / "timeline.jsonl"


def find_names(text: str) -> list[str]:
    return [mention.name for mention in find_organisations(text, DEFAULT)]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (
            "A group calling itself Saraya Imam al-Husayn al-Istishhadiya released a video.",
            ["Saraya Imam al Husayn al Istishhadiya"],
        ),
        (
            "It was Saraya Imam al-Husayn al-Istishhadiya.",
            ["Saraya Imam al Husayn al Istishhadiya"],
        ),
        ("The League of the Revolutionaries fired them.", ["League of the Revolutionaries"]),
        (
            "He left the Popular Front for the Liberation of Palestine.",
            ["Popular Front for the Liberation of Palestine"],
        ),
        ("Sadr's Promised Day Brigades are on alert.", ["Promised Day Brigades"]),
        ("The Imam Ali Brigade’s men left.", ["Imam Ali Brigade"]),
        ("On Monday The Iraqi Resistance Front spoke.", ["Iraqi Resistance Front"]),
        ("Iraq's Islamic Resistance Movement spoke.", ["Islamic Resistance Movement"]),
        ("the commander of Ansar-e-Hezbollah met them.", ["Ansar e Hezbollah"]),
        ("Iraqi Harakat al-Abdal spoke.", ["Harakat al Abdal"]),
        (
            "the Islamic Movement and Liwa al-Tafuf met Usbat al-Thairin.",
            ["Islamic Movement", "Liwa al Tafuf", "Usbat al Thairin"],
        ),
        ("An outfit which calls itself “The Company of the Ears”.", ["Company of the Ears"]),
        ("men of a new militia named Ashab al-Kahf fired.", ["Ashab al Kahf"]),
        ('a militia also known as "Wolves of the River", police say.', ["Wolves of the River"]),
        ("a cell calling itself the Avengers of Baghdad claims it.", ["Avengers of Baghdad"]),
        ("تبنت سرايا الإمام الحسين الاستشهادية الهجوم", ["سرايا الامام الحسين الاستشهاديه"]),
        ("بيان لكتائب سيد الشهداء في بغداد", ["كتايب سيد الشهدا"]),
        ("وعصبة الثائرين تهدد", ["عصبه الثايرين"]),
        ("جماعة تطلق على نفسها ثأر بغداد تتبنى الهجوم", ["ثار بغداد"]),
        ("فصيل يطلق على نفسه اسم «أولياء الدم»", ["اوليا الدم"]),
        ("A band calling itself “The” sang.", ["The"]),
        ("Saraya al-Ashura met.\nSaraya al-Jihad met.", ["Saraya al Ashura", "Saraya al Jihad"]),
        ("League of the Revolutionaries", ["League of the Revolutionaries"]),
    ],
)
def test_the_names_that_a_text_has(text: str, names: list[str]) -> None:
    assert find_names(text) == names


@pytest.mark.parametrize(
    "text",
    [
        "The movement and the front met.",
        "The Movement met. Front Commander Ali spoke of Freedom of Movement.",
        "On Friday Brigade 45 left; the First Brigade and the 45th Brigade stayed.",
        "Members of the Terrorist Organization and of the Ruling Coalition met.",
        "The Air Force and a Special Task Force met Foreign Oil Companies.",
        "ROCKETS HIT FRONT LINE IN MOSUL CITY",
        "Rockets Hit Army Base in Mosul",
        "A man named Ali Hassan came; the village is called Front.",
        "The group named Qais al-Khazali its leader.",
        "He calls himself a friend; it calls itself neutral.",
        "the brigade calling itself Iraq's shield",
        "حركة السير في بغداد",
        "الحركة الإسلامية واللواء الأول",
        "تدير حركة احتجاجية واسعة",
        "كتائب في الجيش",
        "a group calling itself “never closed, so it goes on and on, with no end in sight at all,",
        "",
    ],
)
def test_what_is_no_name(text: str) -> None:
    assert find_names(text) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Kata’ib al-Mu’mineen", "KATAʼIB Al-Mu'mineen"),
        ("Saraya Thawrāt", "Saraya Thawrat"),
        ("Saraya al‑Jihad", "Saraya al-Jihad"),
        ("سرايا الإمام", "سَرايا الامام"),
    ],
)
def test_two_spellings_that_fold_alike_are_one_name(one: str, other: str) -> None:
    assert find_names(f"{one}, they say.") == find_names(f"{other}, they say.") != []


def test_a_pack_may_give_its_own_head_nouns() -> None:
    heads = heads_of(["compan*", "Katā'ib", "فرقة"])
    text = "The Revenge Companies, the Revenge Brigade, Kata'ib al-Noor met فرقة العباس القتالية"

    names = [mention.name for mention in find_organisations(text, heads)]

    assert names == ["Revenge Companies", "Kataib al Noor", "فرقه العباس القتاليه"]


@settings(max_examples=400)
@given(TEXTS)
def test_names_of_any_text_lie_within_it_and_are_spelt_in_one_way(text: str) -> None:
    reach = 0
    for mention in find_organisations(text, DEFAULT):
        assert reach <= mention.span.start < mention.span.end <= len(text)
        assert (
            mention.span.start
            <= mention.head_span.start
            < mention.head_span.end
            <= mention.span.end
        )
        assert mention.name == canonical_name(mention.name) == canonical_name(mention.name.upper())
        assert fold(mention.name).strip() in fold(text[mention.span.start : mention.span.end])
        reach = mention.span.end


@pytest.mark.parametrize(
    "piece",
    [
        "Saraya al-",
        "of the ",
        "A B Front ",
        "B C D E Front F. ",
        "ـ" * 99 + "وسرايا الحق ",
        'called "',
        "calling itself ",
        "سرايا ",
        "a group named ",
    ],
)
def test_finding_takes_time_in_proportion_to_the_text(piece: str) -> None:
    def spent(times: int) -> float:
        started = time.process_time()
        find_organisations(piece * times, DEFAULT)
        return time.process_time() - started

    short = min(spent(500) for _ in range(5))

    assert min(spent(4000) for _ in range(3)) < 24 * max(short, 1e-4)


def names_of(event: Event, **pack: Any) -> tuple[str, ...]:
    return derive_values(rulebook(**pack), event, "names")


def test_what_a_list_knows_is_no_unknown_name() -> None:
    text = (
        "Kata'ib Hezbollah and the League of the Revolutionaries met a spokesman of كتائب حزب الله."
    )

    assert names_of(report(text)) == ("League of the Revolutionaries",)


def test_a_name_that_only_has_a_known_one_in_it_is_unknown() -> None:
    assert names_of(report("The Badr Avengers Brigade spoke.")) == ("Badr Avengers Brigade",)


def test_names_stand_in_title_and_text() -> None:
    event = report("Usbat al-Thairin fired.", title="Video of Saraya al-Jihad", actors=["Liwa Ali"])

    assert names_of(event) == ("Saraya al Jihad", "Usbat al Thairin")


def test_names_are_told_as_the_report_first_writes_them() -> None:
    text = "Kata’ib\u00a0al-Noor, or KATAIB al-Noor, left. بيان لِكتائب الإمام"

    assert find_unknown_names(rulebook(), report(text)) == ("Kata’ib al-Noor", "كتائب الإمام")
    assert names_of(report(text)) == ("Kataib al Noor", "كتايب الامام")


def test_a_ligature_over_the_start_of_a_name_is_told_whole() -> None:
    text = "بيان \ufef7فواج المقاومة"

    assert find_unknown_names(rulebook(), report(text)) == ("\ufef7فواج المقاومة",)
    assert names_of(report(text)) == ("افواج المقاومه",)


def test_the_packs_head_nouns_are_used() -> None:
    event = report("The Revenge Companies and the Revenge Brigade met.")

    assert names_of(event, organisation_heads=["companies"]) == ("Revenge Companies",)


CLAIM = report("A group calling itself Usbat al-Thairin fired; Saraya al-Jihad did not.")


@pytest.mark.parametrize(
    "selection",
    [
        {"names|exists": True},
        {"names": "usbat al-Thā'irin"},
        {"names": "Saraya*"},
        {"names|contains": "jihad"},
        {"names|re": "^Usbat al"},
        {"names|neq": "Saraya al-Salam"},
    ],
    ids=str,
)
def test_a_selection_by_names_that_holds(selection: Any) -> None:
    assert match_event(rulebook(detecting(selection=selection)), CLAIM)


@pytest.mark.parametrize(
    "selection",
    [
        {"names|exists": False},
        {"names": None},
        {"names": "Usbat"},
        {"names|neq": "Saraya al-Jihad"},
    ],
    ids=str,
)
def test_a_selection_by_names_that_does_not_hold(selection: Any) -> None:
    assert not match_event(rulebook(detecting(selection=selection)), CLAIM)


@pytest.mark.parametrize(
    ("selection", "message"),
    [
        ({"names|phrase": "saraya"}, "names is a list of names: a phrase never holds there"),
        ({"names|expand": "%proxies%"}, "the names of a list never holds there"),
        (
            {"names|contains": "al-Jihad"},
            "names are folded: 'al-Jihad' is in none (write al jihad)",
        ),
        ({"names|gte": 3}, "a comparison never holds there"),
    ],
    ids=str,
)
def test_what_no_name_can_hold_is_refused(selection: Any, message: str) -> None:
    _, (fault,) = compiled(detecting(selection=selection))

    assert message in str(fault)


def test_the_spans_are_those_of_the_names() -> None:
    event = report("Saraya al-Jihad fired.", title="By Usbat al-Thairin")

    (match,) = match_event(rulebook(detecting(selection={"names|exists": True})), event)

    words = f"{event.title}\n{event.text}"
    spelled = [words[span.start : span.end] for span in match.spans]
    assert spelled == ["Usbat al-Thairin", "Saraya al-Jihad"]


def test_a_rule_may_count_and_group_by_names() -> None:
    base = detecting("claim", selection={"names": "Saraya*"})
    grouped = rulebook(base, correlating("many", ["claim"], group_by=["names"]))

    assert [signal.group for signal in make_signals(grouped, CLAIM)] == [
        {"names": "Saraya al Jihad"}
    ]


@settings(max_examples=100)
@given(TEXTS, TEXTS)
def test_the_unknown_names_of_any_report_lie_within_its_words(title: str, text: str) -> None:
    event = Event.model_construct(**report("x").__dict__ | {"title": title, "text": text})

    for match in match_event(rulebook(detecting(selection={"names|exists": True})), event):
        for span in match.spans:
            assert 0 <= span.start < span.end <= len(f"{title}\n{text}")


@pytest.mark.skipif(not ICEWS.exists(), reason="needs the shared data")
def test_of_icews_actor_strings_only_organisations_are_names() -> None:
    lines = ICEWS.read_text(encoding="utf-8").splitlines()[1:]
    actors = [line.split("\t")[0] for line in lines]

    names_by_actor = {
        actor: find_names(f"Members of the {actor} met in the city.") for actor in actors
    }

    named = {actor for actor, names in names_by_actor.items() if names}
    wrong = named - ICEWS_ORGANISATIONS
    missed = ICEWS_ORGANISATIONS - named
    assert len(wrong) <= 0.1 * len(named), sorted(wrong)
    assert missed == set()


ICEWS_ORGANISATIONS = frozenset(
    {
        "Ansar-e-Hezbollah",
        "Asa'ib Ahl al-Haq",
        "Badr Organization",
        "Communist Party (Iraq)",
        "Green Party (Iraq)",
        "Iraqi Communist Party",
        "Iraqi Islamic Party",
        "Iraqi National Movement",
        "Iraqi Air Force",
        "Kata'ib Hezbollah",
        "Kurdistan Democratic Party",
        "Mahdi Army",
        "Militia (Asa'ib Ahl al-Haq)",
        "National Alliance (Iraq)",
        "Patriotic Union of Kurdistan",
        "Quds Force",
        "United Iraqi Alliance",
    }
)


def test_every_name_in_the_timeline_is_an_organisations() -> None:
    lines = TIMELINE.read_text(encoding="utf-8").splitlines()
    events = [json.loads(line) for line in lines]

    organisations = {
        name
        for event in events
        for key in ("title", "text")
        for name in find_names(event.get(key) or "")
    }

    assert organisations == TIMELINE_ORGANISATIONS


TIMELINE_ORGANISATIONS = frozenset(
    {
        *("Saraya Imam al Husayn al Istishhadiya", "Mahdi Army", "Promised Day Brigades"),
        *("Kataib Hezbollah", "Asaib Ahl al Haq", "Harakat al Nujaba", "Iraqi Resistance Front"),
        *("Aerospace Force", "Quds Force", "Peace Companies"),
        *("Health Front", "سرايا السلام", "افواج المقاومه الدوليه", "تحالف الفتح", "حركه النجبا"),
        *("كتايب حزب الله", "جبهه المقاومه", "جبهه المقاومه العراقيه"),
    }
)


def test_a_name_whose_head_noun_ends_a_member_of_a_list_is_known() -> None:
    groups = NamedList.model_validate(
        {"name": "groups", "members": [{"id": "sons", "name": "Sons Front"}]}
    )
    book = rulebook(lists=(groups,))

    assert derive_values(book, report("The Sons Front attacked."), "names") == ()
    assert derive_values(book, report("The Lions Front attacked."), "names") == ("Lions Front",)
