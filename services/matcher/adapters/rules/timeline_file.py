"""Reads a file of timelines: every good one, and every fault with its line."""

from collections.abc import Iterable

from pydantic import ValidationError

from schemas.timeline import Timeline, TimelineFile
from services.document_faults import DocumentFault, DocumentLocation, InvalidField
from services.matcher.adapters.rules.rule_keys import RULE_KEYS
from services.matcher.domain.backtest.timelines import find_timeline_faults
from services.matcher.domain.packs.documents import PackDocuments
from services.validation_errors import list_errors
from services.yaml_documents import YamlDocument, read_documents


def read_timelines(
    file: str, raw: bytes, packs: Iterable[PackDocuments]
) -> tuple[tuple[tuple[str, Timeline], ...], tuple[DocumentFault, ...]]:
    """The timelines without a fault, each with the name of its pack, and every fault."""
    by_name = {pack.name: pack for pack in packs}
    documents, faults = read_documents(file, raw)
    good: list[tuple[str, Timeline]] = []
    all_faults = list(faults)
    for document in documents:
        try:
            written = TimelineFile.model_validate(document.value)
        except ValidationError as error:
            all_faults += map(document.origin.fault, list_errors(error, document.value, RULE_KEYS))
            continue
        read, wrong = _check(written, document, by_name.get(written.pack))
        good += read
        all_faults += wrong
    return tuple(good), tuple(all_faults)


def _check(
    written: TimelineFile, document: YamlDocument, pack: PackDocuments | None
) -> tuple[list[tuple[str, Timeline]], list[DocumentFault]]:
    if pack is None:
        missing = InvalidField(("pack",), f"there is no pack {written.pack!r} among the rules")
        return [], [document.origin.fault(missing)]
    good: list[tuple[str, Timeline]] = []
    faults: list[DocumentFault] = []
    for index, timeline in enumerate(written.timelines):
        wrong = list(find_timeline_faults(pack, timeline))
        faults += [_place(document.origin, index, error) for error in wrong]
        if not wrong:
            good.append((pack.name, timeline))
    return good, faults


def _place(origin: DocumentLocation, index: int, error: InvalidField) -> DocumentFault:
    return origin.fault(InvalidField(("timelines", index, *error.path), error.message, error.hint))
