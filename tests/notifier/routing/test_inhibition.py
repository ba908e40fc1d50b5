"""Which alerts are inhibited, as Alertmanager documents it."""

from collections.abc import Iterator, Mapping, Sequence

import pytest

from services.notifier.domain.routing.inhibition import FiringAlert, InhibitedBy, InhibitRule
from services.notifier.domain.routing.inhibition_index import InhibitionIndex
from services.notifier.domain.routing.matchers import parse_matchers


def rule(sources: str, targets: str, *equal: str) -> InhibitRule:
    return InhibitRule("r:1", parse_matchers(sources), parse_matchers(targets), equal)


def firing(identity: str, **labels: str) -> FiringAlert:
    return FiringAlert(identity, {name: (value,) for name, value in labels.items()})


def find_inhibition(
    rules: Sequence[InhibitRule], alert: FiringAlert, sources: Sequence[FiringAlert]
) -> InhibitedBy | None:
    return InhibitionIndex.of(rules, sources).find(alert)


LEVELS = rule("level=critical", "level=~low|medium", "group_country")
CRITICAL = firing("c", level="critical", group_country="IQ")


@pytest.mark.parametrize(
    ("target", "is_inhibited"),
    [
        (firing("t", level="low", group_country="IQ"), True),
        (firing("t", level="low", group_country="IR"), False),
        (firing("t", level="high", group_country="IQ"), False),
        (firing("t", level="low"), False),
    ],
    ids=["equal", "another value", "no target", "absent on one side"],
)
def test_a_target_is_inhibited_by_a_source_with_equal_labels(
    target: FiringAlert, is_inhibited: bool
) -> None:
    expected = InhibitedBy("c", "r:1") if is_inhibited else None

    assert find_inhibition([LEVELS], target, [CRITICAL]) == expected


@pytest.mark.parametrize("value", [{}, {"group_country": ""}], ids=["absent", "empty"])
def test_absent_labels_are_equal_to_empty_ones(value: dict[str, str]) -> None:
    source, target = firing("c", level="critical"), firing("t", level="low", **value)

    assert find_inhibition([LEVELS], target, [source]) is not None


def test_an_alert_does_not_inhibit_itself() -> None:
    march = firing("c", rule="march", level="critical")

    assert find_inhibition([rule("rule=march", "level=critical")], march, [march]) is None


def test_what_matches_both_sides_is_not_inhibited_by_what_does_too() -> None:
    both = rule("rule=march", "level=critical")
    first, second = (firing(name, rule="march", level="critical") for name in "ab")
    source, target = firing("s", rule="march", level="low"), firing("t", level="critical")

    assert find_inhibition([both], first, [second]) is None
    assert find_inhibition([both], first, [source]) == InhibitedBy("s", "r:1")
    assert find_inhibition([both], target, [first]) == InhibitedBy("a", "r:1")


def test_labels_with_several_values_are_equal_in_any_order() -> None:
    equal = rule("level=critical", "level=low", "hypothesis")
    source = FiringAlert("s", {"level": ("critical",), "hypothesis": ("a", "b")})
    same = FiringAlert("t", {"level": ("low",), "hypothesis": ("b", "a")})
    other = FiringAlert("t", {"level": ("low",), "hypothesis": ("a",)})

    assert find_inhibition([equal], same, [source]) is not None
    assert find_inhibition([equal], other, [source]) is None


class CountedLabels(Mapping[str, tuple[str, ...]]):
    """Labels that count how often they are read."""

    reads = 0

    def __init__(self, **labels: str) -> None:
        self.labels = {name: (value,) for name, value in labels.items()}

    def __getitem__(self, name: str) -> tuple[str, ...]:
        CountedLabels.reads += 1
        return self.labels[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.labels)

    def __len__(self) -> int:
        return len(self.labels)


@pytest.mark.parametrize("place", ["p7", "elsewhere"], ids=["inhibited", "not inhibited"])
def test_of_all_that_fires_none_is_looked_at_for_one_alert(place: str) -> None:
    index = InhibitionIndex([rule("level=critical", "level=low", "group_place")])
    for number in range(5000):
        labels = CountedLabels(level="critical", group_place=f"p{number % 50}")
        index.put(FiringAlert(f"s{number}", labels))
    CountedLabels.reads = 0

    found = index.find(firing("t", level="low", group_place=place))

    assert (found is not None) is (place == "p7")
    assert CountedLabels.reads == 0


def test_the_next_one_inhibits_when_the_first_has_ended() -> None:
    index, target = InhibitionIndex([LEVELS]), firing("t", level="low", group_country="IQ")
    index.put(CRITICAL)
    index.put(firing("d", level="critical", group_country="IQ"))

    for first in ("c", "d"):
        found = index.find(target)
        assert found is not None
        assert found.alert == first
        index.remove(first)

    assert index.find(target) is None


def test_a_source_counts_by_its_newest_labels() -> None:
    index, target = InhibitionIndex([LEVELS]), firing("t", level="low", group_country="IQ")
    index.put(CRITICAL)
    index.put(firing("c", level="critical", group_country="IR"))

    assert index.find(target) is None

    index.put(firing("c", level="high", group_country="IQ"))

    assert index.find(firing("t", level="low", group_country="IR")) is None


def test_what_was_never_there_may_be_removed() -> None:
    InhibitionIndex([LEVELS]).remove("x")
