"""Fields that a mapping names and no report of a sample has: its expression may be mistyped."""

from collections.abc import Iterator, Mapping

from schemas.event import Event
from services.ingest.domain.sources.mapping_document import MappingDocument


def list_unfilled(mapping: MappingDocument, filled: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Each field of the mapping that is not among `filled`, and its expression."""
    known = Event.model_fields.keys()
    written = {
        **{name: each for name, each in mapping.fields.items() if name in known},
        **{f"quantities.{name}": each for name, each in mapping.quantities.items()},
        **{f"attributes.{name}": each for name, each in mapping.attributes.items()},
    }
    for name, expression in written.items():
        if name not in filled:
            yield name, str(expression)


def list_filled(event: Event) -> Iterator[str]:
    """The fields that an event has, by the names that mappings have for them."""
    for name in Event.model_fields:
        value = getattr(event, name)
        if isinstance(value, Mapping):
            yield from (f"{name}.{key}" for key in value)
        elif value not in (None, ()):
            yield name
