"""Drill: of two zones one is lost, with a broker, a matcher and a notifier."""

from contextlib import ExitStack, closing
from pathlib import Path

from kafka import KafkaAdminClient

from tests.drills.site import DrillSite, Say, SiteOptions, start_site
from tests.parts.kafka import KafkaNode
from tests.parts.waiting import until

LOST = ("matcher-1", "notifier-1")


def lose_a_zone(folder: Path, say: Say) -> None:
    """The zone without Kafka's controller: with three zones any one could be lost."""
    with ExitStack() as parts:
        pair = [parts.enter_context(closing(node)) for node in KafkaNode.create_pair()]
        first, second = (node.start() for node in pair)
        say("two brokers, two matchers, two notifiers; topics with two replicas")
        replicas = {"matcher": 2, "notifier": 2}
        options = SiteOptions(first, replicas=replicas, create=("--replication", "2"))
        with start_site(folder, say, options) as site:
            _lose(site, second)
            _come_back(site, second)
            site.require_no_repeat()


def _lose(site: DrillSite, second: KafkaNode) -> None:
    site.say(f"SIGKILL: the second broker, {', '.join(LOST)}")
    second.kill()
    for name in LOST:
        site.pipeline.services[name].kill()
    for number in range(3):
        site.require_leader(f"without the zone {number}")


def _come_back(site: DrillSite, second: KafkaNode) -> None:
    second.start()
    site.start("matcher", "notifier")
    until(lambda: _count_lacking(site) == 0, "every partition has its replicas again", 180.0)
    site.say("the zone is back: every partition has both replicas")
    site.require_leader("with the zone again")


def _count_lacking(site: DrillSite) -> int:
    """Partitions that lack a replica in sync."""
    with closing(KafkaAdminClient(bootstrap_servers=site.kafka.bootstrap)) as admin:
        return sum(
            len(partition["isr_nodes"]) < len(partition["replica_nodes"])
            for topic in admin.describe_topics()
            for partition in topic["partitions"]
        )
