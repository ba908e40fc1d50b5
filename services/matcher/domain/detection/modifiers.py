"""The modifiers of rules: those of Sigma that are supported, and our own."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from sigma.modifiers import (
    SigmaListModifier,
    SigmaModifier,
    SigmaValueModifier,
    modifier_mapping,
)
from sigma.types import SigmaString, SigmaType

from services.document_faults import FieldPath, InvalidField, suggest_name
from services.matcher.domain.detection.fields import ROLES
from services.matcher.domain.detection.predicates import FieldTest

_LIST_MARK = "%"


@dataclass
class SigmaPhrase(SigmaType):
    """A phrase as written: `*` and `~` have another meaning than in Sigma."""

    text: str


@dataclass
class SigmaListName(SigmaType):
    """A named list of the pack."""

    name: str


@dataclass
class SigmaNear(SigmaType):
    """Phrases and names of lists, all of them in one sentence."""

    parts: tuple[SigmaPhrase | SigmaListName, ...]


@dataclass
class SigmaSays(SigmaType):
    """The parts of a statement as written; `asserted` unless `any` is beside `says`."""

    parts: tuple[str, ...]
    asserted: bool = True


@dataclass
class SigmaMeans(SigmaType):
    """The label of a meaning, or texts like it; `asserted` unless `any` is beside `means`."""

    label: str = ""
    like: tuple[str, ...] = ()
    unlike: tuple[str, ...] = ()
    asserted: bool = True


@dataclass
class SigmaWithin(SigmaType):
    """A place and a distance from it, as written."""

    text: str


@dataclass
class SigmaReady(SigmaType):
    """A value that is compiled to a test: pySigma carries it through its tree."""

    test: FieldTest


class PhraseModifier(SigmaValueModifier[Any, Any]):
    """`phrase`; keeps a value that `expand` made the name of a list."""

    def modify(self, val: SigmaString | SigmaPhrase | SigmaListName) -> SigmaType:
        """The value as a phrase."""
        return SigmaPhrase(val.original) if isinstance(val, SigmaString) else val


class ExpandModifier(SigmaValueModifier[Any, Any]):
    """`expand`: the whole value is `%list%`; beside phrases a value may be a phrase."""

    def modify(self, val: SigmaString | SigmaPhrase | SigmaNear) -> SigmaType:
        """The value as the name of a list."""
        if isinstance(val, SigmaNear):
            return SigmaNear(tuple(self._expanded(part) for part in val.parts))
        return self._expanded(val)

    def _expanded(
        self, val: SigmaString | SigmaPhrase | SigmaListName
    ) -> SigmaPhrase | SigmaListName:
        if isinstance(val, SigmaListName):
            return val
        text = val.text if isinstance(val, SigmaPhrase) else val.original
        name = list_name(text)
        if name is not None:
            return SigmaListName(name)
        if {PhraseModifier, NearModifier} & set(self.detection_item.modifiers):
            return SigmaPhrase(text)
        raise ValueError(f"{text!r} is no list: write '%name%', and nothing beside it")


class NearModifier(SigmaListModifier[Any, Any]):
    """`near`: its values are phrases; beside `expand` also lists."""

    def modify(self, val: Any) -> SigmaType:
        """All values as one."""
        return SigmaNear(tuple(map(_near_part, val)))


def _near_part(part: SigmaType) -> SigmaPhrase | SigmaListName:
    if isinstance(part, SigmaString):
        return SigmaPhrase(part.original)
    if isinstance(part, (SigmaPhrase, SigmaListName)):
        return part
    raise ValueError(f"a phrase is a text, not {part}")


class SaysModifier(SigmaListModifier[Any, Any]):
    """`says`: its values are the parts of one statement."""

    def modify(self, val: Any) -> SigmaType:
        """All values as one."""
        return SigmaSays(tuple(map(_said_part, val)))


def _said_part(part: SigmaType) -> str:
    if isinstance(part, SigmaString):
        return part.original
    raise ValueError(f"a part of says is a text, not {part}")


class MeansModifier(SigmaValueModifier[Any, Any]):
    """`means`: its value is the name of a label; texts of a rule's own are read before."""

    def modify(self, val: Any) -> SigmaType:
        """The value as a meaning."""
        if isinstance(val, SigmaMeans):
            return val
        if isinstance(val, SigmaString) and val.original.strip():
            return SigmaMeans(val.original.strip())
        raise ValueError(f"means is the name of a label, not {val}")


class AnyModifier(SigmaValueModifier[Any, Any]):
    """`any` behind `says` or `means`: what is denied, supposed or past counts too."""

    def modify(self, val: Any) -> SigmaType:
        """The statement or the meaning without assertion."""
        if isinstance(val, SigmaSays):
            return SigmaSays(val.parts, asserted=False)
        if isinstance(val, SigmaMeans):
            return replace(val, asserted=False)
        raise ValueError("any stands behind says or means: words|says|any")


class WithinModifier(SigmaValueModifier[Any, Any]):
    """`within_km`: a site or a list of sites, and the distance."""

    def modify(self, val: Any) -> SigmaType:
        """The value as a place and a distance."""
        if isinstance(val, SigmaString):
            return SigmaWithin(val.original)
        raise ValueError(f"a place and a distance are a text, not {val}")


def refuse_elsewhere(field: str, names: list[str], path: FieldPath) -> None:
    """Refuse `within_km` on another field than `geo`, others on `geo`, and any on `doers`.

    Raises:
        InvalidField: at `path`.
    """
    if field in ROLES:
        raise InvalidField(
            path, f"{field} are whom a rule's own says finds", "words|says: '%members% > %verb%'"
        )
    if "within_km" in names and field != "geo":
        raise InvalidField(
            path, f"within_km asks where an event is, not {field}", "geo|within_km: …"
        )
    if field == "geo" and not {"within_km", "exists"} & set(names):
        raise InvalidField(
            path, "geo is a point on the map", "geo|within_km: 'site 20', or geo|exists"
        )


def list_name(text: str) -> str | None:
    """The name in `%name%`; None when `text` is something else."""
    name = text.removeprefix(_LIST_MARK).removesuffix(_LIST_MARK)
    return name if len(name) == len(text) - 2 and name and _LIST_MARK not in name else None


_SUPPORTED = (
    *("all", "contains", "startswith", "endswith", "cased", "exists", "cidr", "neq"),
    *("re", "i", "ignorecase", "m", "multiline", "s", "dotall"),
    *("gt", "gte", "lt", "lte", "minute", "hour", "day", "week", "month", "year"),
)
_EXCLUSIVE = (
    (("contains", "startswith", "endswith"), "name one, or ask twice and join them by and"),
    (("re", "contains", "startswith", "endswith"), "say it in the expression, with ^ and $"),
    (("minute", "hour", "day", "week", "month", "year"), "ask for each by itself"),
    (("gt", "gte", "lt", "lte"), "write a key for each bound"),
    (("neq", "gt", "gte", "lt", "lte"), "lte is what gt is not, and lt what gte is not"),
)
"""Of each group one may stand, with the way out: pySigma drops the meaning of the others."""
# pySigma accepts other combinations and drops one of the two meanings
_BESIDE = {
    "phrase": {"expand", "all", "neq"},
    "near": {"expand", "neq"},
    "expand": {"phrase", "near", "all", "neq"},
    "within_km": {"all", "neq"},
    "says": {"any", "neq"},
    "means": {"any"},
    "any": {"says", "means", "neq"},
    "exists": set[str](),
}
MODIFIERS: Mapping[str, type[SigmaModifier[Any, Any]]] = MappingProxyType(
    {name: modifier_mapping[name] for name in _SUPPORTED}
    | {"phrase": PhraseModifier, "near": NearModifier, "expand": ExpandModifier}
    | {"within_km": WithinModifier, "says": SaysModifier, "means": MeansModifier}
    | {"any": AnyModifier}
)


def list_companions(name: str) -> tuple[str, ...]:
    """The modifiers that alone may stand beside one; empty if there is no such rule for it."""
    return tuple(sorted(_BESIDE.get(name, ())))


def modifiers_of(names: list[str], path: FieldPath) -> list[type[SigmaModifier[Any, Any]]]:
    """The pySigma classes of modifiers.

    Raises:
        InvalidField: at `path`, naming the first that is unknown or not supported.
    """
    for name in names:
        if name in modifier_mapping and name not in MODIFIERS:
            raise InvalidField(path, f"the modifier {name} is not supported yet")
        if name not in MODIFIERS:
            raise InvalidField(
                path, f"there is no modifier {name!r}", suggest_name(name, MODIFIERS)
            )
    if len(set(names)) < len(names):
        raise InvalidField(path, "a modifier is there twice")
    _refuse_together(names, path)
    return [MODIFIERS[name] for name in names]


def _refuse_together(names: list[str], path: FieldPath) -> None:
    for name, beside in _BESIDE.items():
        others = set(names) - beside - {name}
        if name in names and others:
            raise InvalidField(path, f"{name} cannot be combined with {' '.join(sorted(others))}")
    for group, hint in _EXCLUSIVE:
        clashing = [name for name in names if name in group]
        if len(clashing) > 1:
            message = f"{clashing[0]} cannot be combined with {' '.join(sorted(clashing[1:]))}"
            raise InvalidField(path, message, hint)
