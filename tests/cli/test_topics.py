from typing import Any

import pytest

from cli.faults import CommandFailure
from cli.topic_differences import Given, compare_counts, compare_settings
from cli.topics import create_topics, default_partitions, topic_requests
from schemas.topics import TOPICS


def test_the_recorded_clock_needs_one_partition() -> None:
    assert (default_partitions("wall"), default_partitions("recorded")) == (8, 1)


def test_every_topic_carries_the_prefix() -> None:
    topics = topic_requests("drill.", 4, 1)

    assert all(name.startswith("drill.") for name in topics)


def test_the_rules_topic_has_one_partition_whatever_is_asked() -> None:
    topics = topic_requests("vedette.", 4, 3)

    assert topics["vedette.rules"] == {
        "num_partitions": 1,
        "replication_factor": 3,
        "configs": {
            "cleanup.policy": "compact",
            "max.message.bytes": "16777216",
            "message.timestamp.type": "LogAppendTime",
            "min.insync.replicas": "2",
        },
    }


def test_events_have_the_partitions_that_were_asked_for() -> None:
    topics = topic_requests("vedette.", 4, 3)

    assert topics["vedette.events"]["num_partitions"] == 4


class RefusingAdmin:
    """An admin client whose broker refuses every topic for one reason."""

    def create_topics(self, topics: dict[str, Any], **_options: object) -> dict[str, Any]:
        """All refused."""
        refusal = {"error_code": 38, "error_message": "only 1 broker"}
        return {"topics": [{"name": name, **refusal} for name in topics]}


def test_a_refusal_names_every_topic_and_its_reason_once() -> None:
    with pytest.raises(CommandFailure) as caught:
        create_topics(RefusingAdmin(), {"a": {}, "b": {}})

    assert str(caught.value) == "a, b: only 1 broker"


@pytest.mark.parametrize(("replication", "asked", "in_sync"), [(3, None, "2"), (3, 3, "3")])
def test_all_replicas_but_one_must_acknowledge_unless_said_otherwise(
    replication: int, asked: int | None, in_sync: str
) -> None:
    topics = topic_requests("vedette.", 4, replication, asked)

    assert {topic["configs"]["min.insync.replicas"] for topic in topics.values()} == {in_sync}


EXISTING = {"name": "vedette.events", "partitions": [{"replica_nodes": [1]}] * 4}


def test_a_topic_with_other_counts_than_those_given_is_named_with_the_way_out() -> None:
    request = topic_requests("vedette.", 8, 3)["vedette.events"]

    partitions, replicas = compare_counts(EXISTING, request, Given(True, True))

    assert partitions.startswith("vedette.events has 4 partitions, not 8: ")
    assert replicas.startswith("vedette.events has 1 replica, not 3: ")


def test_numbers_that_were_not_given_are_those_of_new_topics_alone() -> None:
    request = topic_requests("vedette.", 8, 3)["vedette.events"]

    assert not list(compare_counts(EXISTING, request, Given(False, False)))


def test_another_setting_is_named_with_the_command_that_mends_it() -> None:
    known = {"cleanup.policy": "delete", "message.timestamp.type": "CreateTime"}

    (line,) = compare_settings("vedette.events", known, TOPICS[0].config())

    assert line == (
        "vedette.events has message.timestamp.type=CreateTime, not LogAppendTime: kafka-configs "
        "--alter --topic vedette.events --add-config message.timestamp.type=LogAppendTime"
    )


def test_how_long_a_topic_is_kept_is_for_each_installation_to_say() -> None:
    known = TOPICS[0].config() | {"retention.ms": "3600000"}

    assert not list(compare_settings("vedette.events", known, TOPICS[0].config()))
