"""Level groups: runs within the cooldown that are one episode by their levels."""

from collections.abc import Sequence

from services.matcher.domain.alerts.episodes import build_episode, join_runs
from services.matcher.domain.alerts.tally_change import TalliedRun
from services.matcher.domain.windows.ordered import Ordered
from services.matcher.domain.windows.state import FiringRun, Hit, span
from services.matcher.domain.windows.window_rule import WindowRule


def group_by_level(
    rule: WindowRule, hits: Ordered[Hit], parts: Sequence[TalliedRun]
) -> list[list[FiringRun]]:
    """The runs that are one within the cooldown: none of a higher level than those before."""
    gap = span(rule.resolve_after + rule.cooldown)
    groups, is_high = list[list[FiringRun]](), False
    for part in parts:
        is_corroborated = part.totals.corroborated
        is_near = bool(groups) and part.run.start - groups[-1][-1].last <= gap
        if is_near and is_corroborated and not is_high:
            is_high = is_near = _is_corroborated(rule, hits, groups[-1])
        if is_near:
            groups[-1].append(part.run)
        else:
            groups.append([part.run])
        is_high = is_corroborated or (is_near and is_high)
    return groups


def _is_corroborated(rule: WindowRule, hits: Ordered[Hit], group: Sequence[FiringRun]) -> bool:
    """Whether runs that are not by themselves are together."""
    run = join_runs(group)
    return len(group) > 1 and build_episode(rule, hits, run).totals.corroborated
