"""Reach: the levels of a hypothesis that no observations can lead to."""

from collections.abc import Iterator

from services.matcher.domain.hypotheses.hypothesis import LEVELS, WatchedHypothesis


def list_unreachable(hypothesis: WatchedHypothesis) -> Iterator[str]:
    """For each level above the greatest score a sentence; scheduled events are counted."""
    most = find_greatest_score(hypothesis)
    for (name, _), threshold in zip(LEVELS, hypothesis.thresholds, strict=True):
        if threshold > most:
            yield f"{name} asks for {threshold:g}, and all weights together come to {most:g}"


def find_greatest_score(hypothesis: WatchedHypothesis) -> float:
    """The score with every indicator that counts for it observed, when it weighs most."""
    # factors change only where a span begins or ends
    bounds = {time for span in hypothesis.scheduled for time in (span.start, span.end)}
    times = [min(bounds, default=0) - 1, *bounds]
    return max(
        sum(
            hypothesis.factor(indicator.rule, time) * max(indicator.weight, 0.0)
            for indicator in hypothesis.indicators
        )
        for time in times
    )
