"""The moves of hypotheses in a backtest, as `timeline.expected.yaml` has them."""

from collections.abc import Iterable, Mapping

from schemas.alert import Alert, LevelMove


def list_moves(revisions: Iterable[Alert]) -> list[Mapping[str, object]]:
    """Every move in the order in which it was told, with times in whole seconds."""
    last: dict[str, LevelMove | None] = {}
    moves: list[Mapping[str, object]] = []
    for alert in revisions:
        if alert.move is not None and last.get(alert.id) != alert.move:
            last[alert.id] = alert.move
            moves.append(_describe(alert, alert.move))
    return moves


def _describe(alert: Alert, move: LevelMove) -> Mapping[str, object]:
    return {
        "hypothesis": alert.rule.name,
        "starts_at": alert.starts_at.replace(microsecond=0),
        "level": move.after or "none",
        "told_at": alert.updated_at.replace(microsecond=0),
        "moved_by": move.because,
    }
