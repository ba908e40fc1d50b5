"""The meanings that rules ask for."""

from services.matcher.domain.detection.means_tests import Meaning, means_tests
from services.matcher.domain.rules.rulebook import PackRules


def list_meanings(pack: PackRules) -> tuple[Meaning, ...]:
    """Every meaning of the pack's rules, each once."""
    return tuple(
        dict.fromkeys(
            test.meaning
            for rule in pack.rules
            if rule.suspicion is not None
            for test in means_tests(rule.suspicion)
        )
    )
