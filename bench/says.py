"""What `says` costs: `python -m bench.says`. A thousand rules, and with 200 of them by `says`.

Both rulebooks are asked about the same reports in turns, from bytes to signals, in time of the
processor; the second has the lists of `rules/core` too, and each of its 200 rules asks whether a
member of the watched list does what one of them means. Medians of nine passes, and their ratio.

Reports are made up, with words of lists and names of members as often as news has them
(`bench.news_like`); with `--news FILE` they are those of a file that are about
as long, and watched are all whom `rules/iraq-2020` lists.
"""

import argparse
import gc
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from statistics import median

from bench.news_like import news_like_reports
from bench.news_statistics import CORE, LENGTHS, read_news, watching_packs
from bench.reports import pack, tongues
from schemas.event import Event
from schemas.rule import DetectionRule, Member, NamedList, RuleDocument
from services.matcher.adapters.rules.rule_files import read_rule_files
from services.matcher.domain.detection.report_sentences import GRAMMAR_LISTS
from services.matcher.domain.packs.documents import LocatedDocument, PackDocuments
from services.matcher.domain.rules.compile_pack import compile_packs
from services.matcher.domain.rules.matching import derive_values
from services.matcher.domain.rules.rulebook import Rulebook
from services.matcher.domain.rules.signals import make_signals

RULES = 1_000
SAYING = 200
REPORTS = {300: 1500, 2000: 400}
PASSES = 9
MEMBERS = 60
NAMES_EACH = 3
"""As in `bench.reports`."""


@dataclass(frozen=True, slots=True)
class SaysMaterial:
    """Who is watched, and reports by their length."""

    watched: NamedList
    reports: dict[int, list[bytes]]


def main() -> None:
    """Build both rulebooks, measure and print."""
    news = _arguments().news
    material = _read(news) if news else _make_up()
    plain = _watching(pack(tongues(), RULES, 0), material.watched)
    core = read_rule_files(CORE).packs
    books = [_compile([plain]), _compile([*core, _with_says(plain, core[0])])]
    print(f"reports: {news.name if news else 'made up, like news'}")
    print(f"{'characters':>10}{'naming':>8}{'µs':>8}{'with says':>11}{'ratio':>7}")
    for length, reports in material.reports.items():
        without, with_says = _measure(books, reports)
        naming = f"{_naming(books[0], reports):.3f}"
        print(f"{length:10}{naming:>8}{without:8.1f}{with_says:11.1f}{with_says / without:7.2f}")


def _make_up() -> SaysMaterial:
    """Names of three words that no report has by chance, and reports with them."""
    known = tongues()
    rare = iter(known.english.words[-3 * MEMBERS * NAMES_EACH :])
    names = [" ".join(islice(rare, 3)) for _ in range(MEMBERS * NAMES_EACH)]
    members = (
        Member(id=f"watched-{number}", name=names[number], aliases=tuple(names[number::MEMBERS]))
        for number in range(MEMBERS)
    )
    reports = {
        length: news_like_reports(known, count, length, names) for length, count in REPORTS.items()
    }
    return SaysMaterial(NamedList(name="watched", members=tuple(members)), reports)


def _read(place: Path) -> SaysMaterial:
    """Real reports of about each length, spread over the file, and real names."""
    events = list(read_news(place))
    reports = {
        length: _spread([event for event in events if len(event.text or "") in like], length)
        for length, like in LENGTHS.items()
    }
    lists = (located.document for pack in watching_packs() for located in pack.lists)
    members = tuple(member for each in lists for member in each.members)
    return SaysMaterial(NamedList(name="watched", members=members), reports)


def _spread(events: Sequence[Event], length: int) -> list[bytes]:
    """As many of them, of the whole file, as there are made-up ones of this length; as JSON."""
    count = REPORTS[length]
    chosen = events[:: max(1, len(events) // count)][:count]
    return [event.model_dump_json(exclude_none=True).encode() for event in chosen]


def _watching(plain: PackDocuments, watched: NamedList) -> PackDocuments:
    """The pack with this list of members instead of its own."""
    return replace(plain, lists=(LocatedDocument(watched, plain.lists[0].origin),))


def _with_says(plain: PackDocuments, core: PackDocuments) -> PackDocuments:
    """The pack with its last rules replaced, and with the lists of core; cues are no acts."""
    names = [located.document.name for located in core.word_lists]
    asked = [name for name in names if name not in GRAMMAR_LISTS]
    return replace(
        plain,
        pack=plain.pack.model_copy(update={"uses": (core.name,)}),
        rules=(*plain.rules[:-SAYING], *_saying(plain, asked)),
    )


def _saying(plain: PackDocuments, lists: Sequence[str]) -> Iterator[LocatedDocument[RuleDocument]]:
    """Rules like those of a pack: somebody does it, of something, and something is not said."""
    for number, located in enumerate(plain.rules[-SAYING:]):
        act, of, no = (lists[(number * step + step) % len(lists)] for step in (1, 5, 7))
        says = {"words|says": [f"%watched% > %{act}%", f"%{of}%", f"!%{no}%"]}
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


def _naming(book: Rulebook, raw: Sequence[bytes]) -> float:
    """The fraction of reports that name a member."""
    events = map(Event.model_validate_json, raw)
    return sum(bool(derive_values(book, event, "entities")) for event in events) / len(raw)


def _measure(books: Sequence[Rulebook], raw: Sequence[bytes]) -> list[float]:
    gc.collect()
    gc.freeze()
    costs = [[_cost(book, raw) for book in books] for _ in range(PASSES)]
    return [median(of_book) for of_book in zip(*costs, strict=True)]


def _cost(book: Rulebook, raw: Sequence[bytes]) -> float:
    began = time.process_time()
    for value in raw:
        make_signals(book, Event.model_validate_json(value))
    return (time.process_time() - began) / len(raw) * 1e6


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.says", description=__doc__)
    parser.add_argument("--news", type=Path, help="reports as JSON lines, gzip")
    return parser.parse_args()


if __name__ == "__main__":
    main()
