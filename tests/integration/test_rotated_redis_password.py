"""A user's password on a real Redis changes while a client of the notifier runs."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import AuthenticationError, Redis

from services.environment import load
from services.notifier.app.stores import connect_redis
from services.notifier.settings import NotifierSettings
from tests.parts.redis_server import RedisNode
from tests.parts.waiting import until

pytestmark = pytest.mark.integration

USER = "rotated"


@pytest.fixture
def redis(redis_node: RedisNode) -> Iterator[Redis]:
    client = Redis.from_url(redis_node.url(0))
    yield client
    client.acl_deluser(USER)
    client.close()


def set_password(redis: Redis, path: Path, address: str, password: str) -> None:
    """As an operator: Redis first, then the file."""
    redis.acl_setuser(
        USER,
        enabled=True,
        reset=True,
        passwords=[f"+{password}"],
        keys=["*"],
        categories=["+@all"],
    )
    path.write_text(address.replace("://", f"://{USER}:{password}@"))


def is_admitted(client: Redis) -> bool:
    try:
        return bool(client.ping())
    except AuthenticationError:
        return False


def test_a_client_connects_again_with_the_password_of_the_file(
    redis: Redis, redis_node: RedisNode, tmp_path: Path
) -> None:
    path, address = tmp_path / "redis-url", redis_node.url(0)
    set_password(redis, path, address, "first")
    settings = load(NotifierSettings, {"VEDETTE_REDIS_URL_FILE": str(path)})
    client = connect_redis(settings)
    assert is_admitted(client)

    set_password(redis, path, address, "second")
    client.connection_pool.disconnect()

    until(lambda: is_admitted(client), "it is admitted again", timeout=60)
    client.close()
