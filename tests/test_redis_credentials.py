"""A Redis URL whose file is replaced: the next connection has the new password."""

from pathlib import Path

import pytest
from pydantic import AnyUrl

from services.environment import load
from services.notifier.settings import NotifierSettings
from services.redis_credentials import FollowedUrl, UrlCredentials, split_credentials

OLD = "rediss://notifier:o%2Fld@redis:6379/0?ssl_cert_reqs=required"
NEW = "rediss://notifier:n%40ew@redis:6379/0?ssl_cert_reqs=required"


def follow(path: Path) -> AnyUrl:
    return load(NotifierSettings, {"VEDETTE_REDIS_URL_FILE": str(path)}).redis_url


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "redis-url"
    path.write_text(OLD + "\n")
    return path


def credentials(url: AnyUrl) -> tuple[str, ...]:
    provider = split_credentials(url)[1]["credential_provider"]
    assert isinstance(provider, UrlCredentials)
    return provider.get_credentials()


def test_the_client_has_the_address_alone_and_asks_for_the_password(path: Path) -> None:
    url = follow(path)

    assert split_credentials(url)[0] == "rediss://redis:6379/0?ssl_cert_reqs=required"
    assert credentials(url) == ("notifier", "o/ld")


def test_the_next_connection_has_the_new_password(path: Path) -> None:
    url = follow(path)

    path.write_text(NEW)

    assert credentials(url) == ("notifier", "n@ew")


@pytest.mark.parametrize(
    "replaced",
    ["", "no address", NEW.replace("redis:6379", "other:6379"), NEW.replace("/0?", "/1?")],
    ids=["empty", "malformed", "another server", "another database"],
)
def test_a_file_that_is_invalid_or_leads_elsewhere_changes_nothing(
    path: Path, replaced: str
) -> None:
    url = follow(path)

    path.write_text(replaced)

    assert credentials(url) == ("notifier", "o/ld")


def test_a_password_without_a_user_is_the_default_users(path: Path) -> None:
    path.write_text("redis://:secret@redis:6379/0")

    assert credentials(follow(path)) == ("secret",)


def test_what_needs_no_file_or_no_password_is_left_to_the_client(path: Path) -> None:
    plain = AnyUrl("redis://user:a@redis:6379/0")
    path.write_text("redis://redis:6379/0")

    assert split_credentials(plain) == (str(plain), {})
    assert split_credentials(follow(path)) == ("redis://redis:6379/0", {})
    assert isinstance(follow(path), FollowedUrl)
