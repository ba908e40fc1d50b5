"""A Redis client that measures how long commands and transactions take."""

from typing import Any

from redis import Redis
from redis.client import Pipeline

from services.notifier.adapters.metrics import REDIS_SECONDS


class TimedPipeline(Pipeline):
    """As its parent, measured."""

    def execute(self, raise_on_error: bool = True) -> list[Any]:  # noqa: FBT001, FBT002 (redis-py's)
        """Measured as EXEC, also where it fails."""
        with REDIS_SECONDS.labels("EXEC").time():
            return super().execute(raise_on_error)


class TimedRedis(Redis):
    """As its parent, measured."""

    def execute_command(self, *args: Any, **options: Any) -> Any:
        """Measured by the name of the command, also where it fails."""
        with REDIS_SECONDS.labels(str(args[0])).time():
            return super().execute_command(*args, **options)  # type: ignore[no-untyped-call]

    def pipeline(self, transaction: bool = True, shard_hint: Any = None) -> Pipeline:  # noqa: FBT001, FBT002 (redis-py's)
        """A measured one."""
        return TimedPipeline(self.connection_pool, self.response_callbacks, transaction, shard_hint)
