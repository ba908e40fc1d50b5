"""From what packs say of sources, and whom indicators are shown by, to the watched sources."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType

from schemas.rule import SourceRhythm
from services.matcher.domain.duty.watched_sources import WatchedSource, WatchedSources
from services.matcher.domain.hypotheses.hypothesis import WatchedHypothesis


def watched_sources(
    packs: Iterable[Mapping[str, SourceRhythm]], hypotheses: Iterable[WatchedHypothesis]
) -> WatchedSources:
    """Those of the packs, and those that indicators are shown by.

    Of several packs the one that asks soonest counts, and the highest level.
    """
    named: dict[str, WatchedSource] = {}
    for pack in packs:
        for name, rhythm in pack.items():
            _note(named, name, _expected(name, rhythm))
    for hypothesis in hypotheses:
        for indicator in hypothesis.indicators:
            for name in indicator.sources:
                known = named.get(name.casefold()) or WatchedSource(name, named=True)
                named[name.casefold()] = _feeding(known, indicator.rule, hypothesis.name)
    return WatchedSources(MappingProxyType(named))


def _expected(name: str, rhythm: SourceRhythm) -> WatchedSource:
    every = rhythm.every if isinstance(rhythm.every, timedelta) else None
    return WatchedSource(name, every, rhythm.every == "never", rhythm.level, named=True)


def _note(named: dict[str, WatchedSource], name: str, one: WatchedSource) -> None:
    known = named.get(name.casefold())
    named[name.casefold()] = one if known is None else _both(known, one)


def _both(first: WatchedSource, second: WatchedSource) -> WatchedSource:
    asked = [every for every in (first.every, second.every) if every is not None]
    return WatchedSource(
        first.name,
        min(asked, default=None),
        first.never and second.never,
        max(first.level, second.level, key=lambda level: level.rank),
        named=True,
    )


def _feeding(known: WatchedSource, rule: str, hypothesis: str) -> WatchedSource:
    return replace(
        known,
        feeds=tuple(dict.fromkeys((*known.feeds, rule))),
        hypotheses=tuple(dict.fromkeys((*known.hypotheses, hypothesis))),
    )
