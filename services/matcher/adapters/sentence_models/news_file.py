"""News of other matters from a file, as negatives for heads."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from services.matcher.adapters.event_file import BadLine, read_events
from services.matcher.domain.backtest.score import Label
from services.matcher.domain.reader.examples import Example
from services.matcher.domain.reader.news import draw_negatives
from services.matcher.domain.rules.rulebook import Rulebook

_NO_VERDICT = Label()


@dataclass(frozen=True, slots=True)
class ReadNews:
    """The passages that the model would read, by pack, of `reports` reports of news.

    `faults` are the lines that cannot be read.
    """

    by_pack: Mapping[str, tuple[Example, ...]] = field(default_factory=dict)
    reports: int = 0
    faults: tuple[BadLine, ...] = ()


NO_NEWS = ReadNews()


def read_news(
    lines: Iterable[bytes], rulebook: Rulebook, verdicts: Mapping[str, Label]
) -> ReadNews:
    """The news of a file; `rulebook` is the reader's, `verdicts` are on reports by id.

    Blocks for some milliseconds a report: each is asked which gates it passes.
    """
    by_pack: dict[str, list[Example]] = {}
    faults: list[BadLine] = []
    reports = 0
    for event in read_events(lines):
        if isinstance(event, BadLine):
            faults.append(event)
            continue
        reports += 1
        for pack, example in draw_negatives(rulebook, event, verdicts.get(event.id, _NO_VERDICT)):
            by_pack.setdefault(pack, []).append(example)
    found = {pack: tuple(examples) for pack, examples in by_pack.items()}
    return ReadNews(found, reports, tuple(faults))
