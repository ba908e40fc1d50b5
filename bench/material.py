"""What the bench runs on: a rule pack of any size, and reports that few of its rules match."""

import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from schemas.envelope import EVENT, EVENTS_BATCH, cloud_headers
from schemas.event import Event
from tests.parts.topics import TopicMessage

SENTINEL = "zulu sentinel"
SENTINEL_KEY = b'"sentinel"'
SENTINEL_EVERY = 200
BATCH_SIZE = 20
MEMBERS = 50
WORDS_IN_TEXT = 18
TYPES = ("statement", "appeal", "protest", "assault", "mobilize", "threaten", "consult", "agree")
SYLLABLES = ("ba", "dor", "ka", "lim", "mas", "nu", "pet", "qa", "rif", "sol", "ta", "vel")

# the shapes that packs are made of, by how often they come
SHAPES = (
    "{{words|phrase: [{a}, {b}]}}",
    "{{words|phrase: [{a}, {b}]}}",
    "{{words|phrase: ['{c}* {d} ~4', {b}]}}",
    "{{type: {type}, words|phrase: [{a}]}}",
    "{{actor_ids|expand: '%groups%', words|phrase: [{a}, {b}]}}",
)


def write_pack(folder: Path, rules: int) -> Path:
    """A pack of `rules` detection rules, the sentinel's among them, and a list with aliases."""
    pack = folder / "pack"
    for part in ("indicators", "lists"):
        (pack / part).mkdir(parents=True)
    (pack / "pack.yaml").write_text("title: Of the bench\nowner: bench\n")
    (pack / "lists" / "groups.yaml").write_text(_list())
    (pack / "indicators" / "sentinel.yaml").write_text(
        _rule("sentinel", f"{{words|phrase: [{SENTINEL}]}}")
    )
    for number, detection in enumerate(_detections(rules - 1)):
        name = f"rule_{number:04}"
        (pack / "indicators" / f"{name}.yaml").write_text(_rule(name, detection))
    return pack


def messages(count: int, partitions: int, batch: int) -> Iterator[TopicMessage]:
    """`count` events as messages of `batch` events each, one partition after the other."""
    events = list(_events(count))
    for number, start in enumerate(range(0, count, batch)):
        part = events[start : start + batch]
        yield (
            _single(part[0], number % partitions)
            if batch == 1
            else _batch_message(part, number % partitions)
        )


def sentinels(count: int) -> int:
    """How many of `count` events match the sentinel's rule."""
    return -(-count // SENTINEL_EVERY)


def vocabulary() -> list[str]:
    """1,728 words that no language has."""
    return [a + b + c for a in SYLLABLES for b in SYLLABLES for c in SYLLABLES]


def _events(count: int) -> Iterator[Event]:
    dice, words = _dice("events"), vocabulary()
    now = datetime.now(UTC)
    for number in range(count):
        text = " ".join(dice.choices(words, k=WORDS_IN_TEXT))
        at = now - timedelta(milliseconds=count - number)
        yield Event(
            id=f"{number:08}",
            source="bench",
            occurred_at=at,
            recorded_at=at,
            type=dice.choice(TYPES),
            text=f"{SENTINEL} {text}" if number % SENTINEL_EVERY == 0 else text,
            actors=(f"Group {dice.randrange(MEMBERS)}",),
        )


def _single(event: Event, partition: int) -> TopicMessage:
    headers = cloud_headers(EVENT, event.identity, event.source, event.occurred_at)
    return TopicMessage(_json(event).encode(), event.key, dict(headers), partition)


def _batch_message(events: list[Event], partition: int) -> TopicMessage:
    first = events[0]
    headers = cloud_headers(EVENTS_BATCH, first.identity, first.source, first.occurred_at)
    value = f"[{','.join(map(_json, events))}]".encode()
    return TopicMessage(value, None, dict(headers), partition)


def _json(event: Event) -> str:
    return event.model_dump_json(exclude_defaults=True)


def _detections(count: int) -> Iterator[str]:
    dice, words = _dice("rules"), vocabulary()
    for number in range(count):
        a, b, c, d = (" ".join(dice.sample(words, 2)) for _ in range(4))
        shape = SHAPES[number % len(SHAPES)]
        yield shape.format(a=a, b=b, c=c.split()[0], d=d.split()[0], type=dice.choice(TYPES))


def _rule(name: str, detection: str) -> str:
    return (
        f"title: {name}\nname: {name}\nlogsource: {{category: report}}\n"
        f"detection:\n  it: {detection}\n  condition: it\n"
        'level: low\nalert: {summary: "{{ text }}"}\n'
    )


def _list() -> str:
    members = [{"id": f"group-{number}", "name": f"Group {number}"} for number in range(MEMBERS)]
    return json.dumps({"name": "groups", "members": members})


def _dice(seed: str) -> random.Random:
    return random.Random(seed)  # noqa: S311  (the same material in every run, no secret)
