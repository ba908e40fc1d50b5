"""The modifiers a rule may use: Sigma's that are supported, and ours in pySigma's terms."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from sigma.modifiers import (
    SigmaListModifier,
    SigmaModifier,
    SigmaValueModifier,
    modifier_mapping,
)
from sigma.types import SigmaString, SigmaType

from services.matcher.domain.faults import Path, Refused, nearest
from services.matcher.domain.predicates import Leaf

_LIST_MARK = "%"


@dataclass
class SigmaPhrase(SigmaType):
    """Whole words in order, as written: `*` and `~` mean something else than in Sigma."""

    text: str


@dataclass
class SigmaListName(SigmaType):
    """A named list of the pack."""

    name: str


@dataclass
class SigmaNear(SigmaType):
    """Phrases, and names of lists, all of which stand in one sentence."""

    parts: tuple[SigmaPhrase | SigmaListName, ...]


@dataclass
class SigmaReady(SigmaType):
    """A value that has become a condition: pySigma carries it through its tree."""

    leaf: Leaf


class PhraseModifier(SigmaValueModifier[Any, Any]):
    """`phrase`; a value that `expand` made a list stays one."""

    def modify(self, val: SigmaString | SigmaPhrase | SigmaListName) -> SigmaType:
        """The value as a phrase."""
        return SigmaPhrase(val.original) if isinstance(val, SigmaString) else val


class ExpandModifier(SigmaValueModifier[Any, Any]):
    """`expand` over lists: the whole value is `%list%`; of phrases those that are none stay."""

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
        wordy = {PhraseModifier, NearModifier} & set(self.detection_item.modifiers)
        if wordy and _LIST_MARK not in text:
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


def list_name(text: str) -> str | None:
    """The name in `%name%`; None when `text` is something else."""
    name = text.removeprefix(_LIST_MARK).removesuffix(_LIST_MARK)
    return name if len(name) == len(text) - 2 and name and _LIST_MARK not in name else None


_SUPPORTED = (
    *("all", "contains", "startswith", "endswith", "cased", "exists", "cidr", "neq"),
    *("re", "i", "ignorecase", "m", "multiline", "s", "dotall"),
    *("gt", "gte", "lt", "lte", "minute", "hour", "day", "week", "month", "year"),
)
# pySigma takes other company and drops one of the two meanings.
_BESIDE = {
    "phrase": {"expand", "all", "neq"},
    "near": {"expand", "neq"},
    "expand": {"phrase", "near", "all", "neq"},
    "exists": set[str](),
}
_TO_COME = frozenset({"within_km"})

MODIFIERS: Mapping[str, type[SigmaModifier[Any, Any]]] = MappingProxyType(
    {name: modifier_mapping[name] for name in _SUPPORTED}
    | {"phrase": PhraseModifier, "near": NearModifier, "expand": ExpandModifier}
)


def modifiers_of(names: list[str], path: Path) -> list[type[SigmaModifier[Any, Any]]]:
    """The classes, as pySigma wants them, of modifiers as written.

    Raises:
        Refused: at `path`, naming the first that is unknown or not supported.
    """
    for name in names:
        if name in _TO_COME or (name in modifier_mapping and name not in MODIFIERS):
            raise Refused(path, f"the modifier {name} is not supported yet")
        if name not in MODIFIERS:
            raise Refused(path, f"there is no modifier {name!r}", nearest(name, MODIFIERS))
    if len(set(names)) < len(names):
        raise Refused(path, "a modifier stands there twice")
    for name, beside in _BESIDE.items():
        others = set(names) - beside - {name}
        if name in names and others:
            raise Refused(path, f"{name} cannot be combined with {' '.join(sorted(others))}")
    return [MODIFIERS[name] for name in names]
