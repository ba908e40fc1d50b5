"""What reads a source, by its kind."""

import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from services.ingest.adapters.feeds.parser import FeedParser
from services.ingest.adapters.fetching.fetcher import Fetcher, FetchRequest
from services.ingest.adapters.pulling.acled_puller import AcledPuller
from services.ingest.adapters.pulling.feed_puller import FeedPuller
from services.ingest.adapters.pulling.file_puller import FilePuller
from services.ingest.adapters.pulling.foreign_topic import ForeignTopic, TopicAddress
from services.ingest.adapters.pulling.gdelt_puller import GdeltFolderPuller, GdeltPuller
from services.ingest.adapters.pulling.kafka_puller import KafkaPuller
from services.ingest.adapters.sources.credentials import CredentialReader, MissingCredential
from services.ingest.app.file_pullers import FileSource, build_file_puller
from services.ingest.domain.acled.report import AcledItemReader
from services.ingest.domain.feeds.report import FeedItemReader
from services.ingest.domain.fetching.failure import FailureReason, FetchFailed
from services.ingest.domain.gdelt.report import GdeltItemReader
from services.ingest.domain.pulling.ports import Puller
from services.ingest.domain.sources.kafka_messages import KafkaItemReader
from services.ingest.domain.sources.polled_sources import (
    AcledSource,
    FeedSource,
    GdeltSource,
    KafkaLogin,
    KafkaSource,
)
from services.ingest.domain.sources.written_values import Credential
from services.kafka_address import KafkaAddress, SaslLogin

PolledSource = FeedSource | GdeltSource | AcledSource | KafkaSource | FileSource


@dataclass(frozen=True, slots=True)
class PullerBuilder:
    """Builds pullers, which share a fetcher and a parser.

    `folder` is that of the sources: paths that are relative are below it.
    """

    fetcher: Fetcher
    folder: Path
    credentials: CredentialReader = field(default_factory=CredentialReader.of_process)
    parser: FeedParser = field(default_factory=FeedParser)

    def build(self, source: PolledSource) -> Puller:
        """What reads the source."""
        if isinstance(source, FeedSource):
            return self._build_feed(source)
        if isinstance(source, KafkaSource):
            return self._build_kafka(source)
        if isinstance(source, GdeltSource):
            return self._build_gdelt(source)
        if isinstance(source, AcledSource):
            return self._build_acled(source)
        return build_file_puller(source, self.folder)

    def _build_kafka(self, source: KafkaSource) -> Puller:
        def open_topic() -> ForeignTopic:
            login = read_login(self.credentials, source.login)
            tls = ssl.create_default_context() if source.tls else None
            kafka = KafkaAddress(source.servers, login, tls)
            return ForeignTopic.open(TopicAddress(kafka, source.topic, source.group, source.begin))

        return KafkaPuller(open_topic, KafkaItemReader.of_source(source))

    def _build_acled(self, source: AcledSource) -> Puller:
        reader = AcledItemReader.of_source(source)
        if source.path is not None:
            return FilePuller(self.folder / source.path, "*.csv", reader.csv)

        def read_account() -> dict[str, str]:
            given = {"username": source.username, "password": source.password}
            named = {name: secret for name, secret in given.items() if secret is not None}
            return read_credentials(self.credentials, named)

        return AcledPuller(source, read_account, self.fetcher, reader.maker, self.fetcher.now)

    def _build_feed(self, source: FeedSource) -> Puller:
        reader = FeedItemReader.of_source(source)

        def build_request() -> FetchRequest:
            headers = read_credentials(self.credentials, source.headers)
            return FetchRequest(source.url, headers, frozenset(source.private_hosts))

        return FeedPuller(build_request, self.fetcher, self.parser.parse, reader.make_report)

    def _build_gdelt(self, source: GdeltSource) -> Puller:
        reader = GdeltItemReader.of_source(source)
        if source.path is not None:
            return GdeltFolderPuller(self.folder / source.path, reader)
        build_request = _allow(source.private_hosts)
        return GdeltPuller(source.url, build_request, self.fetcher, reader)


def read_credentials(reader: CredentialReader, named: Mapping[str, Credential]) -> dict[str, str]:
    """The secrets that a source names.

    Raises:
        FetchFailed: one cannot be read.
    """
    try:
        return {name: reader.read(credential) for name, credential in named.items()}
    except MissingCredential as error:
        raise FetchFailed(FailureReason.CREDENTIAL, str(error)) from None


def read_login(reader: CredentialReader, login: KafkaLogin | None) -> SaslLogin | None:
    """The user that a source names.

    Raises:
        FetchFailed: a secret cannot be read.
    """
    if login is None:
        return None
    secrets = read_credentials(reader, {"username": login.username, "password": login.password})
    return SaslLogin(login.mechanism, secrets["username"], secrets["password"])


def _allow(hosts: tuple[str, ...]) -> Callable[[str], FetchRequest]:
    allowed = frozenset(hosts)
    return lambda url: FetchRequest(url, {}, allowed)
