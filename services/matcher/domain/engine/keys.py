"""Keys of states: of a window, a hypothesis, a source, a storm or a version of a report."""

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
    VERSION = b"v"


class StateKey(NamedTuple):
    """The key of one state in its signals partition.

    `name` is the Kafka key of a window, hypothesis or storm, the name of a source, and the identity
    of the event that is a version. New groups have the key of the storm that they would be, each
    partition its own.
    """

    kind: StateKind
    name: bytes

    def __str__(self) -> str:
        """The name of the rule, hypothesis or source, or the identity of the event."""
        is_name = self.kind in (StateKind.SOURCE, StateKind.VERSION)
        return self.name.decode() if is_name else self.rule[1]

    @property
    def rule(self) -> RuleKey:
        """Pack and name of the rule or hypothesis."""
        return _decode_rule(self.name)


_NAME = msgspec.json.Decoder(list[Any])


@lru_cache(maxsize=4096)
def _decode_rule(name: bytes) -> RuleKey:
    pack, rule, *_group = _NAME.decode(name)
    return pack, rule
