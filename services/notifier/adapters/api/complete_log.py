"""What lists ask before they are made."""

from services.notifier.domain.errors import LogLost
from services.notifier.domain.watch.ports import LogReader


def require_complete(log: LogReader) -> None:
    """Refuse to list a part of the log, which would be read as the whole.

    Raises:
        LogLost: it is being rebuilt.
    """
    if not log.is_complete():
        raise LogLost("the log is being rebuilt")
