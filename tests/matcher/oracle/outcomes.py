"""What of an alert, or of an episode of the oracle, has to agree."""

from datetime import datetime

from schemas.alert import Alert
from tests.matcher.oracle.episodes import OracleEpisode

Outcome = tuple[str, tuple[tuple[str, str], ...], datetime, datetime | None, str, int, float | None]


def of_alert(alert: Alert) -> Outcome:
    return (
        alert.rule.name,
        tuple(sorted(alert.group.items())),
        alert.starts_at,
        alert.last_fired_at,
        alert.level.value,
        alert.evidence_count,
        None if alert.value is None else round(alert.value, 6),
    )


def of_episode(episode: OracleEpisode) -> Outcome:
    return (
        episode.rule,
        episode.group,
        episode.times[0],
        episode.times[-1],
        episode.level,
        len(episode.evidence),
        round(episode.value, 6),
    )
