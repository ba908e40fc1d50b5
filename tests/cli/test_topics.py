from typing import Any

import pytest

from cli.faults import CommandFailure
from cli.topics import create_topics, default_partitions, topic_requests


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
        "configs": {"cleanup.policy": "compact", "max.message.bytes": "16777216"},
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
