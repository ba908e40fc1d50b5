"""One request to a stranger's server, within bounds of address, size and time."""

import asyncio
import ssl
from collections.abc import Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from datetime import datetime
from http import HTTPStatus
from weakref import WeakValueDictionary

import httpcore
import httpx

from services.ingest.adapters.fetching.checked_backend import CheckedBackend, Resolve, resolve
from services.ingest.domain.fetching.body import ACCEPTED_ENCODINGS, BodyAssembler
from services.ingest.domain.fetching.failure import FailureReason, FetchFailed
from services.ingest.domain.fetching.retry_after import read_retry_after
from services.ingest.domain.fetching.target import Target, follow, read_target

MOST_REDIRECTS = 5
LARGEST_BODY = 8 * 1024 * 1024
CONDITIONAL = frozenset({"if-none-match", "if-modified-since"})


@dataclass(frozen=True, slots=True)
class FetchLimits:
    """How long a fetch may take, in seconds, and how many bytes its body may unpack to.

    `connect` is for finding and reaching the host, `read` for each pause, `whole` for all of it.
    """

    connect: float = 10.0
    read: float = 20.0
    whole: float = 60.0
    body: int = LARGEST_BODY


@dataclass(frozen=True, slots=True)
class FetchRequest:
    """What to fetch. `headers` go to the origin of `url` alone; where it redirects to, conditions.

    `allowed`: hosts that need not be public.
    """

    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    allowed: frozenset[str] = frozenset()
    form: Mapping[str, str] | None = field(default=None, repr=False)
    """Posted, if it is given; it follows no redirect."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer of status 200, or 304 without a body; the names of headers are in lower case."""

    status: int
    url: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Fetcher:
    """Fetches over one connection a host at a time. No proxy, no environment, no cookie jar."""

    user_agent: str
    now: Callable[[], datetime]
    limits: FetchLimits = FetchLimits()
    resolve: Resolve = resolve
    tls: ssl.SSLContext = field(default_factory=httpx.create_ssl_context)
    turns: WeakValueDictionary[str, asyncio.Lock] = field(default_factory=WeakValueDictionary)
    """Of the hosts that are asked now."""

    async def fetch(self, request: FetchRequest) -> Fetched:
        """The answer, after at most 5 redirects, each checked as the first address is.

        Raises:
            FetchFailed: it is refused, or nothing usable came.
        """
        target = read_target(request.url)
        try:
            async with asyncio.timeout(self.limits.whole), self._open(request.allowed) as client:
                return await self._follow(client, request, target)
        except TimeoutError:
            message = f"{target.host}: not complete within {self.limits.whole:g} s"
            raise FetchFailed(FailureReason.TIMEOUT, message) from None
        except httpx.TimeoutException as error:
            message = f"{target.host}: {type(error).__name__}"
            raise FetchFailed(FailureReason.TIMEOUT, message) from None
        except (httpx.HTTPError, httpx.InvalidURL, ssl.SSLError, OSError) as error:
            message = f"{target.host}: {str(error) or type(error).__name__}"
            raise FetchFailed(FailureReason.UNREACHABLE, message) from None

    def _open(self, allowed: frozenset[str]) -> httpx.AsyncClient:
        limits = self.limits
        return httpx.AsyncClient(
            transport=_CheckedTransport(CheckedBackend(allowed, self.resolve), self.tls),
            timeout=httpx.Timeout(limits.read, connect=limits.connect),
            headers={"User-Agent": self.user_agent, "Accept-Encoding": ACCEPTED_ENCODINGS},
            follow_redirects=False,
            trust_env=False,
        )

    async def _follow(
        self, client: httpx.AsyncClient, request: FetchRequest, first: Target
    ) -> Fetched:
        target, headers = first, dict(request.headers)
        for _ in range(MOST_REDIRECTS + 1):
            turn = self.turns.setdefault(target.host, asyncio.Lock())
            async with turn:
                answer = await self._ask(client, target, replace(request, headers=headers))
            if isinstance(answer, Fetched):
                return answer
            if request.form is not None:
                message = f"{first.host} redirects a login: name the last address itself"
                raise FetchFailed(FailureReason.REDIRECTS, message)
            if answer.origin != target.origin:
                headers = _keep_conditions(headers)
            target = answer
        message = f"{first.host} redirects more than {MOST_REDIRECTS} times"
        raise FetchFailed(FailureReason.REDIRECTS, message)

    async def _ask(
        self, client: httpx.AsyncClient, target: Target, request: FetchRequest
    ) -> Fetched | Target:
        method = "GET" if request.form is None else "POST"
        asked = client.build_request(
            method, target.url, headers=dict(request.headers), data=request.form
        )
        async with aclosing(await client.send(asked, stream=True)) as response:
            if response.is_redirect and "location" in response.headers:
                return follow(target, response.headers["location"])
            is_unchanged = response.status_code == HTTPStatus.NOT_MODIFIED
            if response.status_code != HTTPStatus.OK and not is_unchanged:
                raise self._describe_status(target, response)
            body = b"" if is_unchanged else await self._read_body(response)
            return Fetched(response.status_code, target.url, dict(response.headers), body)

    async def _read_body(self, response: httpx.Response) -> bytes:
        body = BodyAssembler(response.headers.get("content-encoding", ""), self.limits.body)
        async for chunk in response.aiter_raw():
            body.add(chunk)
        return body.finish()

    def _describe_status(self, target: Target, response: httpx.Response) -> FetchFailed:
        wait = read_retry_after(response.headers.get("retry-after"), self.now())
        message = f"{target.host} answers {response.status_code}"
        return FetchFailed(FailureReason.STATUS, message, wait, response.status_code)


def _keep_conditions(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name.lower() in CONDITIONAL}


class _CheckedTransport(httpx.AsyncHTTPTransport):
    """As its parent, on a backend of ours, which its parent takes no argument for."""

    def __init__(self, backend: CheckedBackend, tls: ssl.SSLContext) -> None:
        super().__init__(verify=tls, trust_env=False)
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=tls, max_connections=1, network_backend=backend
        )
