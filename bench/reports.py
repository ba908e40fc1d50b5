"""What `make bench-engine` runs on: reports, a list with any number of aliases, and rules.

Reports: three of four English, one Arabic, words by Zipf's law, capitals, curly quotes, hashtags
and accents; JSON bytes as they stand in Kafka. Rules, of one hundred: 35 phrases of two or three
words, 20 words beside the beginning of another, 25 pairs near each other (`~4`), 12 alternatives of
two or three phrases, 8 conditions on fields alone; a third of the others have a condition on a
type, a country or the members of a list as well. A rule's words are drawn by the logarithm of
their rank between 60 and 20,000, and its first word one time in ten as often as reports use it.
"""

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bench.language import KNOWN, Language, arabic, english
from schemas.pack import Pack
from schemas.rule import DetectionRule, NamedList
from services.document_faults import DocumentLocation
from services.matcher.domain.packs.documents import LocatedDocument, PackDocuments

TYPES = ("statement", "appeal", "protest", "assault", "mobilize", "threaten", "consult", "agree")
COUNTRIES = ("IQ", "IR", "SY", "LB", "US", "TR", "SA", "YE", "IL", "RU")
SOURCES = tuple(f"wire-{number}" for number in range(40))
PLACES = tuple(f"Place {number}" for number in range(400))
START = datetime(2020, 1, 1, tzinfo=UTC)
ARABIC_SHARE = 0.25
SHAPES = ("phrase",) * 35 + ("inflected",) * 20 + ("near",) * 25 + ("either",) * 12 + ("field",) * 8
BESIDE = 1 / 3
COMMON_WORD = 0.1
NAMES_EACH = 3
WATCHED = 60
"""Members of the small list that rules ask for; it is there without any other alias."""


@dataclass(frozen=True, slots=True)
class Tongues:
    """The two vocabularies."""

    english: Language
    arabic: Language

    def pick(self, dice: random.Random) -> Language:
        """Arabic one time in four."""
        return self.arabic if dice.random() < ARABIC_SHARE else self.english


def tongues() -> Tongues:
    """Both of them; takes part of a second."""
    return Tongues(english(), arabic())


def reports(known: Tongues, count: int, length: int) -> list[bytes]:
    """`count` reports of some `length` characters each, as JSON."""
    dice = _dice(f"reports {length}")
    return [_report(known, dice, number, length) for number in range(count)]


def _report(known: Tongues, dice: random.Random, number: int, length: int) -> bytes:
    language = known.pick(dice)
    at = START + timedelta(seconds=37 * number)
    text = _text(language, dice, length)
    body = {
        "id": f"{number:08}",
        "source": dice.choice(SOURCES),
        "reliability": dice.choice("ABCD"),
        "occurred_at": at.isoformat().replace("+00:00", "Z"),
        "recorded_at": (at + timedelta(minutes=5)).isoformat().replace("+00:00", "Z"),
        "type": dice.choice(TYPES),
        "title": " ".join(language.draw(dice, 6)).capitalize(),
        "text": text,
        "language": "ar" if language is known.arabic else "en",
        "url": f"https://reports.example/{number}",
        "actors": [_name(dice.choice((known.english, known.arabic)), dice)],
        "country": dice.choice(COUNTRIES),
        "place": dice.choice(PLACES),
        "quantities": {"fatalities": dice.randrange(12)},
    }
    return json.dumps(body, ensure_ascii=False).encode()


def _text(language: Language, dice: random.Random, length: int) -> str:
    words = language.draw(dice, length // 3)
    text = " ".join(_written(word, place, dice) for place, word in enumerate(words))
    return text[:length]


def _written(word: str, place: int, dice: random.Random) -> str:
    if place % 14 == 0:
        return f"{word.capitalize()}"
    return dice.choices(
        (
            word,
            f"{word},",
            f"{word}.",
            f"“{word}”",
            f"#{word}",
            f"{word}\N{RIGHT SINGLE QUOTATION MARK}s",
            f"{word}é",
        ),
        weights=(880, 50, 40, 10, 10, 8, 2),
    )[0]


def pack(known: Tongues, rules: int, aliases: int) -> PackDocuments:
    """A pack of so many detection rules, and a list with so many aliases."""
    dice = _dice("rules")
    origin = DocumentLocation("bench.yaml")
    documents = (_rule(known, dice, number) for number in range(rules))
    return PackDocuments(
        name="bench",
        pack=Pack(title="Bench", owner="bench"),
        lists=tuple(LocatedDocument(document, origin) for document in _lists(known, aliases)),
        rules=tuple(LocatedDocument(document, origin) for document in documents),
    )


def _lists(known: Tongues, aliases: int) -> Iterator[NamedList]:
    yield _named_list(known, "watched", WATCHED)
    if aliases:
        yield _named_list(known, "gazetteer", aliases // NAMES_EACH)


def _named_list(known: Tongues, name: str, members: int) -> NamedList:
    """Three names a member, of one to three words each.

    Arabic ones stand as they are: a form with a proclitic is an alias of its own here.
    """
    dice = _dice(name)
    return NamedList.model_validate(
        {"name": name, "members": [_member(known, name, number, dice) for number in range(members)]}
    )


def _member(known: Tongues, kind: str, number: int, dice: random.Random) -> dict[str, object]:
    language = known.pick(dice)
    names = [_name(language, dice) for _ in range(NAMES_EACH)]
    aliases = [{"alias": name, "proclitics": False} for name in names]
    return {"id": f"{kind}-{number}", "name": names[0], "aliases": aliases}


def _name(language: Language, dice: random.Random) -> str:
    return " ".join(language.rank(dice, 300, KNOWN) for _ in range(dice.choice((1, 2, 2, 3))))


def _rule(known: Tongues, dice: random.Random, number: int) -> DetectionRule:
    shape = dice.choice(SHAPES)
    selection = _fields(dice) if shape == "field" else _asked(known.pick(dice), dice, shape)
    if shape != "field" and dice.random() < BESIDE:
        selection |= dice.choice(_fields_beside(dice))
    name = f"rule_{number:05}"
    return DetectionRule.model_validate(
        {
            "title": name,
            "name": name,
            "logsource": {"category": "report"},
            "detection": {"it": selection, "condition": "it"},
            "alert": {"summary": f"{name}: {{{{ title }}}}"},
        }
    )


def _asked(language: Language, dice: random.Random, shape: str) -> dict[str, object]:
    words = [_first(language, dice), *(language.rank(dice, 60, KNOWN) for _ in range(8))]
    phrases = {
        "phrase": [" ".join(words[: dice.choice((2, 2, 3))])],
        "inflected": [f"{words[0]} {words[1][: max(4, len(words[1]) - 2)]}*"],
        "near": [f"{words[0]} {words[1]} ~4"],
        "either": [" ".join(words[part : part + 2]) for part in range(0, dice.choice((4, 6)), 2)],
    }
    return {"words|phrase": phrases[shape]}


def _first(language: Language, dice: random.Random) -> str:
    if dice.random() < COMMON_WORD:
        return language.draw(dice, 1)[0]
    return language.rank(dice, 60, KNOWN)


def _fields(dice: random.Random) -> dict[str, object]:
    """A condition on fields alone, seldom met."""
    return {
        "country": dice.choice(COUNTRIES),
        "type": dice.choice(TYPES),
        "place": dice.choice(PLACES),
        "quantities.fatalities|gte": dice.randrange(3, 12),
    }


def _fields_beside(dice: random.Random) -> tuple[dict[str, object], ...]:
    """What stands beside words: a type, a country, or a member of the watched list."""
    return (
        {"type": dice.sample(TYPES, 3)},
        {"country": dice.sample(COUNTRIES, 4)},
        {"entities|expand": "%watched%"},
    )


def _dice(seed: str) -> random.Random:
    return random.Random(seed)  # noqa: S311  (the same material in every run, no secret)
