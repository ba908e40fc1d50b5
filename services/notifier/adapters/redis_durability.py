"""The settings by which Redis keeps what it acknowledged."""

from collections.abc import Mapping

from redis import Redis
from redis.exceptions import ResponseError

REQUIRED = {"appendonly": "yes", "appendfsync": "always", "maxmemory-policy": "noeviction"}


def read_durability(redis: Redis) -> dict[str, str]:
    """The required settings, as far as Redis shows them.

    Raises redis.RedisError when it does not answer.
    """
    redis.ping()
    try:
        answer = redis.config_get(*REQUIRED)
    except ResponseError:  # managed services refuse CONFIG
        return _read_info(redis)
    return {_decode(name): _decode(value) for name, value in answer.items()}


def _read_info(redis: Redis) -> dict[str, str]:
    try:
        info = redis.info("persistence") | redis.info("memory")
    except ResponseError:
        return {}
    known = {"maxmemory-policy": info.get("maxmemory_policy")}
    if "aof_enabled" in info:
        known["appendonly"] = "yes" if info["aof_enabled"] else "no"
    return {name: str(value) for name, value in known.items() if value is not None}


def list_wrong(known: Mapping[str, str]) -> list[str]:
    """The known settings that allow Redis to lose what was sent."""
    return [
        f"{name} is {known[name]} and must be {value}"
        for name, value in REQUIRED.items()
        if known.get(name, value) != value
    ]


def _decode(value: str | bytes | None) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)
