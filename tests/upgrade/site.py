"""The whole system as one release has set it up, before another one takes over."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

from kafka import KafkaAdminClient
from kafka.admin import ConfigResource, ConfigResourceType

from schemas.topics import KAFKA_TIME, TOPICS, topic_name
from tests.chaos.pack import PackTiming, write_rules
from tests.chaos.reload import Reload
from tests.chaos.site import PARTITIONS, PREFIX, ChaosSite, name_variables, start_stores
from tests.chaos.supervisor import Supervisor
from tests.parts.pipeline import Pipeline
from tests.upgrade.releases import Release

Log = Callable[[str], None]


@contextmanager
def start_as(
    release: Release, folder: Path, replicas: Mapping[str, int], log: Log
) -> Iterator[ChaosSite]:
    """All parts started and ready; topics, rules and services are those of `release`."""
    timing = PackTiming()
    with start_stores(folder) as (kafka, redis):
        pack = write_rules(folder, timing)
        pipeline = Pipeline(name_variables(kafka, redis), folder, replicas)
        for service in pipeline.services.values():
            release.install(service)
        environment = pipeline.matcher.environment or {}
        release.run_command(["topics", "create", "--partitions", str(PARTITIONS)], environment)
        release.run_command(["rules", "publish", "--rules", str(pack)], environment)
        with pipeline:
            supervisor = Supervisor(pipeline.services, log)
            reload = Reload(folder, timing, environment, log)
            yield ChaosSite(kafka, redis, pipeline, supervisor, reload, log)


def alter_topics(bootstrap: str) -> None:
    """Give the topics the settings that `vedette topics create` misses in those of 91971e9."""
    resources = [
        ConfigResource(
            ConfigResourceType.TOPIC, topic_name(PREFIX, topic.name), configs=dict(KAFKA_TIME)
        )
        for topic in TOPICS
    ]
    with closing(KafkaAdminClient(bootstrap_servers=bootstrap)) as admin:
        admin.alter_configs(resources)
