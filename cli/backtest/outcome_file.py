"""Reads a file of outcomes."""

from collections.abc import Container
from pathlib import Path

from pydantic import ValidationError

from cli.faults import CommandFailure
from schemas import outcome
from schemas.outcome import Outcome, OutcomeFile
from services.document_faults import DocumentFault, InvalidField
from services.validation_errors import list_errors, list_keys
from services.yaml_documents import YamlDocument, read_documents

_KEYS = list_keys(outcome)


def read_outcomes(file: Path, rules: Container[str]) -> tuple[Outcome, ...]:
    """The outcomes of a file; each names only rules among `rules`.

    Raises:
        CommandFailure: the file cannot be read, or has faults; all are named, by line.
    """
    try:
        documents, faults = read_documents(str(file), file.read_bytes())
    except OSError as error:
        raise CommandFailure(f"{file}: {error.strerror}") from error
    outcomes: list[Outcome] = []
    wrong = list(faults)
    if not documents and not faults:
        wrong.append(DocumentFault(str(file), 1, "", "is empty"))
    for document in documents:
        try:
            read = OutcomeFile.model_validate(document.value).outcomes
        except ValidationError as error:
            wrong += map(document.origin.fault, list_errors(error, document.value, _KEYS))
            continue
        wrong += _find_unknown(document, read, rules)
        outcomes += read
    if wrong:
        raise CommandFailure("\n".join(map(str, wrong)))
    return tuple(outcomes)


def _find_unknown(
    document: YamlDocument, outcomes: tuple[Outcome, ...], rules: Container[str]
) -> list[DocumentFault]:
    return [
        document.origin.fault(
            InvalidField(("outcomes", number, "rules", index), f"no rule alerts as {name!r}")
        )
        for number, each in enumerate(outcomes)
        for index, name in enumerate(each.rules)
        if name not in rules
    ]
