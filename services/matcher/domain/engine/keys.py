"""Keys of states: every state belongs to a window, a hypothesis, a source or a storm."""

from enum import Enum
from functools import lru_cache
from typing import Any, NamedTuple

import msgspec

from services.matcher.domain.rules.rulebook import RuleKey


class StateKind(bytes, Enum):
    """What a state is of."""

    WINDOW = b"w"
    HYPOTHESIS = b"h"
    SOURCE = b"s"
    NEW_GROUPS = b"n"
    STORM = b"f"


class StateKey(NamedTuple):
    """The key of one state in its signals partition.

    `name` is the Kafka key of a window, hypothesis or storm, and the name of a source. New groups
    have the key of the storm that they would be, each partition its own.
    """

    kind: StateKind
    name: bytes

    def __str__(self) -> str:
        """The name of the rule, hypothesis or source."""
        return self.name.decode() if self.kind is StateKind.SOURCE else self.rule[1]

    @property
    def rule(self) -> RuleKey:
        """Pack and name of the rule or hypothesis."""
        return _decode_rule(self.name)


_NAME = msgspec.json.Decoder(list[Any])


@lru_cache(maxsize=4096)
def _decode_rule(name: bytes) -> RuleKey:
    pack, rule, *_group = _NAME.decode(name)
    return pack, rule
