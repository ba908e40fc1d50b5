"""Replicas of the changelog: what it holds, and over it what Kafka has not acknowledged."""

from services.matcher.adapters.state.changelog_replica import ChangelogReplica

A, B = b'0:w:["iraq","march"]', b'0:w:["iraq","rockets"]'


def items(replica: ChangelogReplica) -> dict[bytes, bytes]:
    return dict(replica.items())


def test_a_replica_holds_what_its_messages_say_and_where_they_end() -> None:
    replica = ChangelogReplica()
    assert (replica.offset, items(replica)) == (None, {})

    replica.follow([(A, b"1"), (B, b"1"), (A, b"2")], 2)
    replica.follow([(B, None)], 3)

    assert (replica.offset, items(replica)) == (3, {A: b"2"})
    assert (replica.get(A), replica.get(B)) == (b"2", None)


def test_what_kafka_has_not_acknowledged_is_seen_but_apart() -> None:
    replica = ChangelogReplica()
    replica.follow([(A, b"old"), (B, b"old")], 1)

    replica.write(A, b"new")
    replica.write(B, None)

    assert (replica.get(A), replica.get(B), items(replica)) == (b"new", None, {A: b"new"})
    assert (replica.entries, replica.offset) == ({A: b"old", B: b"old"}, 1)


def test_what_kafka_acknowledged_moves_from_the_overlay_to_the_entries() -> None:
    replica = ChangelogReplica()
    replica.write(A, b"1")
    replica.write(A, b"2")

    replica.acknowledge(A, b"1", 0)

    assert (replica.get(A), replica.entries, replica.offset) == (b"2", {A: b"1"}, 0)
    replica.acknowledge(A, b"2", 1)
    assert (items(replica), replica.entries, replica.overlay) == ({A: b"2"}, {A: b"2"}, {})


def test_an_acknowledgement_after_its_message_was_read_changes_nothing() -> None:
    replica = ChangelogReplica()
    replica.follow([(A, b"mine"), (A, b"the next owner's")], 6)

    replica.acknowledge(A, b"mine", 5)

    assert (items(replica), replica.offset) == ({A: b"the next owner's"}, 6)


def test_a_late_acknowledgement_hides_no_later_write() -> None:
    replica = ChangelogReplica()
    replica.write(A, b"before")
    replica.overlay.clear()
    replica.write(A, b"since")

    replica.acknowledge(A, b"before", 0)

    assert (replica.get(A), replica.entries) == (b"since", {A: b"before"})
    replica.acknowledge(A, b"since", 1)
    assert (items(replica), replica.overlay) == ({A: b"since"}, {})


def test_the_size_is_that_of_the_keys_and_values_held() -> None:
    replica = ChangelogReplica()

    replica.follow([(A, b"12345"), (B, b"1"), (A, b"22"), (B, None), (B, None)], 4)

    assert replica.size == len(A) + 2
