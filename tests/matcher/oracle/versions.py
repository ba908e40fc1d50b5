"""Which versions of reports count, by the definition of corrections."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol, TypeVar


class Version(Protocol):
    """A report, or one that corrects another of its source: `corrects` is the id of that one."""

    @property
    def source(self) -> str: ...

    @property
    def identity(self) -> str: ...

    @property
    def recorded_at(self) -> datetime: ...

    @property
    def corrects(self) -> str | None: ...


V = TypeVar("V", bound=Version)


def counting(versions: Sequence[V]) -> list[V]:
    """Those that count: none that another one corrects, and of one report the last recorded."""
    roots = {version.identity: version.identity for version in versions}
    corrected = set[str]()
    for version in versions:
        target = f"{version.source} {version.corrects}"
        if version.corrects is not None:
            corrected.add(target)
            old, new = roots[target], roots[version.identity]
            roots = {name: new if top == old else top for name, top in roots.items()}
    newest: dict[str, V] = {}
    left = [version for version in versions if version.identity not in corrected]
    for version in sorted(left, key=lambda version: (version.recorded_at, version.identity)):
        newest[roots[version.identity]] = version
    return list(newest.values())
