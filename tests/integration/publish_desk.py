"""Rule packs that are published while matchers run."""

from collections.abc import Iterable
from pathlib import Path

from schemas.bundle import BUNDLE_KEY, CompletedBackfill
from schemas.topics import RULES
from services.matcher.adapters.state.changelog import changelog_name
from tests.integration.matcher_site import MatcherTopics
from tests.parts.command import run_vedette
from tests.parts.pipeline import write_pack
from tests.parts.topics import TopicMessage, produce, read_all
from tests.parts.waiting import until


class PublishDesk:
    """Publishes rule packs, each from a folder of its own, and reads the rules topic."""

    def __init__(self, matcher_topics: MatcherTopics, folder: Path) -> None:
        self.matcher_topics = matcher_topics
        self.folder = folder
        self.published = 0

    def publish(self, *rules: str, options: Iterable[str] = ()) -> str:
        """Publish a pack of these rules; the output of the command."""
        self.published += 1
        pack = write_pack(self.folder / f"pack-{self.published}", *rules)
        arguments = ("rules", "publish", "--rules", str(pack), *options)
        command = run_vedette(self.matcher_topics.variables, *arguments)
        assert command.returncode == 0, command.stdout + command.stderr
        return command.stdout

    def produce_bundle(self, value: bytes) -> None:
        """Put a value into the rules topic that the command would refuse to publish."""
        topic = self.matcher_topics.name(RULES)
        produce(self.matcher_topics.bootstrap, topic, [TopicMessage(value, BUNDLE_KEY)])

    @property
    def number(self) -> int:
        """The number of the newest bundle."""
        return max(message.offset + 1 for message in self.read_rules() if message.key == BUNDLE_KEY)

    def read_rules(self) -> list[TopicMessage]:
        return self.matcher_topics.read(RULES)

    def is_backfilled(self) -> bool:
        """Whether every events partition is backfilled for the newest bundle."""
        records = [
            CompletedBackfill.model_validate_json(message.value or b"")
            for message in self.read_rules()
            if message.key != BUNDLE_KEY
        ]
        done = {record.partition: record.bundle for record in records}
        return done == dict.fromkeys(range(4), self.number)

    def table_keys(self) -> set[bytes]:
        """The keys of the table after a restart, from its changelog."""
        changelog = changelog_name(self.matcher_topics.group)
        messages = read_all(self.matcher_topics.bootstrap, changelog)
        newest_values = {message.key: message.value for message in messages}
        return {
            key for key, value in newest_values.items() if key is not None and value is not None
        }

    def wait_until_backfilled(self) -> None:
        until(self.is_backfilled, "every partition is backfilled", 60.0)
        self.matcher_topics.wait_until_drained()
