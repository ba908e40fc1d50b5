"""What every shared model is: frozen, and bounded in its words."""

from dataclasses import dataclass
from datetime import UTC, datetime
from types import UnionType
from typing import Annotated, Any, LiteralString, Union, get_args, get_origin

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    StringConstraints,
    ValidationInfo,
    field_validator,
)
from pydantic_core import core_schema

KIB = 1024
LONGEST_LIST = 256
LONGEST_NAME = 1024
LONGEST_TEXT = 64 * KIB
LARGEST_COUNT = 2**53 - 1  # exact in JSON and in Redis
MOST_PARTITIONS = 100_000
FIRST_COMPUTABLE, LAST_COMPUTABLE = 500, 9500
"""Windows reach centuries to both sides of a time, and must stay within the years of datetime."""


class Model(BaseModel):
    """A frozen value, as services exchange it; unknown keys are ignored at every depth.

    So a release reads what a later one writes. Where a stranger may be wrong rather than newer,
    the caller validates with `extra="forbid"`.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)


class Document(Model):
    """A frozen value, as people write it in a file; an unknown key is an error that names it."""

    model_config = ConfigDict(extra="forbid")

    @field_validator("*", mode="before")
    @classmethod
    def _refuse_truth(cls, value: Any, info: ValidationInfo) -> Any:
        """`true`, and `yes` in YAML, is no number: Python would take it for 1."""
        if isinstance(value, bool) and _holds_number(
            cls.model_fields[info.field_name or ""].annotation
        ):
            raise ValueError("must not be true or false")
        return value


def _holds_number(kind: Any) -> bool:
    """Whether a field of this type is a number, or may be one."""
    if get_origin(kind) in (Annotated, Union, UnionType):
        return any(map(_holds_number, get_args(kind)))
    return kind in (int, float)


def utc(moment: datetime) -> datetime:
    """The same moment in UTC.

    Raises:
        ValueError: it is outside the years 1 to 9999.
    """
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("outside the years 1 to 9999 in UTC") from None


def _computable(moment: datetime) -> datetime:
    """The moment in UTC, if years may be added to it and taken from it."""
    moment = utc(moment)
    if not FIRST_COMPUTABLE <= moment.year <= LAST_COMPUTABLE:
        raise ValueError(f"outside the years {FIRST_COMPUTABLE} to {LAST_COMPUTABLE}")
    return moment


@dataclass(frozen=True, slots=True)
class Matches:
    """Refuses a string that `pattern` does not match, with `message`.

    Checked in pydantic's core, for speed: an event has some twenty strings.
    """

    pattern: str
    kind: LiteralString
    message: LiteralString

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        """The schema of the string, then this check."""
        matching = core_schema.custom_error_schema(
            core_schema.str_schema(pattern=self.pattern),
            custom_error_type=self.kind,
            custom_error_message=self.message,
        )
        return core_schema.chain_schema([handler(source), matching])


class WrittenTime:
    """Refuses a time that is not written as a date with a time, such as a number or its digits.

    Otherwise pydantic takes `20261126`, `"2020"` and `0` for seconds since 1970.
    """

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        """A datetime, or a string that begins as a date; then the schema of the time."""
        text = core_schema.str_schema(pattern=r"^[0-9]{4}-")
        given = core_schema.union_schema([core_schema.is_instance_schema(datetime), text])
        time = handler(source)
        return _as_time(
            core_schema.json_or_python_schema(
                json_schema=core_schema.chain_schema([text, time]),
                python_schema=core_schema.chain_schema([given, time]),
            )
        )

    def __get_pydantic_json_schema__(
        self, _schema: core_schema.CoreSchema, _handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """A string in the format `date-time`."""
        return {"type": "string", "format": "date-time"}


def _as_time(schema: core_schema.CoreSchema) -> core_schema.CoreSchema:
    return core_schema.custom_error_schema(
        schema,
        custom_error_type="time_form",
        custom_error_message="write a date and time with its offset: 2020-01-05T12:00:00Z",
    )


def _within_bytes(text: str) -> str:
    # a character is at most four bytes: most texts need not be encoded
    if len(text) * 4 > LONGEST_TEXT and len(text.encode()) > LONGEST_TEXT:
        raise ValueError(f"longer than {LONGEST_TEXT} bytes")
    return text


_PRINTABLE = Matches(
    r"^[^\x00-\x08\x0b-\x1f\x7f-\x9f]*$",
    "control_character",
    "a control character other than newline and tab, or half a surrogate pair, is not allowed",
)

Instant = Annotated[AwareDatetime, WrittenTime(), AfterValidator(_computable)]
"""A time with its offset, kept as UTC; of the years 500 to 9500."""

Micros = Annotated[int, Field(ge=-46_389_000_000_000_000, le=237_650_000_000_000_000)]
"""A time of about these years in microseconds since 1970."""

Text = Annotated[str, _PRINTABLE, AfterValidator(_within_bytes)]
"""Words of a report: at most 64 KiB, no control characters but newline and tab."""

Name = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_NAME), _PRINTABLE]
"""A non-empty string of at most 1,024 characters: an id, an actor, a place."""

Count = Annotated[int, Field(ge=0, le=LARGEST_COUNT)]
"""A number of things, a revision, an offset or a bundle."""

PartitionNumber = Annotated[int, Field(ge=0, lt=MOST_PARTITIONS)]
"""One partition of a topic."""

PartitionCount = Annotated[int, Field(ge=1, le=MOST_PARTITIONS)]
"""How many partitions a topic has."""
