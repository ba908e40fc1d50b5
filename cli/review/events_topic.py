"""The events that the events topic still holds."""

from collections.abc import Iterator

from cli.records import open_consumer, read_topic
from cli.settings import kafka_settings
from schemas.event import Event
from schemas.topics import EVENTS, topic_name
from services.matcher.adapters.topics.codec import decode_events


def read_events_topic() -> Iterator[Event]:
    """Each event; ticks, and what cannot be decoded, are none.

    Raises:
        CommandFailure: no broker answers, or there is no such topic.
    """
    settings = kafka_settings()
    with open_consumer(settings) as consumer:
        for record in read_topic(consumer, topic_name(settings.topic_prefix, EVENTS)):
            yield from (item for item in decode_events(record) if isinstance(item, Event))
