"""How well the reader finds what words miss, and what its gate and its veto cost."""

from collections import Counter
from dataclasses import dataclass, field

from services.matcher.domain.backtest.score import ReportScore, Score, primary_language
from services.matcher.domain.reader.curves import Curve, trace_curve
from services.matcher.domain.reader.reading import Reading

OUTSIDE_GATE, VETOED, TOO_FAR = "outside the gate", "vetoed", "too far from the examples"
"""Why the reader does not find what words miss too."""


@dataclass(slots=True)
class ReaderScore:
    """The scores of reports that were read a second time.

    `reader` counts what words miss: found is suspected, false is suspected against the label.
    `both` are words and reader together. `lost` has, by language, why the rest is not found;
    `spared` the false suspicions that the veto prevents; `gated` the reports that the model reads.
    """

    reader: Score = field(default_factory=Score)
    both: Score = field(default_factory=Score)
    lost: Counter[tuple[str, str]] = field(default_factory=Counter)
    spared: Counter[str] = field(default_factory=Counter)
    gated: int = 0
    _read: dict[str, list[tuple[float, bool]]] = field(default_factory=dict)

    def add(self, by_words: ReportScore, readings: tuple[Reading, ...]) -> ReportScore:
        """Count one report that words were scored on; returns the score of both together."""
        suspected = frozenset(each.rule.name for each in readings if each.suspected)
        found, missed = by_words.missed & suspected, by_words.missed - suspected
        false = suspected - by_words.allowed
        self.reader.add(ReportScore(by_words.event, found, missed, false))
        both = ReportScore(by_words.event, by_words.found | found, missed, by_words.false | false)
        self.both.add(both)
        self.gated += bool(readings)
        self._count_losses(by_words, missed, readings)
        self._keep_margins(by_words, readings)
        return both

    def curves(self, words: Score) -> tuple[Curve, ...]:
        """The curve of every rule that words or the reader were scored on."""
        rules = sorted({rule for score in (words, self.both) for rule, _ in score.tallies})
        return tuple(
            trace_curve(rule, words.total(rule), self._read.get(rule, ())) for rule in rules
        )

    def _keep_margins(self, by_words: ReportScore, readings: tuple[Reading, ...]) -> None:
        """What could be suspected: neither vetoed, nor allowed without being expected."""
        for each in readings:
            right = each.rule.name in by_words.missed
            if not each.veto and (right or each.rule.name not in by_words.allowed):
                self._read.setdefault(each.rule.name, []).append((each.margin, right))

    def _count_losses(
        self, by_words: ReportScore, missed: frozenset[str], readings: tuple[Reading, ...]
    ) -> None:
        language = primary_language(by_words.event)
        read = {each.rule.name: each for each in readings}
        for rule in missed:
            self.lost[language, _why_missed(read.get(rule))] += 1
        for each in readings:
            if each.veto and each.margin >= 0 and each.rule.name not in by_words.allowed:
                self.spared[language] += 1


def _why_missed(reading: Reading | None) -> str:
    if reading is None:
        return OUTSIDE_GATE
    return VETOED if reading.veto and reading.margin >= 0 else TOO_FAR
