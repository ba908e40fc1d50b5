"""Suspected episodes: what the second evaluation finds and words do not."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from services.matcher.domain.alerts.episodes import Episode, build_episode
from services.matcher.domain.alerts.evaluation import find_episodes
from services.matcher.domain.windows.state import NEVER, FiringRun, WindowState, span
from services.matcher.domain.windows.window_rule import WindowRule


def find_suspected(rule: WindowRule, state: WindowState) -> tuple[Episode, ...]:
    """The episodes of suspicion, by start: firing times that no episode by words covers.

    One by words covers the times before its last one that lead up to it without a longer gap than
    an episode may have, and those that follow within such a gap: its alert says them already.
    """
    return tuple(_list_suspected(rule, state))


def trim_runs(
    rule: WindowRule, words: WindowState, runs: Iterable[FiringRun]
) -> tuple[FiringRun, ...]:
    """Settled runs of the second evaluation, without what episodes by words cover.

    So it stays covered when words have forgotten it.
    """
    by_words = find_episodes(rule, words)
    left = (_trim_run(run, _find_covered_until(rule, by_words, run.last)) for run in runs)
    return tuple(run for run in left if run is not None)


def _trim_run(run: FiringRun, until: int) -> FiringRun | None:
    """What is left of a run behind a time; None if nothing is."""
    if until < run.start:
        return run
    firings = run.firings[bisect_right(run.firings, until) :]
    return FiringRun(start=firings[0], firings=firings, value=run.value) if firings else None


def join_gap(rule: WindowRule) -> int:
    """The longest gap between firing times that one alert announces, in microseconds."""
    return span(rule.resolve_after + rule.cooldown)


def _list_suspected(rule: WindowRule, state: WindowState) -> Iterator[Episode]:
    if state.suspicion is None:
        return
    by_words = find_episodes(rule, state)
    for episode in find_episodes(rule, state.suspicion):
        left = _leave_uncovered(rule, by_words, episode)
        if left is not None:
            yield replace(left, suspected=True)


def _leave_uncovered(
    rule: WindowRule, by_words: Sequence[Episode], episode: Episode
) -> Episode | None:
    """What is left of an episode behind that by words; None if nothing is."""
    left = _trim_run(episode.run, _find_covered_until(rule, by_words, episode.last))
    if left is None or left is episode.run:
        return episode if left else None
    return build_episode(rule, episode.hits, left)


def _find_covered_until(rule: WindowRule, by_words: Sequence[Episode], last: int) -> int:
    """Up to which time words cover an episode with that last firing time."""
    reach = last + join_gap(rule)
    place = bisect_right(by_words, reach, key=lambda each: each.start)
    if not place:
        return NEVER
    nearest = by_words[place - 1]
    times = (nearest.start, *nearest.firings[: bisect_right(nearest.firings, reach)][-1:])
    return max(times) + join_gap(rule)
