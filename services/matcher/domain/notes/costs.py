"""Notes that need the compiled rules: costly rules, and levels that nothing leads to."""

from collections.abc import Iterator

from services.document_faults import DocumentFault
from services.matcher.domain.hypotheses.reach import list_unreachable
from services.matcher.domain.packs.documents import PackDocuments
from services.matcher.domain.rules.rulebook import Rulebook


def note_costly_rules(pack: PackDocuments, rulebook: Rulebook) -> Iterator[DocumentFault]:
    """The rules that are evaluated on every event."""
    costly = {
        rule.name for each in rulebook.packs if each.name == pack.name for rule in each.costly()
    }
    for rule in pack.rules:
        if rule.document.name in costly:
            message = f"{rule.document.name} is costly: evaluated on every event"
            yield DocumentFault(rule.origin.file, rule.origin.line(("detection",)), "", message)


def note_unreachable_levels(pack: PackDocuments, rulebook: Rulebook) -> Iterator[DocumentFault]:
    """The levels that the weights of their hypothesis cannot reach."""
    known = {each.name: each for each in rulebook.hypotheses if each.pack == pack.name}
    for located in pack.hypotheses:
        watched = known.get(located.document.name)
        for words in list_unreachable(watched) if watched else ():
            line = located.origin.line(("levels",))
            yield DocumentFault(located.origin.file, line, "", f"{located.document.name}: {words}")
