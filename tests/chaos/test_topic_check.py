import json

from schemas.topics import ALERTS, DEAD_LETTERS, EVENTS, LEDGER, SIGNALS
from tests.chaos.oracle import AlertKey
from tests.chaos.topic_check import TopicContents
from tests.parts.topics import TopicMessage


def message(body: object, **changes: int) -> TopicMessage:
    position = {"partition": 1, "offset": 7} | changes
    return TopicMessage(json.dumps(body).encode(), at=12.5, **position)  # type: ignore[arg-type]


TOPICS = TopicContents(
    {
        EVENTS: [
            message([{"id": "r-1"}, {"id": "r-2"}]),
            message({"id": "r-3"}),
            message({"time": 1}),
        ],
        SIGNALS: [message({"identity": "wire r-1"}, offset=9)],
        ALERTS: [message({"id": "a", "revision": 1, "status": "firing", "s": "chaos/trip/p-1/"})],
        LEDGER: [
            message(
                {
                    "alert": "a",
                    "act": "notified",
                    "revision": 1,
                    "receiver": "slack",
                    "reason": "first",
                }
            )
        ],
        DEAD_LETTERS: [TopicMessage(b"x", headers={"where": b"detect", "reason": b"malformed"})],
    },
)


def test_reports_are_found_by_their_id_singly_and_in_batches() -> None:
    assert TOPICS.identities() == {"r-1", "r-2", "r-3"}


def test_the_trace_names_topic_offset_and_time_of_an_alert() -> None:
    trace = list(TOPICS.trace(AlertKey("trip", "p-1"), ["r-1", "r-3"]))

    assert trace == [
        "trip p-1:",
        "  events: r-1 at 1@7 12.500",
        "  events: r-3 at 1@7 12.500",
        "  signals: r-1 at 1@9 12.500",
        "  signals: r-3 at no offset",
        "  alerts: a revision 1 firing at 12.500",
        "  ledger: notified revision 1 at slack: first at 12.500",
    ]


def test_a_dead_letter_says_where_from_and_why() -> None:
    assert TOPICS.dead_letters() == ["detect: malformed"]
