"""Starts the service."""

import sys

from services import telemetry
from services.environment import InvalidEnvironment, load, process_environment
from services.matcher.adapters.rules.first_rules import NoRules
from services.matcher.app.service import serve
from services.matcher.settings import MatcherSettings

CANNOT_START = 2


def main() -> int:
    """Run until SIGTERM or SIGINT (0) or a crash (1); 2 if the settings or rules are unusable."""
    try:
        settings = load(MatcherSettings, process_environment())
        telemetry.configure_logging("matcher", settings.log_level, settings.log_format)
        return serve(settings)
    except (InvalidEnvironment, NoRules) as error:
        sys.stderr.write(f"matcher: {error}\n")
        return CANNOT_START


if __name__ == "__main__":
    sys.exit(main())
