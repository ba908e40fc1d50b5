"""The token file of the API: person → SHA-256 of the token, role, aliases."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import (
    AliasChoices,
    ConfigDict,
    Field,
    StringConstraints,
    TypeAdapter,
    ValidationError,
)

from schemas.model import Document, Name
from services.notifier.domain.watch.people import Person, Role
from services.token_file import Digest, InvalidTokens, describe_faults, read_token_entries

PersonName = Annotated[Name, StringConstraints(max_length=100)]


class _PersonEntry(Document):
    token_sha256: Annotated[Digest, Field(validation_alias=AliasChoices("token_sha256", "sha256"))]
    role: Role
    aliases: tuple[PersonName, ...] = ()


def read_people(path: Path) -> Mapping[str, Person]:
    """The people of the file at `path`, by the SHA-256 of their token.

    Raises:
        InvalidTokens: it cannot be read, or an entry is malformed; every fault is named.
    """
    document = read_token_entries(path, "person to token_sha256, role and aliases")
    faults: list[str] = []
    people: dict[str, Person] = {}
    for written, raw in document.items():
        try:
            name, entry = _NAME.validate_python(written), _PersonEntry.model_validate(raw)
        except ValidationError as error:
            faults += describe_faults(path, written, error)
            continue
        faults += _list_doubles(path, people, name, entry)
        people[entry.token_sha256] = Person(name, entry.role, frozenset(entry.aliases))
    if faults:
        raise InvalidTokens("; ".join(faults))
    return people


def _list_doubles(
    path: Path, people: Mapping[str, Person], name: str, entry: _PersonEntry
) -> list[str]:
    """Two people of one name could approve each other's silences."""
    same = people.get(entry.token_sha256)
    names = frozenset({name, *entry.aliases})
    faults = [] if same is None else [f"token_sha256: the same token as {same.name}"]
    others = [other.name for other in people.values() if other.is_one_of(names)]
    faults += [f"has a name or alias of {other}" for other in others]
    return [f"{path}: {name}: {fault}" for fault in faults]


_NAME: TypeAdapter[Any] = TypeAdapter(PersonName, config=ConfigDict(strict=True))
