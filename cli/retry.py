"""`vedette dead-letters retry`: what could not be used goes to where it was refused, once more."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated, Any

import typer
from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.consumer.fetcher import ConsumerRecord
from kafka.errors import KafkaError

from cli.faults import CommandFailure
from cli.letters import TOO_LATE, DeadLetter, again, mark_of, open_letters
from cli.records import reading, records, stretch
from cli.settings import kafka_settings
from schemas.topics import DEAD_LETTERS, topic_name
from services.environment import VedetteSettings
from services.matcher.domain.duty.publisher import find_publisher

ACKNOWLEDGE_SECONDS = 30
AT_ONCE = 500


def retry(
    where: Annotated[str | None, typer.Option(help="Only what this part refused.")] = None,
    reason: Annotated[str | None, typer.Option(help="Only reasons that hold these words.")] = None,
    source: Annotated[str | None, typer.Option(help="Only events that this source sent.")] = None,
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what, send nothing.")] = False,
) -> None:
    """Send open dead letters again, each once; what is refused again is a new letter.

    A report that was counted already changes nothing. Hits that were too late stay so: they are
    passed over. The broker is VEDETTE_KAFKA_BOOTSTRAP_SERVERS.
    """
    settings = kafka_settings()
    with reading(settings) as consumer:
        letters = open_letters(list(records(consumer, _topic(settings))))
        chosen = [one for one in letters if is_asked_for(one, where, reason, source)]
        for letter in chosen if dry_run else ():
            typer.echo(f"{letter.topic}/{letter.partition}@{letter.offset}  {letter.reason}")
        sent = 0 if dry_run else _send(settings, consumer, chosen)
    said = "would go" if dry_run else f"went again as {sent} messages"
    typer.echo(f"{len(chosen)} of {len(letters)} open letters {said}")


def is_asked_for(
    letter: DeadLetter, where: str | None, reason: str | None, source: str | None
) -> bool:
    """Whether the letter is worth sending again, and everything given is true of it."""
    return (
        letter.reason != TOO_LATE
        and where in (None, letter.where)
        and (reason or "") in letter.reason
        and source in (None, find_publisher(letter.value, letter.key))
    )


def _topic(settings: VedetteSettings) -> str:
    return topic_name(settings.topic_prefix, DEAD_LETTERS)


def _send(settings: VedetteSettings, consumer: KafkaConsumer, letters: Sequence[DeadLetter]) -> int:
    """The marks only when Kafka has the messages: cut short, some are sent twice and none never."""
    producer = KafkaProducer(bootstrap_servers=settings.kafka_bootstrap_servers, acks="all")
    sent = 0
    try:
        for first in range(0, len(letters), AT_ONCE):
            some = letters[first : first + AT_ONCE]
            sent += _acknowledged(
                producer.send(one.topic, key=one.key, value=one.value, headers=one.headers)
                for letter in some
                for one in again(letter, _originals(consumer, letter))
            )
            _acknowledged(
                producer.send(_topic(settings), key=one.key, headers=mark_of(one)) for one in some
            )
    finally:
        producer.close()
    return sent


def _acknowledged(sends: Iterable[Any]) -> int:
    try:
        answers: Sequence[Any] = [send.get(ACKNOWLEDGE_SECONDS) for send in list(sends)]
    except KafkaError as error:
        raise CommandFailure(f"Kafka took only part of it: {error}") from error
    return len(answers)


def _originals(consumer: KafkaConsumer, letter: DeadLetter) -> Iterator[ConsumerRecord]:
    if letter.value is not None:
        return iter(())
    place = TopicPartition(letter.topic, letter.partition)
    return stretch(consumer, place, letter.offset, letter.offset + 1)
