"""The index of a pack's rules by their prefilters, so that few are evaluated on an event."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import chain
from operator import add
from types import MappingProxyType
from typing import TypeVar

from services.matcher.domain.detection.predicates import ANY_VALUE, NEVER, Atom, Predicate
from services.matcher.domain.detection.prefilter import (
    NO_LITERALS,
    FieldValues,
    Prefilter,
    field_values,
    make_prefilter,
)
from services.matcher.domain.detection.report_sentences import ReportSentences
from services.matcher.domain.detection.selectivity import selectivity
from services.matcher.domain.detection.view import EventView
from services.matcher.domain.says.parts import Group
from services.matcher.domain.text.literal_order import AnyPair
from services.matcher.domain.text.phrases import cover_words
from services.matcher.domain.words.shared_values import SharedValues
from services.matcher.domain.words.word_list import IndexedList

_LONG_LIST = 16
RuleNumbers = tuple[int, ...]

RuleBeside = tuple[int, tuple[frozenset[str], ...]]
"""The number of a rule, and sets of keys of word lists of which a sentence must have one each."""
RulesByKey = Mapping[str, tuple[RuleBeside, ...]]

NO_LISTS: Mapping[str, IndexedList] = MappingProxyType({})

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class RuleIndex:
    """The numbers of rules by what an event must have for them to match.

    `always`: rules without a prefilter; evaluated on every event. `beside` has for each rule the
    literals beside its prefilter, or none; `pairs` has for some how one follows the other. A long
    list of values is one entry of `by_list`, not one of `by_value` for each. `by_naming` has
    groups of members, and for each the rules by the keys of the word lists that a sentence has
    which names a member.
    """

    always: RuleNumbers
    beside: tuple[frozenset[str], ...]
    pairs: Mapping[int, AnyPair] = field(default_factory=dict)
    by_literal: Mapping[str, RuleNumbers] = field(default_factory=dict)
    by_value: Mapping[str, Mapping[str, RuleNumbers]] = field(default_factory=dict)
    by_list: Mapping[FieldValues, RuleNumbers] = field(default_factory=dict)
    by_naming: Sequence[tuple[Group, RulesByKey]] = ()

    def candidates(self, view: EventView) -> list[int]:
        """The numbers of the rules that may match, in order."""
        registered = self._registered(view)
        if not registered:
            return registered
        literals, beside, pairs = view.scan.literals, self.beside, self.pairs
        may_hold = view.scan.order.may_hold
        numbers = {
            number
            for number in registered
            if (not (others := beside[number]) or not others.isdisjoint(literals))
            and (number not in pairs or may_hold(pairs[number]))
        }
        return sorted(numbers)

    def literals(self) -> Iterator[str]:
        """The literals that the scan has to look for."""
        yield from self.by_literal
        yield from chain.from_iterable(self.beside)

    def _registered(self, view: EventView) -> list[int]:
        """The rules that are registered under something that the event has, some repeatedly."""
        numbers, by_literal = [*self.always], self.by_literal
        for literal in by_literal.keys() & view.scan.literals:
            numbers += by_literal[literal]
        for name, rules in self.by_value.items():
            for value in view.caseless(name):
                numbers += rules.get(value, ())
                numbers += rules.get(ANY_VALUE, ())
        for (name, listed), of_list in self.by_list.items():
            if not listed.isdisjoint(view.caseless(name)):
                numbers += of_list
        if self.by_naming and view.mentions():
            for group, by_key in self.by_naming:
                numbers += _in_sentences(by_key, view.sentences(), group)
        return numbers


def _in_sentences(by_key: RulesByKey, report: ReportSentences, group: Group) -> Iterator[int]:
    """The rules of which a sentence that names one of the group has the words."""
    for number in report.naming(group):
        keys = report.keys(number)
        for key in by_key.keys() & keys:
            for rule, others in by_key[key]:
                for other in others:
                    if other.isdisjoint(keys):
                        break
                else:
                    yield rule


def without_prefilters(count: int) -> RuleIndex:
    """The index of so many rules, each evaluated on every event."""
    return RuleIndex(tuple(range(count)), (NO_LITERALS,) * count)


def make_index(
    predicates: Iterable[Predicate],
    selectivity: Callable[[Atom], float] = selectivity,
    lists: Mapping[str, IndexedList] = NO_LISTS,
) -> RuleIndex:
    """The index of rules by number, each under the group of atoms that fewest events have.

    Those under a word list are under literals for its words; `lists` has it by key.
    """
    of_group = cache(lambda group: sum(map(selectivity, group)))
    predicates = tuple(predicates)
    prefilters = [make_prefilter(predicate, of_group) for predicate in predicates]
    by_field = _by_field(prefilters)
    return RuleIndex(
        always=tuple(
            number
            for number, rule in enumerate(prefilters)
            if _knows_nothing(rule) and predicates[number] != NEVER
        ),
        beside=tuple(rule.beside for rule in prefilters),
        pairs={number: rule.pairs for number, rule in enumerate(prefilters) if rule.pairs},
        by_literal=_by_word(by_field.pop("", {}), lists),
        by_value=by_field,
        by_list=_by_list(prefilters),
        by_naming=_by_naming(prefilters),
    )


def _knows_nothing(prefilter: Prefilter) -> bool:
    return not (prefilter.atoms or prefilter.namings)


def _by_field(prefilters: Sequence[Prefilter]) -> dict[str, dict[str, RuleNumbers]]:
    """The numbers of rules by field and value; literals are under no field."""
    by_field: dict[str, dict[str, list[int]]] = {}
    for number, rule in enumerate(prefilters):
        if _as_list(rule):
            continue
        for name, value in rule.atoms:
            by_field.setdefault(name, {}).setdefault(value, []).append(number)
    return {name: _freeze(by_value) for name, by_value in by_field.items()}


def _by_word(
    by_literal: Mapping[str, RuleNumbers], lists: Mapping[str, IndexedList]
) -> Mapping[str, RuleNumbers]:
    """The rules by literal, where some were by the key of a word list."""
    by_word = SharedValues[RuleNumbers](add)
    for literal, numbers in by_literal.items():
        listed = lists.get(literal)
        sought = cover_words(listed.own_triggers()) if listed else {literal}
        by_word.add(sought, numbers)
    return by_word.by_word


def _by_list(prefilters: Sequence[Prefilter]) -> dict[FieldValues, RuleNumbers]:
    by_list: dict[FieldValues, list[int]] = {}
    for number, rule in enumerate(prefilters):
        if values := _as_list(rule):
            by_list.setdefault(values, []).append(number)
    return _freeze(by_list)


def _by_naming(prefilters: Sequence[Prefilter]) -> tuple[tuple[Group, RulesByKey], ...]:
    groups: dict[str, Group] = {}
    by_group: dict[str, dict[str, list[RuleBeside]]] = {}
    for number, rule in enumerate(prefilters):
        for group, (rarest, *others) in rule.namings:
            by_key = by_group.setdefault(groups.setdefault(group.text, group).text, {})
            for key in rarest:
                by_key.setdefault(key, []).append((number, tuple(others)))
    return tuple((groups[text], _freeze(by_key)) for text, by_key in by_group.items())


def _freeze(rules: Mapping[T, list[R]]) -> dict[T, tuple[R, ...]]:
    return {key: tuple(of_key) for key, of_key in rules.items()}


def _as_list(prefilter: Prefilter) -> FieldValues | None:
    """The values of a prefilter that is long enough to be registered as a list."""
    return field_values(prefilter.atoms) if len(prefilter.atoms) >= _LONG_LIST else None
