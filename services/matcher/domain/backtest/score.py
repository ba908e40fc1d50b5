"""How well rules find what labelled reports say: by rule, by language, and on news."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from schemas.event import Event
from services.matcher.domain.rules.matching import match_event
from services.matcher.domain.rules.rulebook import Rulebook

UNDETERMINED = "und"
"""The language of a report that names none, as BCP 47 has it."""


@dataclass(frozen=True, slots=True)
class Label:
    """The detection rules that a report must match, and those that it may match or not."""

    expect: frozenset[str] = frozenset()
    allow: frozenset[str] = frozenset()

    @property
    def rules(self) -> frozenset[str]:
        """Every rule that it names."""
        return self.expect | self.allow


@dataclass(frozen=True, slots=True)
class LabelledReport:
    """A report with its label; `line` is its place in its file, from 1."""

    line: int
    event: Event
    label: Label


@dataclass(frozen=True, slots=True)
class NewsVerdict:
    """What an analyst found true of a news item that rules matched; `line` is its place."""

    line: int
    event_id: str
    label: Label


@dataclass(frozen=True, slots=True)
class ReportScore:
    """What matched as it must, what did not, and what matched against the label.

    `allowed` is what may match.
    """

    event: Event
    found: frozenset[str]
    missed: frozenset[str]
    false: frozenset[str]
    allowed: frozenset[str] = frozenset()

    @property
    def is_right(self) -> bool:
        """Whether no rule is missed or false."""
        return not self.missed and not self.false


@dataclass(frozen=True, slots=True)
class Tally:
    """Pairs of report and rule: found of those expected, missed, and false alarms."""

    found: int = 0
    missed: int = 0
    false: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(self.found + other.found, self.missed + other.missed, self.false + other.false)

    @property
    def recall(self) -> float | None:
        """The share found of what is expected; None if nothing is."""
        return _share(self.found, self.missed)

    @property
    def precision(self) -> float | None:
        """The share of matches that are right; None if nothing matched."""
        return _share(self.found, self.false)


def _share(part: int, rest: int) -> float | None:
    return part / (part + rest) if part + rest else None


@dataclass(slots=True)
class Score:
    """The tallies by rule and language of the reports added so far, and their number."""

    reports: int = 0
    tallies: dict[tuple[str, str], Tally] = field(default_factory=dict)
    by_language: Counter[str] = field(default_factory=Counter)
    """How many of the reports are in each language."""

    def add(self, report: ReportScore) -> None:
        """Count one report."""
        self.reports += 1
        self.by_language[primary_language(report.event)] += 1
        counted: Mapping[Tally, frozenset[str]] = {
            Tally(found=1): report.found,
            Tally(missed=1): report.missed,
            Tally(false=1): report.false,
        }
        language = primary_language(report.event)
        for tally, rules in counted.items():
            for rule in rules:
                key = (rule, language)
                self.tallies[key] = self.tallies.get(key, Tally()) + tally

    def total(self, rule: str | None = None, language: str | None = None) -> Tally:
        """The sum over all rules or one, and over all languages or one."""
        chosen = (
            tally
            for (its_rule, its_language), tally in self.tallies.items()
            if rule in {None, its_rule} and language in {None, its_language}
        )
        return sum(chosen, Tally())

    def per_100(self, language: str) -> float:
        """False hits for 100 reports in a language that some report has."""
        return self.total(language=language).false * 100 / self.by_language[language]

    @property
    def per_10000(self) -> float | None:
        """False alarms for 10,000 reports; None without any report."""
        return self.total().false * 10_000 / self.reports if self.reports else None


def primary_language(event: Event) -> str:
    """`en` of `en-GB`."""
    return (event.language or UNDETERMINED).partition("-")[0].lower()


def score_report(rulebook: Rulebook, event: Event, label: Label) -> ReportScore:
    """Compare the detection rules that the report matches with its label."""
    matched = frozenset(match.rule.name for match in match_event(rulebook, event))
    return ReportScore(
        event=event,
        found=matched & label.expect,
        missed=label.expect - matched,
        false=matched - label.rules,
        allowed=label.rules,
    )
