"""Parts of `says` as analysts write them: phrases with lists, `who > act > whom`, and `!part`."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from services.matcher.domain.says.parts import Group, Looked, Part, SaidPhrase

ARROW = ">"
_MOST_PARTS = 20
_LONGEST = 1_000
_LISTS = re.compile(r"%([^%\s]+)%")
_OWN = re.compile(r"own\s+(?:~(\d{1,2})\s+)?")
_MOST_BETWEEN = 50
_MOST_SIDES = 3
_OTHER_ARROW = re.compile(r"[-=\u2013\u2014]\s*>|[<\u2190\u2192\u21d0\u21d2\u279c]")
_PRINTED_QUOTE = re.compile(r"^[\u2018-\u201f\xab\xbb]|[\u2018-\u201f\xab\xbb](?=[%!])")
_INNER_VETO = re.compile(r"(?<!\S)!\S*")

Rolled = Mapping[str, Mapping[str, str]]
"""For each list of members what a member, or one that belongs to it, counts as."""


class InvalidPart(ValueError):
    """The text is no part of `says`; the message says why, `hint` what to write."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


@dataclass(frozen=True, slots=True)
class PartParser:
    """Reads parts: `members` are the lists of members, `read_phrase` knows phrases with lists.

    `read_phrase` raises `InvalidPart` for a phrase that is none, `UnknownList` for one that names
    no list. `find_items` gives what stands beside the gaps of one.
    """

    members: Rolled
    read_phrase: Callable[[str], Looked]
    find_items: Callable[[Looked], tuple[Looked, ...]]

    def parse(self, texts: Sequence[str]) -> tuple[Part, ...]:
        """The parts of one `says`.

        Raises:
            InvalidPart: one of them is no part, or together they ask for nothing.
        """
        if len(texts) > _MOST_PARTS:
            raise InvalidPart(f"more than {_MOST_PARTS} parts")
        parts = tuple(map(self.parse_part, texts))
        if all(part.absent for part in parts):
            raise InvalidPart("only what must not be there", "name at least one part without !")
        owned = next((part for part in parts if part.is_owned), None)
        if owned and not any(part.doer and not part.absent for part in parts):
            hint = "write who does what: '%members% > %verb%'"
            raise InvalidPart(f"{owned.text!r}: own belongs to a doer, and no part has one", hint)
        return parts

    def parse_part(self, text: str) -> Part:
        """The part that a rule means by `text`.

        Raises:
            InvalidPart: an unknown list, a misplaced sign, or nothing to look for.
        """
        if len(text) > _LONGEST:
            raise InvalidPart(f"longer than {_LONGEST} characters")
        body = text.strip()
        absent = body.startswith("!")
        _refuse_signs(text, body.removeprefix("!").lstrip())
        sides = [self._side(side.strip(), text) for side in body.removeprefix("!").split(ARROW)]
        if len(sides) == 1:
            return Part(text, sides[0], absent=absent)
        return _bind(text, sides, absent=absent)

    def _side(self, side: str, text: str) -> SaidPhrase | Group:
        if not side:
            raise InvalidPart(f"{text!r}: nothing on one side of {ARROW}", "who > act > whom")
        lists = _LISTS.fullmatch(side)
        names = lists[1].split("|") if lists else []
        if names and all(name in self.members for name in names):
            return Group(side, _counted(names, self.members))
        own = _OWN.match(side)
        most = None if own is None else int(own[1] or 0)
        if most is not None and most > _MOST_BETWEEN:
            raise InvalidPart(f"{side!r}: at most {_MOST_BETWEEN} other words may be between")
        looked = self.read_phrase(side[own.end() :] if own else side)
        return SaidPhrase(side, looked, most, self.find_items(looked))


def _refuse_signs(text: str, body: str) -> None:
    """Refuse what would be read as less than it says, the sign left out."""
    if not body:
        raise InvalidPart(f"{text!r}: nothing to look for", "write a phrase or '%list%'")
    if body.startswith("!"):
        raise InvalidPart(f"{text!r}: more than one !", "one ! begins a part")
    quote = _PRINTED_QUOTE.search(body)
    if quote:
        raise InvalidPart(f"{text!r}: {quote[0]} is no quote of YAML", "write ' or \"")
    veto = _INNER_VETO.search(body)
    if veto:
        raise InvalidPart(
            f"{text!r}: {veto[0]} inside a part", "! begins a whole part, apart from others"
        )
    arrow = _OTHER_ARROW.search(body)
    if arrow:
        hint = f"write {ARROW}: who > act > whom"
        raise InvalidPart(f"{text!r}: {arrow[0]} is not read", hint)


def _counted(names: Sequence[str], members: Rolled) -> Mapping[str, str]:
    """What each member counts as: the first list that has it decides."""
    counted: dict[str, str] = {}
    for name in reversed(names):
        counted.update(members[name])
    return counted


def _bind(text: str, sides: list[SaidPhrase | Group], *, absent: bool) -> Part:
    first, second, *others = sides
    if len(sides) > _MOST_SIDES:
        raise InvalidPart(f"{text!r}: more than two {ARROW}", "who > act > whom")
    if isinstance(first, Group) and isinstance(second, Group):
        hint = "who > act: '%members% > %verb%'"
        raise InvalidPart(f"{text!r}: both sides are lists of members", hint)
    if isinstance(first, Group):
        return Part(text, second, first, others[0] if others else None, absent)
    if others:
        hint = "who > act > whom begins with a list of members"
        raise InvalidPart(f"{text!r}: {first.text!r} is no list of members", hint)
    return Part(text, first, undergoer=second, absent=absent)
