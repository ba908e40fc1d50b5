"""How a source's own items become reports: a JMESPath expression for each field."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, StringConstraints, field_validator

from schemas.model import LONGEST_LIST, Document, Name
from services.document_faults import suggest_name
from services.ingest.domain.sources.expression import Expression

ReadyMapping = Literal["telegram", "slack", "mastodon", "generic"]
TypeCodes = Literal["cameo", "acled"]
Markup = Literal["html", "slack", "plain"]
MAPPED_FIELDS = (
    "id",
    "channel",
    "occurred_at",
    "occurred_until",
    "published_at",
    "type",
    "title",
    "text",
    "language",
    "url",
    "actors",
    "targets",
    "country",
    "admin1",
    "place",
    "lat",
    "lon",
    "credibility",
    "supersedes",
    "retracts",
    "exercise",
    "quantities",
    "attributes",
)
"""The fields of a report, and `channel`: what the source's id gets behind a colon."""


def _check_field(name: str) -> str:
    if name not in MAPPED_FIELDS:
        hint = suggest_name(name, MAPPED_FIELDS) or f"write one of {', '.join(MAPPED_FIELDS)}"
        raise ValueError(f"a report has no such field: {hint}")
    return name


MappedField = Annotated[str, AfterValidator(_check_field)]
Constant = Annotated[str, StringConstraints(max_length=LONGEST_LIST)]


class MappingDocument(Document):
    """Expressions over one item of the source.

    `uses`: a ready mapping, of which this one replaces single expressions. `items` finds the items
    in a document (default: the document itself, or each entry of a list). `only`: items for which
    it selects nothing, or false, are left out. `constants` are the fields that nothing else gave.
    `type_codes`: `type` is a code of that scheme. `markup`: what titles and texts are written in.
    """

    uses: ReadyMapping | None = None
    items: Expression | None = None
    only: Expression | None = None
    fields: dict[MappedField, Expression] = Field(default_factory=dict)
    quantities: dict[Name, Expression] = Field(default_factory=dict, max_length=LONGEST_LIST)
    attributes: dict[Name, Expression] = Field(default_factory=dict, max_length=LONGEST_LIST)
    constants: dict[MappedField, Constant] = Field(default_factory=dict)
    type_codes: TypeCodes | None = None
    markup: Markup | None = None


class FormatMapping(MappingDocument):
    """The mapping of a source whose format has one already: it replaces single expressions."""

    @field_validator("uses", "items", mode="before")
    @classmethod
    def _is_of_format(cls, value: Any) -> Any:
        if value is not None:
            raise ValueError("this kind of source has its own: leave it out, and replace fields")
        return value
