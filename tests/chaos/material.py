"""The reports: stories of a few each, among reports that match no rule."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bench.material import vocabulary
from tests.chaos.pack import (
    BARRAGE,
    COUNCIL,
    PHRASES,
    PLEDGES,
    ROCKETS,
    RULES,
    TRIPWIRE,
    UNANSWERED,
)

LONGEST_STORY = 16.0
# texts this long do not enter the matcher's cache of folded texts, which would grow to 65,536
WORDS_IN_TEXT = 22


@dataclass(frozen=True, slots=True)
class StoryPart:
    """One report of a story: which base rule it matches, place, actor, seconds after the start."""

    base: str
    place: str
    after: float = 0.0
    actor: str | None = None


def story(number: int, rng: random.Random, rules: tuple[str, ...] = RULES) -> tuple[StoryPart, ...]:
    """The reports of one story; about two of three end in an alert, all within 16 seconds."""
    rule = rng.choice(rules)
    write = {
        TRIPWIRE: _report_tripwire,
        BARRAGE: _report_rockets,
        COUNCIL: _report_pledges,
        UNANSWERED: _report_call,
    }[rule]
    return tuple(write(f"{rule}-{number:06}", rng))


def _report_tripwire(place: str, _rng: random.Random) -> Iterator[StoryPart]:
    yield StoryPart("tripwire", place)


def _report_rockets(place: str, rng: random.Random) -> Iterator[StoryPart]:
    for _ in range(rng.randint(ROCKETS - 1, ROCKETS + 2)):
        yield StoryPart("rocket", place, rng.uniform(0, 4))


def _report_pledges(place: str, rng: random.Random) -> Iterator[StoryPart]:
    for group in rng.choice([range(PLEDGES), (0, 1, 1, 0)]):
        yield StoryPart("pledge", place, rng.uniform(0, 4), f"Group {group}")


def _report_call(place: str, rng: random.Random) -> Iterator[StoryPart]:
    yield StoryPart("call", place)
    if rng.choice([True, False]):
        yield StoryPart("answer", place, rng.uniform(1, LONGEST_STORY))


def report(identity: str, part: StoryPart | None, at: str, rng: random.Random) -> dict[str, Any]:
    """The report as posted: the phrase of `part`, if any, among words that match no rule."""
    words = rng.choices(_WORDS, k=WORDS_IN_TEXT)
    body: dict[str, Any] = {"id": identity, "occurred_at": at}
    if part is not None:
        words.insert(rng.randrange(WORDS_IN_TEXT), PHRASES[part.base])
        body["place"] = part.place
        body["actors"] = [part.actor] if part.actor else []
    return body | {"text": " ".join(words)}


_WORDS = vocabulary()
