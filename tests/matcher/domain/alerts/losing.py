"""States as a worker that begins has them."""

import msgspec

from services.matcher.domain.windows.state import WindowState


def lose_evaluation(state: WindowState) -> WindowState:
    """The state without what was known of it."""
    second = None if state.suspicion is None else lose_evaluation(state.suspicion)
    return msgspec.structs.replace(state, evaluation=None, suspicion=second)
