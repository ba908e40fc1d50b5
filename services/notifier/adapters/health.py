"""The truth about Kafka and Redis."""

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from kafka import KafkaAdminClient
from kafka.errors import KafkaError
from kafka.structs import MemberState
from redis import Redis, RedisError
from redis.exceptions import ResponseError

from services.notifier.adapters.membership import Membership
from services.notifier.adapters.metrics import DURABLE

WANTED = {"appendonly": "yes", "appendfsync": "always", "maxmemory-policy": "noeviction"}
PATIENCE_MS = 1_000
FRESH = 1.0
LONGEST_TURN = timedelta(seconds=30)


@dataclass
class RedisHealth:
    """Whether Redis answers, and keeps what it acknowledges.

    What it does not say stands in `notes`, for /readyz.
    """

    redis: Redis
    notes: dict[str, str]

    def check(self) -> str | None:
        """None, or what is wrong."""
        try:
            found = durability(self.redis)
        except RedisError as error:
            return f"redis does not answer: {error}"
        lacking, hidden = lacks(found), sorted(WANTED.keys() - found.keys())
        DURABLE.set(0 if lacking else -1 if hidden else 1)
        self.notes.pop("redis", None)
        if hidden:
            self.notes["redis"] = f"redis does not say its {', '.join(hidden)}: see to it yourself"
        return "redis may lose what it acknowledged: " + ", ".join(lacking) if lacking else None


def durability(redis: Redis) -> dict[str, str]:
    """Of the settings that matter those that Redis tells.

    Raises redis.RedisError when it does not answer.
    """
    redis.ping()
    try:
        answer = redis.config_get(*WANTED)
    except ResponseError:  # managed ones refuse CONFIG
        return _from_info(redis)
    return {_text(name): _text(value) for name, value in answer.items()}


def _from_info(redis: Redis) -> dict[str, str]:
    try:
        told = redis.info("persistence") | redis.info("memory")
    except ResponseError:
        return {}
    found = {"maxmemory-policy": told.get("maxmemory_policy")}
    if "aof_enabled" in told:
        found["appendonly"] = "yes" if told["aof_enabled"] else "no"
    return {name: str(value) for name, value in found.items() if value is not None}


def lacks(found: Mapping[str, str]) -> list[str]:
    """What of Redis's settings, as far as they are known, breaks "sent once"."""
    return [
        f"{name} is {found[name]} and must be {value}"
        for name, value in WANTED.items()
        if found.get(name, value) != value
    ]


def _text(word: str | bytes | None) -> str:
    return word.decode() if isinstance(word, bytes) else str(word)


@dataclass
class KafkaHealth:
    """Whether a broker answers, asked over a connection of its own, once a second at most."""

    bootstrap_servers: str
    _admin: KafkaAdminClient | None = None
    _answer: str | None = "not asked yet"
    _asked: float = float("-inf")
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def check(self) -> str | None:
        """None, or what is wrong; blocks about a second at most."""
        with self._lock:
            if time.monotonic() - self._asked > FRESH:
                self._answer = self._ask()
                self._asked = time.monotonic()
            return self._answer

    def close(self) -> None:
        """Give the connection back."""
        with self._lock:
            self._drop()

    def _ask(self) -> str | None:
        try:
            self._connected().describe_cluster()
        except KafkaError as error:
            self._drop()
            return f"kafka does not answer: {type(error).__name__}"
        return None

    def _connected(self) -> KafkaAdminClient:
        if self._admin is None:
            self._admin = KafkaAdminClient(
                bootstrap_servers=self.bootstrap_servers.split(","),
                request_timeout_ms=PATIENCE_MS,
                bootstrap_timeout_ms=PATIENCE_MS,
            )
        return self._admin

    def _drop(self) -> None:
        if self._admin is not None:
            self._admin.close()
            self._admin = None


@dataclass
class StreamHealth:
    """Whether the alerts topic is read: a member of the group, that polls."""

    _member: Membership | None = None

    def watch(self, member: Membership) -> None:
        """Tell of this one from now on."""
        self._member = member

    def check(self) -> str | None:
        """None, or what is wrong."""
        member = self._member
        if member is None or member.polled_at is None:
            return "not connected yet"
        if datetime.now(UTC) - member.polled_at > LONGEST_TURN:
            return f"no poll since {member.polled_at:%H:%M:%S}"
        return None if member.state == MemberState.STABLE else f"in the group: {member.state}"
