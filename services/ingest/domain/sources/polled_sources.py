"""Sources that the worker of ingest reads from other servers."""

from datetime import timedelta
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from schemas.event import Country
from schemas.model import Document
from services.ingest.domain.sources.mapping_document import FormatMapping
from services.ingest.domain.sources.pushed_sources import HeaderName
from services.ingest.domain.sources.source_document import MappedSource
from services.ingest.domain.sources.written_values import Credential, FilePath, Poll, Url

HostName = Annotated[str, StringConstraints(min_length=1, max_length=253, to_lower=True)]
PrivateHosts = Annotated[tuple[HostName, ...], Field(max_length=16)]
"""Hosts that may have addresses of private networks."""
Countries = Annotated[tuple[Country, ...], Field(max_length=250)]
"""Only events there; none: everywhere."""
Servers = Annotated[str, StringConstraints(pattern=r"^[^\s:,]+:\d{1,5}(,[^\s:,]+:\d{1,5})*$")]
TopicName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,249}$")]

GDELT_LAST_UPDATE = "http://data.gdeltproject.org/gdeltv2/lastupdate.txt"
ACLED_READ = "https://acleddata.com/api/acled/read"
ACLED_DELETED = "https://acleddata.com/api/deleted/read"
ACLED_TOKEN = "https://acleddata.com/oauth/token"  # noqa: S105  (an address)


class FormatSource(MappedSource):
    """A source in a format that is known."""

    mapping: FormatMapping | None = None


class FeedSource(FormatSource):
    """RSS, Atom or JSON Feed at `url`. `headers`: sent with each request, such as a key."""

    kind: Literal["feed"] = "feed"
    url: Url
    poll: Poll = timedelta(minutes=5)
    headers: dict[HeaderName, Credential] = Field(default_factory=dict, max_length=16)
    private_hosts: PrivateHosts = ()


class GdeltSource(FormatSource):
    """GDELT 2.0 events, a file each 15 minutes: by the list at `url`, or from a folder (`path`).

    `root_codes`: only events of these CAMEO roots (`18`: assault); none: all.
    """

    kind: Literal["gdelt"] = "gdelt"
    url: Url = GDELT_LAST_UPDATE
    path: FilePath | None = None
    poll: Poll = timedelta(minutes=5)
    countries: Countries = ()
    root_codes: tuple[Annotated[str, StringConstraints(pattern=r"^[0-9]{2}$")], ...] = ()
    private_hosts: PrivateHosts = ()


class AcledSource(FormatSource):
    """ACLED: its API with an account, or CSV files from a folder (`path`).

    `deleted_url` lists events that ACLED has deleted: they are retracted. `since`: how far back the
    first reading goes.
    """

    kind: Literal["acled"] = "acled"
    url: Url = ACLED_READ
    deleted_url: Url = ACLED_DELETED
    token_url: Url = ACLED_TOKEN
    path: FilePath | None = None
    username: Credential | None = None
    password: Credential | None = None
    poll: Poll = timedelta(hours=6)
    since: Poll = timedelta(days=30)
    countries: Countries = ()
    private_hosts: PrivateHosts = ()

    @model_validator(mode="after")
    def _has_account(self) -> Self:
        if self.path is None and (self.username is None or self.password is None):
            raise ValueError("username and password of an account, or the path of a folder of CSV")
        return self


class KafkaLogin(Document):
    """A user of the other cluster."""

    username: Credential
    password: Credential
    mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = "SCRAM-SHA-512"


class KafkaSource(MappedSource):
    """Messages of an existing topic, each a JSON document; without a mapping each is a report.

    `group` is its consumer group. `begin`: where a group without offsets begins.
    """

    kind: Literal["kafka"] = "kafka"
    servers: Servers
    topic: TopicName
    group: TopicName = "vedette-ingest"
    begin: Literal["earliest", "latest"] = "latest"
    tls: bool = False
    login: KafkaLogin | None = None
