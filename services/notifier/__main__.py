"""Starts the service."""

import logging
import signal
import sys
import threading

from services.environment import InvalidEnvironment, load, process_environment
from services.metrics import show_process
from services.notifier.adapters.routes_file import InvalidRoutes
from services.notifier.app.receivers import InvalidReceiver
from services.notifier.app.run import run
from services.notifier.settings import NotifierSettings
from services.otlp_endpoint import read_endpoint
from services.span_sending import start_tracing, stop_tracing
from services.telemetry import CannotListen, RepeatFilter, configure_logging
from services.token_file import InvalidTokens

REPEAT_SECONDS = 60.0


def main() -> int:
    """Notify until SIGTERM or SIGINT; 0 when all in flight was finished, 2 on bad settings."""
    try:
        settings = load(NotifierSettings, process_environment())
        endpoint = read_endpoint(process_environment())
    except InvalidEnvironment as error:
        print(f"vedette notifier: {error}", file=sys.stderr)  # noqa: T201  (no log yet to write to)
        return 2
    configure_logging("notifier", settings.log_level, settings.log_format)
    show_process(settings)
    start_tracing("notifier", endpoint)
    for handler in logging.getLogger().handlers:
        # each of its clients logs several times a second that Kafka is away
        handler.addFilter(RepeatFilter("kafka", REPEAT_SECONDS))
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    try:
        run(settings, stopping)
    except (CannotListen, InvalidRoutes, InvalidTokens, InvalidReceiver) as error:
        print(f"vedette notifier: {error}", file=sys.stderr)  # noqa: T201  (read by who starts it)
        return 2
    finally:
        stop_tracing()
    return 0


if __name__ == "__main__":
    sys.exit(main())
