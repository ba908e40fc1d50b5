"""Health checks of Kafka and Redis."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from kafka import KafkaAdminClient
from kafka.errors import KafkaError, UnknownTopicOrPartitionError
from kafka.structs import MemberState
from redis import Redis, RedisError
from redis.exceptions import AuthenticationError, ResponseError

from services.kafka_address import KafkaAddress
from services.kafka_refusal import find_refusal
from services.notifier.adapters.membership import Membership
from services.notifier.adapters.metrics import DURABLE
from services.notifier.adapters.redis_durability import REQUIRED, list_wrong, read_durability

PATIENCE_MS = 1_000
PROBE_MS = 60_000
LONGEST_POLL_GAP = timedelta(seconds=30)


@dataclass
class RedisHealth:
    """Whether Redis answers and keeps what it acknowledges.

    `probe`: a key that each check writes. `notes`: the notes of /readyz; one names the settings
    that Redis hides.
    """

    redis: Redis
    probe: str
    notes: dict[str, str]

    def check(self) -> str | None:
        """None, or what is wrong."""
        try:
            known = read_durability(self.redis)
            self.redis.set(self.probe, 1, px=PROBE_MS)
        except AuthenticationError as error:
            return f"redis refuses us: {error}; see the user and password in VEDETTE_REDIS_URL"
        except ResponseError as error:
            return f"redis refuses writes: {error}"
        except RedisError as error:
            return f"redis does not answer: {error}"
        wrong, hidden = list_wrong(known), sorted(REQUIRED.keys() - known.keys())
        DURABLE.set(0 if wrong else -1 if hidden else 1)
        self.notes.pop("redis", None)
        if hidden:
            self.notes["redis"] = f"redis hides its {', '.join(hidden)}: check them yourself"
        return "redis may lose what it acknowledged: " + ", ".join(wrong) if wrong else None


@dataclass
class KafkaHealth:
    """Whether a broker answers on a separate connection, and has the `topics`. For one thread."""

    address: KafkaAddress
    topics: Sequence[str]
    _admin: KafkaAdminClient | None = None

    def check(self) -> str | None:
        """None, or what is wrong; blocks a second or two at most."""
        try:
            return find_missing_topic(self._connect().describe_topics(list(self.topics)))
        except KafkaError as error:
            self.close()
            return find_refusal(self.address) or f"kafka does not answer: {type(error).__name__}"

    def close(self) -> None:
        """Give the connection back."""
        if self._admin is not None:
            self._admin.close()
            self._admin = None

    def _connect(self) -> KafkaAdminClient:
        if self._admin is None:
            self._admin = KafkaAdminClient(
                **self.address.client_options(),
                request_timeout_ms=PATIENCE_MS,
                bootstrap_timeout_ms=PATIENCE_MS,
            )
        return self._admin


def find_missing_topic(descriptions: Iterable[Mapping[str, Any]]) -> str | None:
    """Which topic Kafka does not have, by its own words about each."""
    for topic in descriptions:
        if topic["error_code"] == UnknownTopicOrPartitionError.errno:
            return f"topic {topic['name']} is missing: create it with `vedette topics create`"
    return None


@dataclass
class StreamHealth:
    """Whether the alerts topic is read: the member is in its group and polls."""

    _member: Membership | None = None

    def watch(self, member: Membership) -> None:
        """Check this member from now on."""
        self._member = member

    def check(self) -> str | None:
        """None, or what is wrong."""
        member = self._member
        if member is None or member.polled_at is None:
            return "not connected yet"
        if datetime.now(UTC) - member.polled_at > LONGEST_POLL_GAP:
            return f"no poll since {member.polled_at:%H:%M:%S}"
        return None if member.state == MemberState.STABLE else f"in the group: {member.state}"
