"""The addresses (URLs) that are fetched: of the web, without a user, and followed with care."""

from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from services.ingest.domain.fetching.failure import FailureReason, FetchFailed

LONGEST_URL = 4096
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Target:
    """An address to fetch, and where it leads; `host` is in lower case, without a last dot."""

    url: str
    scheme: str
    host: str
    port: int

    @property
    def origin(self) -> tuple[str, str, int]:
        """Whom credentials may be shown to."""
        return (self.scheme, self.host, self.port)


def read_target(url: str) -> Target:
    """The target that `url` names.

    Raises:
        FetchFailed: it is not an address of the web.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise _refuse(url, str(error)) from None
    if parts.scheme not in _PORTS:
        raise _refuse(url, "only http and https are fetched")
    if not parts.hostname or len(url) > LONGEST_URL:
        raise _refuse(url, "no host in it, or longer than 4096 characters")
    if parts.username is not None or parts.password is not None:
        raise _refuse(parts.hostname, "a user or password in it: name credentials in the source")
    # `is None`: port 0 is not the default one
    number = _PORTS[parts.scheme] if port is None else port
    return Target(url, parts.scheme, parts.hostname.rstrip("."), number)


def follow(target: Target, location: str) -> Target:
    """Where a redirect of `target` leads.

    Raises:
        FetchFailed: to no address of the web, or from https back to http.
    """
    try:
        url = urljoin(target.url, location)
    except ValueError as error:
        raise _refuse(location, str(error)) from None
    following = read_target(url)
    if target.scheme == "https" and following.scheme == "http":
        message = f"{target.host} redirects from https to http: name the last address itself"
        raise FetchFailed(FailureReason.REDIRECTS, message)
    return following


def _refuse(url: str, why: str) -> FetchFailed:
    return FetchFailed(FailureReason.URL, f"{url[:200]!r}: {why}")
