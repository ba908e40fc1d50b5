"""News of other matters, as the reader meets it: negatives for the rules whose gate it passes."""

from collections.abc import Iterator

from schemas.event import Event
from services.matcher.domain.backtest.score import Label
from services.matcher.domain.detection.means_tests import means_tests
from services.matcher.domain.reader.examples import Example
from services.matcher.domain.reader.gate import GatedReport, pass_gate
from services.matcher.domain.reader.passages import cut_passages
from services.matcher.domain.reader.veto import find_veto
from services.matcher.domain.rules.rulebook import Rulebook


def draw_negatives(
    rulebook: Rulebook, event: Event, verdict: Label
) -> Iterator[tuple[str, Example]]:
    """The pack and each passage that the model would read; `rulebook` is the reader's.

    A passage is told for the meanings that nothing vetoes there. What the verdict on the report
    names is true of it, and left out.
    """
    for gated in pass_gate(rulebook, event):
        asked: dict[str, set[str]] = {}
        for text, meaning in _list_asked(gated, verdict):
            asked.setdefault(text, set()).add(meaning)
        for text, meanings in asked.items():
            pack = gated.rules[0].pack
            yield pack, Example(text, about=frozenset(meanings), example_id=event.id)


def _list_asked(gated: GatedReport, verdict: Label) -> Iterator[tuple[str, str]]:
    for rule in gated.rules:
        if rule.name not in verdict.rules:
            for test in means_tests(rule.predicate):
                for passage in cut_passages(gated.view.sentences(), test.field):
                    vetoed = test.asserted and find_veto(rule, gated.view, passage.sentences)
                    if not vetoed:
                        yield passage.text, test.meaning.key
