"""Which presses of buttons were told of before, at whatever notifier."""

from dataclasses import dataclass

from redis import Redis

from services.notifier.adapters.watch.watch_keys import WatchKeys

SECONDS = 3600


@dataclass(frozen=True, slots=True)
class SeenPresses:
    """Presses of the last hour: requests are not taken for longer than five minutes."""

    redis: Redis
    keys: WatchKeys

    def is_first(self, identity: str) -> bool:
        """Whether this is the first time; raises redis.RedisError."""
        return bool(self.redis.set(self.keys.press(identity), 1, nx=True, ex=SECONDS))
