"""What goes in: stories of a few reports each, among reports that mean nothing."""

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
# longer than what the matcher keeps folded: else memory grows until that is full (65,536 texts)
WORDS_IN_TEXT = 22


@dataclass(frozen=True, slots=True)
class Part:
    """One report of a story: what it says, where, who, and how long after the story began."""

    base: str
    place: str
    after: float = 0.0
    actor: str | None = None


def story(number: int, dice: random.Random, rules: tuple[str, ...] = RULES) -> tuple[Part, ...]:
    """The reports of one story; about two of three end in an alert, all within 16 seconds."""
    rule = dice.choice(rules)
    tell = {TRIPWIRE: _trip, BARRAGE: _fire, COUNCIL: _pledge, UNANSWERED: _ask}[rule]
    return tuple(tell(f"{rule}-{number:06}", dice))


def _trip(place: str, _dice: random.Random) -> Iterator[Part]:
    yield Part("tripwire", place)


def _fire(place: str, dice: random.Random) -> Iterator[Part]:
    for _ in range(dice.randint(ROCKETS - 1, ROCKETS + 2)):
        yield Part("rocket", place, dice.uniform(0, 4))


def _pledge(place: str, dice: random.Random) -> Iterator[Part]:
    for group in dice.choice([range(PLEDGES), (0, 1, 1, 0)]):
        yield Part("pledge", place, dice.uniform(0, 4), f"Group {group}")


def _ask(place: str, dice: random.Random) -> Iterator[Part]:
    yield Part("call", place)
    if dice.choice([True, False]):
        yield Part("answer", place, dice.uniform(1, LONGEST_STORY))


def report(identity: str, part: Part | None, at: str, dice: random.Random) -> dict[str, Any]:
    """The report as it is posted: the words of `part`, if any, among words without meaning."""
    words = dice.choices(_WORDS, k=WORDS_IN_TEXT)
    found: dict[str, Any] = {"id": identity, "occurred_at": at}
    if part is not None:
        words.insert(dice.randrange(WORDS_IN_TEXT), PHRASES[part.base])
        found["place"] = part.place
        found["actors"] = [part.actor] if part.actor else []
    return found | {"text": " ".join(words)}


_WORDS = vocabulary()
