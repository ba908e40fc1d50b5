"""Drills: a topic is lost, Redis is lost; each as its page says."""

import re
from contextlib import closing
from pathlib import Path

from kafka import KafkaAdminClient

from schemas.topics import ALERTS, DEAD_LETTERS, EVENTS, LEDGER, RULES, SIGNALS, topic_name
from services.matcher.adapters.state.changelog import changelog_name, matcher_group
from tests.drills.site import PREFIX, ROCKETS, DrillSite, Say, SiteOptions, require, start_site
from tests.parts.waiting import until

WHO_SAYS_SO = {
    EVENTS: ("ingest", "matcher"),
    SIGNALS: ("matcher",),
    ALERTS: ("notifier", "matcher"),
    RULES: ("matcher",),
    DEAD_LETTERS: ("matcher", "notifier"),
    LEDGER: ("notifier",),
}
"""The services that miss a topic at `/readyz`."""
CHANGELOG = changelog_name(matcher_group(PREFIX))


def lose_each_topic(folder: Path, say: Say) -> None:
    """Each topic is deleted while all services run, and created again."""
    with start_site(folder, say) as site:
        for topic, kinds in WHO_SAYS_SO.items():
            _lose_topic(site, topic, kinds)
        site.require_no_repeat()


def _lose_topic(site: DrillSite, topic: str, kinds: tuple[str, ...]) -> None:
    name = topic_name(PREFIX, topic)
    _delete(site, name)
    site.wait_told(name, *kinds)
    site.run_command("topics", "create", "--partitions", "4")
    if topic == RULES:
        require(_read_number(site.publish_rules()) > 1, "its number is one that windows know")
    site.restart("matcher", "notifier")
    if topic == SIGNALS:
        site.publish_rules("--on-change", "rebuild")
    site.require_leader(f"after {topic}")


def _read_number(printed: str) -> int:
    """The number of the bundle that `vedette rules publish` says to have published."""
    return max(map(int, re.findall(r"bundle (\d+) is published", printed)), default=0)


def lose_the_changelog(folder: Path, say: Say) -> None:
    """The changelog is lost: windows are built again from past events."""
    with start_site(folder, say) as site:
        for number in range(ROCKETS - 1):
            site.report_rocket("Taji", number)
        site.require_leader("behind the rockets")
        _delete(site, CHANGELOG)
        site.restart("matcher")
        rebuilt = ("--rule", "pack/rocket_campaign=rebuild", "--rule", "pack/leader_appointed=keep")
        site.publish_rules(*rebuilt)
        site.require_leader("after the changelog")
        site.report_rocket("Taji", ROCKETS - 1)
        until(lambda: site.count("rockets on Taji"), "the window has its past", 180.0)
        site.say("a window that was half full has all of its hits")
        site.require_no_repeat()


def _delete(site: DrillSite, name: str) -> None:
    site.say(f"delete topic {name}")
    with closing(KafkaAdminClient(bootstrap_servers=site.kafka.bootstrap)) as admin:
        admin.delete_topics([name])


def lose_redis(folder: Path, say: Say) -> None:
    """Redis is killed with its data, and starts empty: the log comes back from the ledger."""
    with start_site(folder, say, SiteOptions(replicas={"notifier": 2})) as site:
        before = site.count("")
        say("Redis is killed, its data deleted")
        site.redis.lose_all()
        site.wait_told("redis", "notifier")
        site.report_leader("while Redis is away")
        site.redis.start()
        say("Redis starts, empty")
        until(lambda: site.count("while Redis is away"), "the alert that waited", 180.0)
        say("the alert of that time reaches Slack")
        site.wait_ready()
        site.require_leader("after Redis")
        require(site.count("") == before + 2, "an old alert was told again")
        site.require_no_repeat()
