"""Drill: Kafka and Redis are lost with everything; ledger and rules come back from backups."""

from contextlib import ExitStack, closing
from pathlib import Path

from schemas.topics import LEDGER, topic_name
from tests.drills.site import PREFIX, DrillSite, Say, require, start_site
from tests.parts.kafka import KafkaNode
from tests.parts.pipeline import name_servers
from tests.parts.redis_server import RedisNode
from tests.parts.topics import TopicMessage, produce, read_all
from tests.parts.waiting import until

LEDGER_TOPIC = topic_name(PREFIX, LEDGER)


def restore_ledger_and_rules(folder: Path, say: Say) -> None:
    """A second Kafka and Redis, empty, take over with what was kept; nobody is paged again."""
    with ExitStack() as parts, start_site(folder, say) as site:
        site.require_leader("Before")
        kept = _mirror(site)
        say(f"kept: {len(kept)} lines of the ledger, as a mirror would; the rules are in git")
        _lose_everything(site, parts)
        site.set_up()
        produce(site.kafka.bootstrap, LEDGER_TOPIC, kept)
        say(f"the ledger is mirrored back: {len(kept)} lines")
        site.start("ingest", "matcher", "notifier")
        _send_again(site)
        site.require_leader("After")
        site.require_no_repeat()


def _mirror(site: DrillSite) -> list[TopicMessage]:
    """The ledger with keys and headers, once it tells what was sent."""

    def lines() -> list[TopicMessage]:
        found = read_all(site.kafka.bootstrap, LEDGER_TOPIC)
        notified = [line for line in found if b'"notified"' in (line.value or b"")]
        return found if len(notified) >= 2 * len(site.reported) else []

    return until(lines, "the ledger tells every message and page", 120.0)


def _lose_everything(site: DrillSite, parts: ExitStack) -> None:
    site.say("Kafka, Redis and all services are killed, with their data")
    for service in site.pipeline.services.values():
        service.kill()
    site.kafka.kill()
    site.redis.kill()
    site.kafka = parts.enter_context(closing(KafkaNode.create())).start()
    site.redis = parts.enter_context(closing(RedisNode.create())).start()
    now = name_servers(site.kafka.bootstrap, PREFIX, site.redis.url())
    for service in site.pipeline.services.values():
        service.environment = {**(service.environment or {}), **now}


def _send_again(site: DrillSite) -> None:
    """The sources send their last reports again: their alerts are known by the ledger."""
    before = len(site.pipeline.pager.incidents)
    for name in sorted(site.reported):
        site.report_leader(name)
    site.say("the sources send their reports of before again")
    site.require_leader("Behind them")
    require(len(site.pipeline.pager.incidents) == before + 1, "somebody was paged again")
