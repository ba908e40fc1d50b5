"""Which presses of buttons were done before, at whatever notifier."""

from dataclasses import dataclass

from redis import Redis

from services.notifier.adapters.watch.watch_keys import WatchKeys

SECONDS = 3600


@dataclass(frozen=True, slots=True)
class RedisPresses:
    """Presses of the last hour: requests are not taken for longer than five minutes.

    Raises redis.RedisError when Redis cannot be used.
    """

    redis: Redis
    keys: WatchKeys

    def has(self, identity: str) -> bool:
        """Whether the press was done."""
        return bool(self.redis.exists(self.keys.press(identity)))

    def add(self, identity: str) -> None:
        """The press was done."""
        self.redis.set(self.keys.press(identity), 1, ex=SECONDS)
