from itertools import chain
from time import process_time

import pytest

from services.matcher.domain.text.fold import fold
from services.matcher.domain.text.scan import ScannedText, Scanner, ScanResult, WordSpan
from services.matcher.domain.text.spellings import (
    MOST_SPELLINGS,
    SpelledName,
    script_spellings,
    spell_name,
)


def find_all(name: str, text: str) -> list[str]:
    spelled = spell_name(name, sure=True)
    assert spelled is not None
    scan = Scanner(spelled.literals()).scan([ScannedText("text", text), ScannedText("more", "al")])
    return [scan.folded[start:end] for start, end in find_spans(spelled, scan)]


def find_spans(spelled: SpelledName, scan: ScanResult) -> list[WordSpan]:
    anchors = chain.from_iterable(map(scan.find_literal, spelled.literals()))
    return sorted({*spelled.find(scan.folded, anchors)})


@pytest.mark.parametrize(
    ("name", "spelling"),
    [
        ("Kata'ib Hezbollah", "Kataeb Hizballah"),
        ("Kata'ib Sayyid al-Shuhada", "Kataib Sayyed ash-Shohada"),
        ("Muqtada al-Sadr", "Moktada el-Sadr"),
        ("Muqtada al-Sadr", "Moqtada as Sadr"),
        ("Muqtada al-Sadr", "Muqtada AlSadr"),
        ("Muqtada al-Sadr", "Muqtada Sadr"),
        ("Hadi al-Amiri", "Hadi al-Ameri"),
        ("Hadi al-Amiri", "Hady Alamiry"),
        ("Asa'ib Ahl al-Haq", "Asaib Ahl ul-Haqq"),
        ("Asa'ib Ahl al-Haq", "Asaeb Ahl Haq"),
        ("Saraya al-Salam", "Sarayat as-Salam"),
        ("Qassem Soleimani", "Qasim Sulaymani"),
        ("Abu Mahdi al-Muhandis", "Abou Mehdi al-Mohandes"),
        ("Adil Abdul-Mahdi", "Adel Abd al-Mahdi"),
        ("Adil Abdul-Mahdi", "Adel Abdelmahdi"),
        ("Hashd al-Sha'abi", "Hashd Shaabi"),
        ("Jafar al-Husseini", "Jaafar al-Husayni"),
        ("Faleh al-Fayyadh", "Falih Fayad"),
        ("Nasr al-Shammari", "Nasr ash-Shamari"),
    ],
)
def test_a_name_is_found_in_another_spelling(name: str, spelling: str) -> None:
    assert find_all(name, f"He met {spelling}, they said") == [fold(spelling).strip()]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Muqtada al-Sadr", "Muqtada of Sadr"),
        ("Muqtada al-Sadr", "Sadr al-Muqtada"),
        ("Kata'ib Hezbollah", "Hezbollah"),
        ("Badr Organization", "Badr Organisation"),
        ("Abu Mahdi al-Muhandis", "Abu al-Muhandis"),
    ],
)
def test_other_words_are_not_found(name: str, text: str) -> None:
    assert find_all(name, text) == []


@pytest.mark.parametrize(
    ("name", "arabic"),
    [
        ("Muqtada al-Sadr", True),
        ("Harakat Nujaba", True),
        ("as-Salam Companies", True),
        ("base at Erbil", False),
        ("Peace Companies", False),
        ("Green Zone", False),
        ("كتائب حزب الله", False),
    ],
)
def test_an_arabic_name_is_known_by_its_words(name: str, arabic: bool) -> None:
    assert (spell_name(name) is not None) is arabic


def test_a_known_word_marks_a_name_as_arabic() -> None:
    assert spell_name("Khazali") is None
    assert spell_name("Khazali", {"khazali"}) is not None


def test_the_spellings_of_a_word_are_bounded() -> None:
    spelled = spell_name("u'aisusaisusaisusaisuqi", sure=True)

    assert spelled is not None
    assert len(spelled.elements[0]) <= MOST_SPELLINGS + 1


def test_a_name_between_two_texts_is_not_found() -> None:
    spelled = spell_name("Muqtada al-Sadr")
    assert spelled is not None
    texts = [ScannedText("title", "Muqtada"), ScannedText("text", "al-Sadr")]

    assert find_spans(spelled, Scanner(spelled.literals()).scan(texts)) == []


def test_an_anchor_that_a_report_repeats_costs_linear_time() -> None:
    spelled = spell_name("Abu Mahdi al-Muhandis")
    assert spelled is not None
    scanner = Scanner(spelled.literals())

    def seconds(count: int) -> float:
        scan = scanner.scan([ScannedText("text", "mahdi al muhandis " * count)])
        start = process_time()
        assert find_spans(spelled, scan) == []
        return process_time() - start

    short = min(seconds(1_000) for _ in range(5))

    assert min(seconds(8_000) for _ in range(3)) < 24 * max(short, 1e-4)


def test_arabic_script_has_cases_and_spaces_too() -> None:
    assert script_spellings("أبو مهدي المهندس") == (
        "ابو مهدي المهندس",
        "ابي مهدي المهندس",
        "ابا مهدي المهندس",
    )
    assert "عادل عبدالمهدي" in script_spellings("عادل عبد المهدي")
    assert "القوات الاميركيه" in script_spellings("القوات الأمريكية")
