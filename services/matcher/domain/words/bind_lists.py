"""Binds the lists that a pack may name to one another, ready to be looked for."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from operator import add
from types import MappingProxyType

from services.matcher.domain.text.word_frequency import any_frequency
from services.matcher.domain.words.pattern import AnyOfLists, Choice, Part, Pattern, Words
from services.matcher.domain.words.shared_values import SharedValues
from services.matcher.domain.words.visible_lists import VisibleList
from services.matcher.domain.words.word_list import (
    KEY_MARK,
    BoundChoice,
    BoundLists,
    BoundPart,
    BoundPattern,
    IndexedList,
    part_frequency,
    part_triggers,
    rarest_part,
)

Members = Mapping[str, frozenset[str]]
"""The members of each list of names."""
NO_MEMBERS: Members = MappingProxyType({})
Patterns = tuple[BoundPattern, ...]


@dataclass(slots=True)
class SharedLists:
    """The lists of all packs of a rulebook: equal ones are one."""

    by_content: dict[object, IndexedList] = field(default_factory=dict)

    def bind(self, visible: Iterable[VisibleList]) -> Mapping[str, IndexedList]:
        """The lists by name; each comes after those that it names."""
        bound: dict[str, IndexedList] = {}
        for each in visible:
            bound[each.name] = self._bind_list(each, bound)
        return bound

    def _bind_list(self, visible: VisibleList, known: Mapping[str, IndexedList]) -> IndexedList:
        exceptions = frozenset(visible.exceptions)
        patterns = dict.fromkeys(
            bind_pattern(pattern, known, except_forms=exceptions) for pattern in visible.patterns
        )
        of_guests = {
            code: tuple(bind_pattern(each, known, except_forms=exceptions) for each in of_code)
            for code, of_code in visible.of_guests.items()
        }
        content = (visible.name, frozenset(patterns), exceptions, tuple(of_guests.items()))
        shared = self.by_content.get(content)
        if shared is None:
            key = f"{KEY_MARK}{len(self.by_content)}"
            shared = _index(key, visible.name, patterns, exceptions)
            lists = {
                code: _index(f"{key}{code}", visible.name, of_code, exceptions)
                for code, of_code in of_guests.items()
            }
            shared = self.by_content[content] = replace(shared, of_guests=lists)
        return shared


def bind_pattern(
    pattern: Pattern,
    lists: Mapping[str, IndexedList],
    members: Members = NO_MEMBERS,
    *,
    except_forms: frozenset[str] = frozenset(),
) -> BoundPattern:
    """The pattern with its lists; a name that is no list of words is a list of members, or none."""

    def bind_part(part: Part) -> BoundPart:
        if isinstance(part, Words):
            taken = except_forms.isdisjoint(part.forms)
            return part if taken else Words(part.forms - except_forms)
        if isinstance(part, AnyOfLists):
            of_words = tuple(lists[name] for name in part.names if name in lists)
            ids = (members[name] for name in part.names if name in members and name not in lists)
            return BoundLists(of_words, frozenset().union(*ids))
        if isinstance(part, Choice):
            bound = (
                bind_pattern(each, lists, members, except_forms=except_forms)
                for each in part.patterns
            )
            return BoundChoice(tuple(bound))
        return part

    return BoundPattern(tuple(map(bind_part, pattern.parts)), pattern.gaps, pattern.slack)


def _index(
    key: str, name: str, patterns: Iterable[BoundPattern], exceptions: frozenset[str]
) -> IndexedList:
    """The list with its patterns of one word joined, and the others by their triggers."""
    singles: set[str] = set()
    named: dict[IndexedList, None] = {}
    triggers = SharedValues[Patterns](add)
    frequencies = []
    for pattern in patterns:
        rarest = rarest_part(pattern)
        if len(pattern.parts) == 1 and isinstance(rarest, BoundLists):
            named.update(dict.fromkeys(rarest.lists))
            continue
        frequencies.append(part_frequency(rarest))
        if len(pattern.parts) == 1 and isinstance(rarest, Words):
            singles |= rarest.forms
        else:
            triggers.add(part_triggers(rarest), (pattern,))
    return IndexedList(
        key,
        name,
        frozenset(singles - exceptions),
        MappingProxyType(triggers.by_word),
        any_frequency(frequencies),
        tuple(named),
    )
