"""The reports: stories of a few each, among reports that match no rule."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
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
CORRECTED = 0.4
"""The share of stories in which a report is retracted or replaced."""
# texts this long do not enter the matcher's cache of folded texts, which would grow to 65,536
WORDS_IN_TEXT = 22


@dataclass(frozen=True, slots=True)
class StoryPart:
    """One report of a story: which base rule it matches, place, actor, seconds after the start.

    One that is corrected, or corrects, has an id of its own, `name`; if `is_empty` it corrects a
    report of its base and matches nothing itself.
    """

    base: str
    place: str
    after: float = 0.0
    actor: str | None = None
    name: str | None = None
    retracts: str | None = None
    supersedes: str | None = None
    is_empty: bool = False


def story(number: int, rng: random.Random, rules: tuple[str, ...] = RULES) -> tuple[StoryPart, ...]:
    """The reports of one story; about two of three end in an alert, all within 16 seconds."""
    rule = rng.choice(rules)
    write = {
        TRIPWIRE: _report_tripwire,
        BARRAGE: _report_rockets,
        COUNCIL: _report_pledges,
        UNANSWERED: _report_call,
    }[rule]
    parts = tuple(write(f"{rule}-{number:06}", rng))
    return _correct(parts, rng) if rng.random() < CORRECTED else parts


def _correct(parts: tuple[StoryPart, ...], rng: random.Random) -> tuple[StoryPart, ...]:
    """The story, in which one report is retracted, or replaced once or twice."""
    place = rng.randrange(len(parts))
    first = replace(parts[place], name=f"{parts[place].place}-v0")
    write = rng.choice([_retract, _replace, _replace_twice, _replace_by_nothing])
    later = (replace(part, after=_later(first, rng)) for part in write(first))
    return (*parts[:place], first, *parts[place + 1 :], *later)


def _later(first: StoryPart, rng: random.Random) -> float:
    return min(first.after + rng.uniform(0.1, 6), LONGEST_STORY)


def _retract(first: StoryPart) -> Iterator[StoryPart]:
    yield replace(first, name=f"{first.name}-v1", retracts=first.name, is_empty=True)


def _replace(first: StoryPart) -> Iterator[StoryPart]:
    yield replace(first, name=f"{first.name}-v1", supersedes=first.name)


def _replace_twice(first: StoryPart) -> Iterator[StoryPart]:
    """Both correct the first version; which is the later one makes no difference."""
    for number in (1, 2):
        yield replace(first, name=f"{first.name}-v{number}", supersedes=first.name)


def _replace_by_nothing(first: StoryPart) -> Iterator[StoryPart]:
    yield replace(first, name=f"{first.name}-v1", supersedes=first.name, is_empty=True)


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
        if not part.is_empty:
            words.insert(rng.randrange(WORDS_IN_TEXT), PHRASES[part.base])
        corrected = {"retracts": part.retracts, "supersedes": part.supersedes}
        body |= {name: value for name, value in corrected.items() if value is not None}
        body["place"] = part.place
        body["actors"] = [part.actor] if part.actor else []
    return body | {"text": " ".join(words)}


_WORDS = vocabulary()
