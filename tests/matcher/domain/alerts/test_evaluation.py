"""Episodes that are kept up to date are those that all hits give."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace as changed

from schemas.rule import Condition, Corroboration
from services.matcher.domain.alerts import episodes as plain
from services.matcher.domain.alerts.episodes import Episode
from services.matcher.domain.alerts.evaluation import find_episodes
from services.matcher.domain.alerts.newest_evidence import list_roles, walk_evidence
from services.matcher.domain.windows.ordered import Ordered
from services.matcher.domain.windows.state import WindowState, make_hit, span
from tests.matcher.any_hits import LONG_AGO, hits_of, turn
from tests.matcher.any_hits import RULES as TYPES
from tests.matcher.builders import HOUR, fired, hit, of

CORROBORATED = Corroboration(sources=2, within=2 * HOUR)
RULES = {
    **TYPES,
    "corroborated": replace(TYPES["count"], corroboration=CORROBORATED),
    "cooldown": replace(TYPES["short gap"], cooldown=2 * HOUR),
    "levels": replace(TYPES["short gap"], cooldown=2 * HOUR, corroboration=CORROBORATED),
    "levels of values": replace(
        TYPES["values"], resolve_after=HOUR, cooldown=3 * HOUR, corroboration=CORROBORATED
    ),
    "levels of one": replace(
        TYPES["alone"], resolve_after=HOUR, cooldown=3 * HOUR, corroboration=CORROBORATED
    ),
    "corroborated alerts": replace(TYPES["count, of alerts"], corroboration=CORROBORATED),
}


def describe(episodes: tuple[Episode, ...]) -> list[tuple[object, ...]]:
    """All that an alert says of each."""
    for episode in episodes:
        assert tuple(walk_evidence(episode))[::-1] == episode.evidence
        for one in episode.evidence:
            assert one.base in list_roles(episode, one.identity)
    return [(one.run, one.totals, one.evidence) for one in episodes]


@given(st.sampled_from(sorted(RULES)), st.data())
def test_whatever_comes_and_goes_in_any_order(name: str, data: st.DataObject) -> None:
    rule = RULES[name]
    pool, state = data.draw(hits_of(rule)), WindowState(since=LONG_AGO)
    if data.draw(st.booleans()):
        pool.sort(key=lambda one: one.order)
    state = changed(state, clock=pool[0].at)

    for one in [*pool, *data.draw(st.lists(st.sampled_from(pool), max_size=9))]:
        hits = turn(state.hits, one)
        clock = max(state.clock or 0, one.at) if data.draw(st.booleans()) else state.clock
        find_episodes(rule, state)
        state = changed(state, hits=hits, clock=clock)

        expected = plain.find_episodes(rule, state)
        assert describe(find_episodes(rule, state)) == describe(expected)


def test_a_state_that_was_left_behind_is_evaluated_again() -> None:
    pair = replace(TYPES["count"], condition=Condition(gte=2))
    before = WindowState(hits=Ordered.of(map(make_hit, (hit(0), hit(1)))))
    after = changed(before, hits=before.hits.add(make_hit(hit(2))))

    counts = [find_episodes(pair, state)[0].count for state in (before, after, before)]

    assert counts == [2, 3, 2]


def test_a_late_report_corroborates_nothing_that_is_far_from_it() -> None:
    asked = Corroboration(sources=2, within=HOUR / 2)
    rule = replace(
        TYPES["count"], condition=Condition(gte=1), resolve_after=9 * HOUR, corroboration=asked
    )
    before = WindowState(hits=Ordered.of([make_hit(hit(1, owner="afp"))]))
    find_episodes(rule, before)
    after = changed(before, hits=before.hits.add(make_hit(hit(0, owner="reuters"))))

    assert [episode.uncorroborated for episode in find_episodes(rule, after)] == [True]


def test_an_alert_leaves_the_evidence_of_a_window_that_it_does_not_overlap() -> None:
    rule = replace(
        TYPES["range, of alerts"],
        condition=Condition(gte=2, lt=3),
        timespan=HOUR,
        resolve_after=HOUR / 4,
    )
    lasting = fired("threat", 0, 1, name="lasting")
    state = WindowState()
    # two at 0, three at 1, two at 3: the alert lasts beyond the first time that fires
    for one in (hit(1, "b"), hit(1, "c"), hit(0), lasting, hit(3, "d"), hit(3, "e")):
        state = changed(state, hits=state.hits.add(make_hit(one)))
        find_episodes(rule, state)

    assert [episode.count for episode in find_episodes(rule, state)] == [2, 2]


def test_a_tick_may_find_any_number_of_answers_overdue() -> None:
    asked = [make_hit(of("threat", hit(n / 100, f"e{n}"))) for n in range(99)]
    rule, hits = TYPES["awaited"], Ordered.of(asked)
    due = [one.at + span(rule.timespan) for one in hits]
    before = WindowState(since=LONG_AGO, hits=hits, clock=due[0])
    find_episodes(rule, before)

    after = changed(before, clock=due[-1])

    assert describe(find_episodes(rule, after)) == describe(plain.find_episodes(rule, after))
