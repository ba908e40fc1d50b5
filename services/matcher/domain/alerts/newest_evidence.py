"""The newest evidence of an episode, without a look at all of it."""

from collections.abc import Iterator

from schemas.rule import CorrelationType
from services.matcher.domain.alerts.episodes import Episode
from services.matcher.domain.alerts.tally import is_evidence
from services.matcher.domain.windows.ordered import Ordered
from services.matcher.domain.windows.state import Hit, span


def list_newest_events(episode: Episode, most: int) -> dict[str, Hit]:
    """The latest hit of each of the newest events, by identity, the newest first."""
    newest: dict[str, Hit] = {}
    for hit in walk_evidence(episode):
        newest.setdefault(hit.identity, hit)
        if len(newest) == most:
            break
    return newest


def list_roles(episode: Episode, identity: str) -> tuple[str, ...]:
    """The base rules that an event of the evidence met, by name."""
    hits = episode.hits
    if not isinstance(hits, Ordered):
        return tuple(sorted({hit.base for hit in episode.evidence if hit.identity == identity}))
    bases = {
        hit.base
        for hit in hits.of_identity(identity)
        if is_evidence(episode.rule, hits, hit, episode.firings)
    }
    return tuple(sorted(bases))


def walk_evidence(episode: Episode) -> Iterator[Hit]:
    """The evidence, the newest first."""
    rule, hits, timespan = episode.rule, episode.hits, span(episode.rule.timespan)
    if not isinstance(hits, Ordered):
        yield from reversed(episode.evidence)
        return
    until = episode.last - (timespan if rule.type is CorrelationType.ABSENCE else 0)
    walk = hits.backwards_begun if rule.counts_alerts else hits.backwards
    for hit in walk(until):
        if hit.at < episode.firings[0] - timespan:
            return
        if is_evidence(rule, hits, hit, episode.firings):
            yield hit
