"""`vedette dead-letters retry`: send dead letters again to the topic that they came from."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated, Any

import typer
from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.consumer.fetcher import ConsumerRecord
from kafka.errors import KafkaError

from cli.dead_letter_records import (
    TOO_LATE,
    DeadLetter,
    find_open,
    records_to_resend,
    retry_marker_headers,
)
from cli.faults import CommandFailure
from cli.output import list_some, print_line
from cli.records import open_consumer, read_range, read_topic
from cli.settings import kafka_settings
from schemas.topics import DEAD_LETTERS, topic_name
from services.counts import format_count
from services.environment import VedetteSettings
from services.matcher.domain.crashes.lethal import CRASHES_WORKER
from services.matcher.domain.duty.publisher import find_publisher

ACKNOWLEDGE_SECONDS = 30
AT_ONCE = 500


def retry(
    where: Annotated[str | None, typer.Option(help="Only what this part refused.")] = None,
    reason: Annotated[str | None, typer.Option(help="Only reasons that hold these words.")] = None,
    source: Annotated[str | None, typer.Option(help="Only events of this source.")] = None,
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="List only, send nothing.")] = False,
) -> None:
    """Send open dead letters again, each once; one that is refused again is a new dead letter.

    An event that was counted already changes nothing. Hits that were too late are left out, and
    messages that ended workers too unless --reason asks for them (crashes_worker). The broker is
    VEDETTE_KAFKA_BOOTSTRAP_SERVERS.
    """
    settings = kafka_settings()
    with open_consumer(settings) as consumer:
        letters = find_open(list(read_topic(consumer, _topic(settings))))
        check_where(letters, where)
        selected = [letter for letter in letters if is_selected(letter, where, reason, source)]
        for letter in selected if dry_run else ():
            print_line(f"{letter.topic}/{letter.partition}@{letter.offset}  {letter.reason}")
        sent = 0 if dry_run else _resend(settings, consumer, selected)
    outcome = (
        "selected, nothing sent" if dry_run else f"sent again, as {format_count(sent, 'message')}"
    )
    print_line(f"{len(selected)} of {format_count(len(letters), 'open dead letter')} {outcome}")
    for line in describe_left_out(letters, reason):
        print_line(line)


def check_where(letters: Iterable[DeadLetter], where: str | None) -> None:
    """Raise CommandFailure where some are open, and none of them at that part: it is mistyped."""
    parts = sorted({letter.where for letter in letters})
    if where is not None and parts and where not in parts:
        raise CommandFailure(f"--where {where}: open dead letters are of {list_some(parts)}")


def describe_left_out(letters: Iterable[DeadLetter], reason: str | None) -> Iterator[str]:
    """A line for each reason that no retry sends, or only one that asks for it."""
    count = Counter(letter.reason for letter in letters)
    if late := count[TOO_LATE]:
        yield f"left out: {late} {TOO_LATE}, which every window would refuse again"
    if reason is None and (lethal := count[CRASHES_WORKER]):
        yield f"left out: {lethal} {CRASHES_WORKER}; once mended: --reason {CRASHES_WORKER}"


def is_selected(
    letter: DeadLetter, where: str | None, reason: str | None, source: str | None
) -> bool:
    """Whether a retry can help, and every filter that is given matches.

    What ended workers ends two more, unless its fault is mended: it has to be asked for.
    """
    return (
        letter.reason != TOO_LATE
        and (reason is not None or letter.reason != CRASHES_WORKER)
        and where in (None, letter.where)
        and (reason or "") in letter.reason
        and source in (None, find_publisher(letter.value, letter.key))
    )


def _topic(settings: VedetteSettings) -> str:
    return topic_name(settings.topic_prefix, DEAD_LETTERS)


def _resend(
    settings: VedetteSettings, consumer: KafkaConsumer, letters: Sequence[DeadLetter]
) -> int:
    """Send each, then its marker: an interruption sends some twice, and loses none."""
    producer = KafkaProducer(**settings.kafka.client_options(), acks="all")
    sent = 0
    try:
        for first in range(0, len(letters), AT_ONCE):
            group = letters[first : first + AT_ONCE]
            sent += _await_all(
                producer.send(again.topic, key=again.key, value=again.value, headers=again.headers)
                for letter in group
                for again in records_to_resend(letter, _read_original(consumer, letter))
            )
            _await_all(
                producer.send(
                    _topic(settings), key=letter.key, headers=retry_marker_headers(letter)
                )
                for letter in group
            )
    finally:
        producer.close()
    return sent


def _await_all(sends: Iterable[Any]) -> int:
    try:
        acknowledged = [send.get(ACKNOWLEDGE_SECONDS) for send in list(sends)]
    except KafkaError as error:
        raise CommandFailure(f"Kafka took only a part: {error}") from error
    return len(acknowledged)


def _read_original(consumer: KafkaConsumer, letter: DeadLetter) -> Iterator[ConsumerRecord]:
    if letter.value is not None:
        return iter(())
    partition = TopicPartition(letter.topic, letter.partition)
    return read_range(consumer, partition, letter.offset, letter.offset + 1)
