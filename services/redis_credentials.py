"""The user and the password of a Redis URL, as the URL's file has them now."""

import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from pydantic import AnyUrl
from redis.credentials import CredentialProvider

from services.followed_files import follow_file
from services.followed_secret import Check, read_secret

_USER = re.compile(r"(?<=://)[^/@]*@")


class FollowedUrl(AnyUrl):
    """The URL that was in its file at the start; `read` gives that in force.

    User and password may change while the service runs. The server may not: a file that names
    another one changes nothing, and the log says so.
    """

    def __init__(self, path: Path, check: Check) -> None:
        """Read the file; `check` raises ValueError for what is no such URL, as this does."""
        first = AnyUrl(read_secret(path))

        def read_url(path: Path) -> AnyUrl:
            text = read_secret(path)
            check(text)
            url = AnyUrl(text)
            if _name_server(url) != _name_server(first):
                raise ValueError("it names another server: restart the service")
            return url

        self._url = first._url  # noqa: SLF001  (of the same class)
        self.read = follow_file(path, read_url)


class UrlCredentials(CredentialProvider):
    """What Redis is told at the beginning of each connection."""

    def __init__(self, url: FollowedUrl) -> None:
        self._url = url

    def get_credentials(self) -> tuple[str] | tuple[str, str]:
        """The password, with the user where the URL names one."""
        url = self._url.read()
        password = unquote(url.password or "")
        return (unquote(url.username), password) if url.username else (password,)


def split_credentials(url: AnyUrl | str) -> tuple[str, dict[str, Any]]:
    """The URL that a client is made with, and its other options.

    Where a file may replace the password, the client asks for it at each connection.
    """
    if isinstance(url, FollowedUrl) and url.password is not None:
        return _name_server(url), {"credential_provider": UrlCredentials(url)}
    return str(url), {}


def _name_server(url: AnyUrl) -> str:
    return _USER.sub("", str(url))
