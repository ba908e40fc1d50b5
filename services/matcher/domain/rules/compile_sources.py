"""From the rhythms that packs state, and the indicators that sources show, to watched sources."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType

from schemas.pack import SourceRhythm
from services.matcher.domain.duty.watched_sources import WatchedSource, WatchedSources
from services.matcher.domain.hypotheses.hypothesis import WatchedHypothesis


def compile_sources(
    packs: Iterable[Mapping[str, SourceRhythm]], hypotheses: Iterable[WatchedHypothesis]
) -> WatchedSources:
    """The sources of the packs, each with the indicators that it feeds.

    Of several packs that name a source the shortest `every` and the highest level are valid.
    """
    by_name: dict[str, WatchedSource] = {}
    for pack in packs:
        for name, rhythm in pack.items():
            if isinstance(rhythm.every, timedelta):
                source = WatchedSource(name, rhythm.every, rhythm.level)
                known = by_name.get(name.casefold(), source)
                by_name[name.casefold()] = _stricter(known, source)
    _add_feeds(by_name, hypotheses)
    return WatchedSources(MappingProxyType(by_name))


def _stricter(first: WatchedSource, second: WatchedSource) -> WatchedSource:
    level = max(first.level, second.level, key=lambda level: level.rank)
    return WatchedSource(first.name, min(first.every, second.every), level)


def _add_feeds(by_name: dict[str, WatchedSource], hypotheses: Iterable[WatchedHypothesis]) -> None:
    watched = WatchedSources(by_name)
    for hypothesis in hypotheses:
        for indicator in hypothesis.indicators:
            for name in indicator.sources:
                for source in watched.covering(name):
                    fed = _with_feed(source, indicator.rule, hypothesis.name)
                    by_name[source.name.casefold()] = fed


def _with_feed(source: WatchedSource, rule: str, hypothesis: str) -> WatchedSource:
    return replace(
        source,
        feeds=tuple(dict.fromkeys((*source.feeds, rule))),
        hypotheses=tuple(dict.fromkeys((*source.hypotheses, hypothesis))),
    )
