from cli.topics import partitions_for, wanted


def test_the_recorded_clock_needs_one_partition() -> None:
    assert (partitions_for("wall"), partitions_for("recorded")) == (8, 1)


def test_every_topic_carries_the_prefix() -> None:
    topics = wanted("drill.", 4, 1)

    assert all(name.startswith("drill.") for name in topics)


def test_the_rules_topic_has_one_partition_whatever_is_asked() -> None:
    topics = wanted("vedette.", 4, 3)

    assert topics["vedette.rules"] == {
        "num_partitions": 1,
        "replication_factor": 3,
        "configs": {"cleanup.policy": "compact"},
    }


def test_events_have_the_partitions_that_were_asked_for() -> None:
    topics = wanted("vedette.", 4, 3)

    assert topics["vedette.events"]["num_partitions"] == 4
