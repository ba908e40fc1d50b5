"""Episodes by their definition, of rules and of the rules above them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import product

from schemas.alert import Level
from schemas.rule import CorrelationRule, CorrelationType, DetectionRule, RuleDocument
from tests.matcher.oracle.firing import Found, Watch, find_firings
from tests.matcher.oracle.hits import OracleHit

Firings = Sequence[tuple[datetime, Found]]


@dataclass(frozen=True)
class OracleEpisode:
    """An episode of a rule and group: its firing times, and the evidence of their windows."""

    rule: str
    group: tuple[tuple[str, str], ...]
    times: tuple[datetime, ...]
    value: float
    evidence: Mapping[str, OracleHit]
    level: str

    def as_hit(self) -> OracleHit:
        """The hit that it is for a rule above."""
        fields = {name: (value,) for name, value in self.group}
        actors = fields.get("actor_ids", ())
        return OracleHit(
            identity=f"{self.rule} {self.group} {self.times[0]}",
            base=self.rule,
            times=self.times,
            fields={**fields, "value": (f"{self.value:g}",), "lists": tuple(map(side_of, actors))},
            story=f"{self.rule} {self.group} {self.times[0]}",
            source="vedette",
            owners=frozenset(owner for hit in self.evidence.values() for owner in hit.owners),
        )


def side_of(actor: str) -> str:
    """The list that an actor is of: his name begins with it."""
    return actor.partition("-")[0]


def find_all(
    rules: Iterable[RuleDocument], reports: Iterable[OracleHit], since: datetime, clock: datetime
) -> list[OracleEpisode]:
    """The episodes of rules, each of which stands behind those that it counts."""
    hits, found = list(reports), list[OracleEpisode]()
    for rule in rules:
        episodes = list(_find_of_rule(rule, hits, since, clock))
        hits += [episode.as_hit() for episode in episodes]
        found += episodes
    return found


def _find_of_rule(
    rule: RuleDocument, hits: Iterable[OracleHit], since: datetime, clock: datetime
) -> Iterator[OracleEpisode]:
    if isinstance(rule, DetectionRule):
        return
    for group, run in _list_group_runs(rule, hits, since, clock):
        yield _make_episode(rule, group, run)


def find_suspected(
    rules: Iterable[CorrelationRule],
    words: Sequence[OracleHit],
    doubted: Sequence[OracleHit],
    watch: tuple[datetime, datetime],
) -> Iterator[OracleEpisode]:
    """The episodes of rules over reports that all hits give and words do not cover.

    `watch` is since when the rules watch, and what the clock says.
    """
    for rule in rules:
        sure = list(_find_of_rule(rule, words, *watch))
        for group, run in _list_group_runs(rule, [*words, *doubted], *watch):
            times = [time for one in sure if one.group == group for time in one.times]
            left = [firing for firing in run if not _is_covered(rule, times, run, firing[0])]
            if left:
                episode = _make_episode(rule, group, left)
                yield replace(episode, level=Level(episode.level).lowered.value)


def _is_covered(
    rule: CorrelationRule, by_words: Iterable[datetime], run: Firings, time: datetime
) -> bool:
    """Whether words fire shortly before a time, or where the run leads from there."""
    gap = (rule.resolve_after or rule.correlation.timespan) + (rule.cooldown or timedelta(0))
    return any(time - gap <= found <= run[-1][0] + gap for found in by_words)


def _list_group_runs(
    rule: CorrelationRule, hits: Iterable[OracleHit], since: datetime, clock: datetime
) -> Iterator[tuple[tuple[tuple[str, str], ...], Firings]]:
    section = rule.correlation
    by_group: dict[tuple[tuple[str, str], ...], list[OracleHit]] = {}
    for hit in hits:
        if hit.base in section.rules and _is_counted(rule, hit):
            for group in _groups_of(rule, hit):
                by_group.setdefault(group, []).append(hit.seen_by(section))
    for group, members in by_group.items():
        firings = list(find_firings(Watch(section, members, since, clock)))
        for run in _join_cooldown(rule, _list_runs(rule, firings)):
            yield group, run


def _is_counted(rule: CorrelationRule, hit: OracleHit) -> bool:
    section = rule.correlation
    field = getattr(section.condition, "field", None)
    if section.type is CorrelationType.DIVERGENCE:
        return bool(set(hit.fields.get("lists", ())) & set(section.between or ()))
    needed = [field, section.by, section.field if section.by else None]
    return all(hit.fields.get(name) for name in needed if name)


def _groups_of(rule: CorrelationRule, hit: OracleHit) -> Iterator[tuple[tuple[str, str], ...]]:
    section = rule.correlation
    fields = {name: hit.fields.get(name, ()) for name in section.group_by}
    if section.type is CorrelationType.NEW_VALUE:
        fields[section.field or ""] = hit.fields.get(section.field or "", ())
    if section.type is CorrelationType.REVERSAL:
        fields[section.field or ""] = tuple(_pairs(hit.fields.get(section.field or "", ())))
    for values in product(*fields.values()):
        yield tuple(sorted(zip(fields, values, strict=True)))


def _pairs(actors: Sequence[str]) -> Iterator[str]:
    """The pairs of opponents among them; an alert may have one as its value."""
    for actor in actors:
        if " + " in actor:
            yield actor
    for first, second in product(sorted(actors), repeat=2):
        if first < second and side_of(first) != side_of(second):
            yield f"{first} + {second}"


def _list_runs(rule: CorrelationRule, firings: Firings) -> list[Firings]:
    gap, runs = (
        rule.resolve_after or rule.correlation.timespan,
        list[list[tuple[datetime, Found]]](),
    )
    for firing in firings:
        if runs and firing[0] - runs[-1][-1][0] <= gap:
            runs[-1].append(firing)
        else:
            runs.append([firing])
    return [*runs]


def _join_cooldown(rule: CorrelationRule, runs: Sequence[Firings]) -> list[Firings]:
    if rule.cooldown is None:
        return [*runs]
    gap = (rule.resolve_after or rule.correlation.timespan) + rule.cooldown
    joined: list[Firings] = []
    for run in runs:
        is_near = bool(joined) and run[0][0] - joined[-1][-1][0] <= gap
        if is_near and not (_is_sure(rule, run) and not _is_sure(rule, joined[-1])):
            joined[-1] = [*joined[-1], *run]
        else:
            joined.append(run)
    return joined


def _evidence_of(run: Firings) -> dict[str, OracleHit]:
    return {hit.identity: hit for _, (_, hits) in run for hit in hits}


def _is_sure(rule: CorrelationRule, run: Firings) -> bool:
    """Whether as many owners as the rule asks for report within the span of one another."""
    asked = rule.corroboration
    if asked is None:
        return True
    hits = _list_whole(run)
    within = asked.within or timedelta(days=10_000)
    return any(
        len(_owners_between(hits, start, start + within)) >= asked.sources
        for start in {hit.last for hit in hits}
    )


def _owners_between(hits: Iterable[OracleHit], start: datetime, end: datetime) -> set[str]:
    inside = [hit for hit in hits if hit.first <= end and hit.last >= start]
    return {owner for hit in inside for owner in hit.owners}


def _list_whole(run: Firings) -> list[OracleHit]:
    """The hits of its evidence, each for as long as it lasts."""
    hits = [hit for _, (_, inside) in run for hit in inside]
    return list({(hit.identity, hit.base): hit.whole or hit for hit in hits}.values())


def _make_episode(
    rule: CorrelationRule, group: tuple[tuple[str, str], ...], run: Firings
) -> OracleEpisode:
    level = rule.level if _is_sure(rule, run) else rule.level.lowered
    return OracleEpisode(
        rule.name, group, tuple(t for t, _ in run), run[-1][1][0], _evidence_of(run), level.value
    )
