"""The runnable example of each type of rule, and a rule of one's own made of it."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable

from schemas.alert import Level

_WORD = re.compile(r"\bexample(?=[_\W])")
_MAIN = re.compile(r"^title: .*(?=\nname: example$)", re.MULTILINE)
_LEVEL = "level: medium"


@dataclass(frozen=True, slots=True)
class RuleChoices:
    """What somebody chooses of a new rule; without a title that of the example."""

    name: str
    title: str | None = None
    level: Level = Level.MEDIUM


def list_types() -> tuple[str, ...]:
    """The types that there is an example of: `detection`, then those of correlations."""
    return tuple(sorted((entry.name for entry in _root().iterdir() if _is_type(entry)), key=_order))


def fill_in(kind: str, choices: RuleChoices) -> Mapping[str, str]:
    """The files of a new rule by their path within the pack: the rule, and lists that it needs."""
    return {
        _WORD.sub(choices.name, path): _fill(text, choices) for path, text in _read(_root() / kind)
    }


def read_example(kind: str) -> Mapping[str, str]:
    """The files of the example as they are, by their path."""
    return dict(_read(_root() / kind))


def _fill(text: str, choices: RuleChoices) -> str:
    if choices.title is not None:
        quoted = f"title: {json.dumps(choices.title, ensure_ascii=False)}"
        text = _MAIN.sub(lambda _: quoted, text)
    text = text.replace(_LEVEL, f"level: {choices.level.value}")
    return _WORD.sub(choices.name, text)


def _read(folder: Traversable) -> Iterator[tuple[str, str]]:
    for part in folder.iterdir():
        for file in part.iterdir():
            yield f"{part.name}/{file.name}", file.read_text(encoding="utf-8")


def _root() -> Traversable:
    return files("cli.rule_types")


def _is_type(entry: Traversable) -> bool:
    return entry.is_dir() and not entry.name.startswith("_")


def _order(kind: str) -> tuple[bool, str]:
    return kind != "detection", kind
