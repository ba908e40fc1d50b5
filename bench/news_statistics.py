"""How often real news has words of the lists in `rules/core`, and names whom a pack watches.

`python -m bench.news_statistics NEWS` measures it on reports as JSON lines (gzip), each with an
`id`, a `language` and a `text`, and prints the figures below. These are of 22,680 reports of 2004
to 2017 (sport, trade, space, politics, war), 17,600 English and 5,080 Arabic; watched are all whom
`rules/iraq-2020` lists.
"""

import argparse
import gzip
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import NamedTuple

from schemas.event import Event
from services.matcher.adapters.event_file import read_events
from services.matcher.adapters.rules.rule_files import read_rule_files
from services.matcher.domain.detection.view import EventView
from services.matcher.domain.packs.documents import PackDocuments
from services.matcher.domain.rules.compile_pack import compile_packs
from services.matcher.domain.rules.matching import view_event
from services.matcher.domain.words.bind_lists import SharedLists
from services.matcher.domain.words.visible_lists import gather_lists
from services.matcher.domain.words.word_index import index_words

CORE = Path("rules/core")
WATCHING = Path("rules/iraq-2020")
KeysOf = Mapping[str, tuple[str, ...]]
LANGUAGES = ("en", "ar")
LENGTHS = {300: range(200, 400), 2000: range(1_200, 65_536)}
"""The reports that those of 300 and of 2,000 characters are like, by their length."""


class Naming(NamedTuple):
    """The fraction of reports that name somebody, and how many names such a report has."""

    reports: float
    names: float


NAMING = {300: Naming(0.092, 2.2), 2000: Naming(0.084, 4.3)}
LISTED = {"en": 0.147, "ar": 0.114}
"""The fraction of words that are of a list, by language."""
BY_LIST: Mapping[str, tuple[float, float]] = {
    "abduct": (0.8, 0.4),
    "agree": (2.7, 1.7),
    "allegiance": (0.0, 0.1),
    "american": (6.3, 1.0),
    "appoint": (1.2, 1.6),
    "arrest": (1.6, 0.9),
    "assassinate": (0.4, 0.2),
    "attack": (4.4, 2.2),
    "bounty": (0.0, 0.0),
    "call_for": (5.2, 5.8),
    "captive": (0.7, 0.2),
    "casualty": (1.0, 2.2),
    "civil": (1.0, 1.2),
    "claim": (0.0, 0.1),
    "clause_break": (2.9, 1.9),
    "coalition": (0.1, 0.0),
    "common_name": (0.0, 0.0),
    "coordinate": (0.6, 1.2),
    "demand": (2.5, 4.4),
    "denied": (5.7, 8.7),
    "denied_after": (0.1, 0.1),
    "direct_fire": (0.6, 0.9),
    "distance": (2.6, 1.7),
    "drone": (0.1, 0.1),
    "endorse": (1.2, 1.7),
    "exercise": (0.1, 0.1),
    "expel": (1.4, 1.1),
    "explosive": (0.8, 0.6),
    "fiction": (0.6, 0.7),
    "fighter": (6.6, 6.6),
    "foil": (0.1, 0.2),
    "foreign_force": (0.2, 0.1),
    "gather": (0.2, 0.2),
    "hit": (5.8, 4.3),
    "in_name_of": (0.1, 0.7),
    "indirect_fire": (0.1, 0.0),
    "join": (1.6, 2.5),
    "joint_command": (0.0, 0.0),
    "kill": (4.8, 2.9),
    "launch": (2.1, 1.9),
    "leader_role": (2.2, 5.9),
    "leave": (1.7, 1.5),
    "legislate": (3.9, 2.6),
    "march": (1.1, 1.0),
    "meet": (1.5, 3.5),
    "militia": (1.9, 2.5),
    "million_march": (0.0, 0.0),
    "missile": (0.2, 0.1),
    "more_to_come": (0.0, 0.0),
    "move": (1.8, 0.9),
    "negotiate": (2.2, 2.0),
    "new_force": (0.0, 0.0),
    "new_group": (0.0, 0.1),
    "nominate": (1.4, 1.5),
    "official": (7.9, 8.2),
    "order": (6.7, 9.1),
    "other_actor": (35.6, 24.3),
    "own": (9.8, 0.0),
    "parliament": (0.6, 2.1),
    "past": (0.3, 0.4),
    "position": (1.7, 3.5),
    "prime_minister": (0.2, 0.2),
    "protest_other": (0.0, 0.0),
    "raise_force": (2.0, 1.6),
    "release": (1.1, 0.9),
    "restraint": (0.2, 0.1),
    "retaliation_done": (0.0, 0.1),
    "revenge": (0.1, 0.0),
    "rocket": (0.3, 0.1),
    "simultaneous": (0.0, 0.1),
    "space": (0.9, 0.2),
    "split": (0.6, 0.5),
    "sport": (3.3, 4.8),
    "stall": (1.7, 1.7),
    "supposed": (5.2, 2.9),
    "take_lead": (1.8, 1.1),
    "talks": (0.9, 0.9),
    "threaten": (2.0, 1.0),
    "trade": (6.1, 0.4),
    "ultimatum": (0.1, 0.1),
    "unit": (4.4, 3.7),
    "us_force": (0.2, 0.1),
    "us_person": (0.2, 0.0),
    "us_site": (0.0, 0.0),
    "wound": (0.8, 1.6),
}
"""Of 1,000 words how many are of each list, in English and in Arabic; some are of several."""


@dataclass(slots=True)
class _Count:
    """What was counted in the reports of a language, or of a length."""

    words: int = 0
    listed: int = 0
    by_list: Counter[str] = field(default_factory=Counter)
    reports: int = 0
    naming: int = 0
    names: int = 0


def main() -> None:
    """Measure, and print the figures as they stand here."""
    index, names = core_index()
    languages = {language: _Count() for language in LANGUAGES}
    lengths = {length: _Count() for length in LENGTHS}
    for view in _views(_arguments().news):
        _count_words(languages[str(view.event.language)], view, index)
        for length, like in LENGTHS.items():
            if len(view.event.text or "") in like:
                _count_names(lengths[length], view)
    for length, count in lengths.items():
        naming = Naming(count.naming / count.reports, count.names / count.naming)
        print(f"{length}: Naming({naming.reports:.3f}, {naming.names:.1f})")
    for language, count in languages.items():
        print(f'"{language}": {count.listed / count.words:.3f}')
    for key, name in sorted(names.items(), key=lambda item: item[1]):
        rates = (1000 * each.by_list[key] / each.words for each in languages.values())
        print(f'"{name}": ({", ".join(f"{rate:.1f}" for rate in rates)}),')


@cache
def core_index() -> tuple[KeysOf, Mapping[str, str]]:
    """The keys of the lists in `rules/core` that each word is enough for, and their names."""
    (core,) = read_rule_files(CORE).packs
    visible, _ = gather_lists(core, {core.name: core})
    lists = SharedLists().bind(visible)
    words = index_words(lists.values()).words
    keys_of = {word: listed.keys for word, listed in words.items() if listed.keys}
    return keys_of, {listed.key: name for name, listed in lists.items()}


def watching_packs() -> tuple[PackDocuments, ...]:
    """The pack that watches somebody, and those that it uses."""
    return read_rule_files(WATCHING).packs


def read_news(place: Path) -> Iterator[Event]:
    """The reports of a file of news."""
    with gzip.open(place) as lines:
        for event in read_events(lines):
            if isinstance(event, Event):
                yield event


def _views(place: Path) -> Iterator[EventView]:
    rulebook, _ = compile_packs(watching_packs())
    for event in read_news(place):
        *_, (_, view) = view_event(rulebook, event)
        yield view


def _count_words(count: _Count, view: EventView, index: KeysOf) -> None:
    words = view.scan.words.words
    listed = [index[word] for word in words if word in index]
    count.words += len(words)
    count.listed += len(listed)
    count.by_list.update(_flat(listed))


def _flat(listed: Iterable[tuple[str, ...]]) -> Iterator[str]:
    for keys in listed:
        yield from keys


def _count_names(count: _Count, view: EventView) -> None:
    names = len(view.mentions())
    count.reports += 1
    count.naming += bool(names)
    count.names += names


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.news_statistics", description=__doc__)
    parser.add_argument("news", type=Path, help="reports as JSON lines, gzip")
    return parser.parse_args()


if __name__ == "__main__":
    main()
