import json
import time
from pathlib import Path

import pytest
from hypothesis import given, settings

from services.matcher.domain.text.fold import fold
from services.matcher.domain.text.names import canonical_name, find_organisations
from services.matcher.domain.text.organisation_heads import DEFAULT, heads_of
from tests.examples import scale_examples
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


@settings(max_examples=scale_examples(400))
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
