"""Starts the service: the matcher, or with the argument `reader` the reader beside it."""

import sys
from collections.abc import Callable
from typing import TypeVar

from services import telemetry
from services.environment import InvalidEnvironment, load, process_environment
from services.matcher.adapters.rules.first_rules import NoRules
from services.matcher.adapters.sentence_models.load_model import ModelUnavailable
from services.matcher.app.reader import serve_reader
from services.matcher.app.service import serve
from services.matcher.settings import MatcherSettings, ReaderServiceSettings
from services.metrics import show_process
from services.otlp_endpoint import read_endpoint
from services.span_sending import start_tracing, stop_tracing

CANNOT_START = 2
MATCHER, READER = "matcher", "reader"

S = TypeVar("S", bound=MatcherSettings)


def main() -> int:
    """Run until SIGTERM or SIGINT (0) or a crash (1); 2 if settings, port or rules are unusable."""
    return _run(MATCHER, MatcherSettings, serve)


def main_reader() -> int:
    """Run the reader, as `main` does the matcher; 2 also if there is no model."""
    return _run(READER, ReaderServiceSettings, serve_reader)


def _run(name: str, kind: type[S], run: Callable[[S], int]) -> int:
    try:
        settings = load(kind, process_environment())
        telemetry.configure_logging(name, settings.log_level, settings.log_format)
        show_process(settings)
        start_tracing(name, read_endpoint(process_environment()))
        return run(settings)
    except (InvalidEnvironment, telemetry.CannotListen, NoRules, ModelUnavailable) as error:
        sys.stderr.write(f"vedette {name}: {error}\n")
        return CANNOT_START
    finally:
        stop_tracing()


if __name__ == "__main__":
    sys.exit(main_reader() if sys.argv[1:] == [READER] else main())
