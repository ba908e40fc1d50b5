"""What `says` costs: `python -m bench.says`. A thousand rules, and with 200 of them by `says`.

Both rulebooks are asked about the same reports in turns, from bytes to signals, in time of the
processor; the second has the lists of `rules/core` too, and each of its 200 rules asks whether a
member of the watched list does what one of them means. Medians of nine passes, and their ratio.
"""

import gc
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import cycle
from pathlib import Path
from statistics import median

from bench.reports import pack, reports, tongues
from schemas.event import Event
from schemas.rule import DetectionRule, RuleDocument
from services.matcher.adapters.rules.rule_files import read_rule_files
from services.matcher.domain.packs.documents import LocatedDocument, PackDocuments
from services.matcher.domain.rules.compile_pack import compile_packs
from services.matcher.domain.rules.rulebook import Rulebook
from services.matcher.domain.rules.signals import make_signals

RULES = 1_000
SAYING = 200
REPORTS = {300: 1500, 2000: 400}
PASSES = 9
CORE = Path("rules/core")


def main() -> None:
    """Build both, measure and print."""
    known = tongues()
    plain = pack(known, RULES, 0)
    core = read_rule_files(CORE).packs
    books = [_compile([plain]), _compile([*core, _with_says(plain, core[0])])]
    print(f"{'characters':>10}{'µs':>8}{'with says':>11}{'ratio':>7}")
    for length, count in REPORTS.items():
        without, with_says = _measure(books, reports(known, count, length))
        print(f"{length:10}{without:8.1f}{with_says:11.1f}{with_says / without:7.2f}")


def _with_says(plain: PackDocuments, core: PackDocuments) -> PackDocuments:
    """The pack with its last rules replaced, and with the lists of core."""
    asked = cycle(located.document.name for located in core.word_lists)
    kept = plain.rules[:-SAYING]
    return replace(
        plain,
        pack=plain.pack.model_copy(update={"uses": (core.name,)}),
        rules=(*kept, *_saying(plain, asked)),
    )


def _saying(plain: PackDocuments, asked: Iterator[str]) -> Iterator[LocatedDocument[RuleDocument]]:
    for located in plain.rules[-SAYING:]:
        says = {"words|says": [f"%watched% > %{next(asked)}%"]}
        rule = DetectionRule.model_validate(
            {
                "title": located.document.name,
                "name": located.document.name,
                "logsource": {"category": "report"},
                "detection": {"it": says, "condition": "it"},
            }
        )
        yield LocatedDocument(rule, located.origin)


def _compile(packs: Sequence[PackDocuments]) -> Rulebook:
    rulebook, faults = compile_packs(packs)
    if faults:
        raise ValueError(str(faults[0]))
    return rulebook


def _measure(books: Sequence[Rulebook], raw: Sequence[bytes]) -> list[float]:
    gc.collect()
    costs = [[_cost(book, raw) for book in books] for _ in range(PASSES)]
    return [median(of_book) for of_book in zip(*costs, strict=True)]


def _cost(book: Rulebook, raw: Sequence[bytes]) -> float:
    began = time.process_time()
    for value in raw:
        make_signals(book, Event.model_validate_json(value))
    return (time.process_time() - began) / len(raw) * 1e6


if __name__ == "__main__":
    main()
