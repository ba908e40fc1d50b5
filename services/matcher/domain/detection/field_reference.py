"""A field as a detection names it: what it holds, and where the document names it."""

from dataclasses import dataclass

from services.document_faults import FieldPath, InvalidField
from services.matcher.domain.detection.fields import FieldKind
from services.matcher.domain.detection.lists import Lists
from services.matcher.domain.detection.strings import Expressions


@dataclass(frozen=True, slots=True)
class FieldReference:
    """A field of a detection: its kind, and its path in the document.

    A keyword is a value without a field: it may be anywhere in the words.
    """

    field: str
    kind: FieldKind
    lists: Lists
    path: FieldPath
    expressions: Expressions
    keyword: bool = False

    def invalid(self, message: str, hint: str = "", lacks: str = "") -> InvalidField:
        """The error at this place of the document."""
        return InvalidField(self.path, message, hint, lacks)


def require_kind(reference: FieldReference, kinds: frozenset[FieldKind], what: str) -> None:
    """Refuse a test that no value of the field can pass.

    Raises:
        InvalidField: the field is of another kind.
    """
    if reference.kind not in kinds:
        raise reference.invalid(
            f"{reference.field} is a {reference.kind.value}: {what} never holds there"
        )
