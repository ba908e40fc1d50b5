"""What word lists cost: `python -m bench.words`. The time to build, the memory, and a report.

Forty lists of made-up words, English and Arabic, have some 130,000 forms. A rule for each asks for
two of them near each other, so that their words are looked for in every report. The cost a report
is that of the scan for a thousand rules and these less that for the thousand, in time of the
processor, the median of nine passes in turns. What a rule costs that is asked is not in it:
`bench.engine` has rules, `bench.says` rules with lists.
"""

import gc
import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median

from bench.language import ROOTS
from bench.reports import Tongues, reports, tongues
from bench.reports import pack as rules_pack
from schemas.event import Event
from schemas.pack import Pack
from schemas.rule import DetectionRule
from schemas.word_list import WordList
from services.document_faults import DocumentLocation
from services.matcher.domain.detection.view import scanned_texts
from services.matcher.domain.packs.documents import LocatedDocument, PackDocuments
from services.matcher.domain.rules.compile_pack import compile_packs
from services.matcher.domain.text.scan import ScannedText, Scanner

LISTS = 40
RULES = 1_000
REPORTS = {300: 1500, 2000: 400}
PASSES = 9
FIELDS = ("title", "text", "actors")
ORIGIN = DocumentLocation("bench.yaml")


def main() -> None:
    """Build, measure and print."""
    known, dice = tongues(), random.Random("words")  # noqa: S311  (the same lists in every run)
    pack = _pack([_word_list(known, dice, number) for number in range(LISTS)])
    gc.collect()
    memory, began = _resident(), time.process_time()
    rulebook, faults = compile_packs([pack])
    built = time.process_time() - began
    gc.collect()
    if faults:
        raise ValueError(str(faults[0]))
    forms = {form for each in rulebook.packs[0].lists.words.values() for form in each.triggers()}
    print(f"{len(forms):,} forms: built in {built:.2f} s, {_resident() - memory:.0f} MiB")
    plain = rules_pack(known, RULES, 0)
    scanners = _scanner(plain), _scanner(plain, pack)
    for length, count in REPORTS.items():
        texts = [_texts(raw) for raw in reports(known, count, length)]
        print(f"{length:5} characters: {_added(scanners, texts):5.1f} µs more a report")


def _scanner(*packs: PackDocuments) -> Scanner:
    rulebook, _ = compile_packs(packs)
    return rulebook.scanner


def _pack(lists: Sequence[WordList]) -> PackDocuments:
    return PackDocuments(
        name="lists",
        pack=Pack(title="Lists", owner="bench"),
        word_lists=tuple(LocatedDocument(word_list, ORIGIN) for word_list in lists),
        rules=tuple(LocatedDocument(_rule(number), ORIGIN) for number in range(LISTS)),
    )


def _rule(number: int) -> DetectionRule:
    phrase = f"%list_{number}% ~4 %list_{(number + 1) % LISTS}%"
    return DetectionRule.model_validate(
        {
            "title": f"rule_{number}",
            "name": f"rule_{number}",
            "logsource": {"category": "report"},
            "detection": {"it": {"words|phrase": phrase}, "condition": "it"},
        }
    )


def _word_list(known: Tongues, dice: random.Random, number: int) -> WordList:
    """Verbs, nouns and pairs of words, in two languages."""
    words = {"en": [*_english(known, dice)], "ar": [*_arabic(dice)]}
    return WordList.model_validate({"name": f"list_{number}", "kind": "words", "words": words})


def _english(known: Tongues, dice: random.Random) -> Iterator[str]:
    for _ in range(20):
        yield f"{known.english.rank(dice, 300, 20_000)}/{dice.choice('vn')}"
    for _ in range(8):
        first, second = (known.english.rank(dice, 60, 20_000) for _ in range(2))
        yield f"{first}/v ~2 {second}"


def _arabic(dice: random.Random) -> Iterator[str]:
    for _ in range(3):
        verb, noun = ("".join(dice.choices(ROOTS, k=3)) for _ in range(2))
        yield from (f"{verb}|{verb}|ت{verb}/v", f"{noun}|م{noun}/n")


def _texts(raw: bytes) -> tuple[ScannedText, ...]:
    return scanned_texts(Event.model_validate_json(raw), FIELDS)


def _added(scanners: tuple[Scanner, Scanner], texts: Sequence[tuple[ScannedText, ...]]) -> float:
    """Microseconds a report: the scan with the lists less the scan without them."""
    without, with_lists = scanners
    costs = [(_cost(with_lists, texts), _cost(without, texts)) for _ in range(PASSES)]
    return median(more - less for more, less in costs)


def _cost(scanner: Scanner, texts: Sequence[tuple[ScannedText, ...]]) -> float:
    began = time.process_time()
    for each in texts:
        scanner.scan(each)
    return (time.process_time() - began) / len(texts) * 1e6


def _resident() -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS:"))


if __name__ == "__main__":
    main()
