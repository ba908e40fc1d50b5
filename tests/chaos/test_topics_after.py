import json

from schemas.topics import ALERTS, DEAD_LETTERS, EVENTS, LEDGER, SIGNALS
from tests.chaos.oracle import AlertKey
from tests.chaos.topics_after import Topics
from tests.parts.topics import TopicMessage


def message(body: object, **changes: int) -> TopicMessage:
    place = {"partition": 1, "offset": 7} | changes
    return TopicMessage(json.dumps(body).encode(), at=12.5, **place)  # type: ignore[arg-type]


TOPICS = Topics(
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


def test_reports_are_known_by_their_id_singly_and_in_bundles() -> None:
    assert TOPICS.identities() == {"r-1", "r-2", "r-3"}


def test_the_story_tells_in_which_topic_an_alert_was_seen_and_when() -> None:
    told = list(TOPICS.story(AlertKey("trip", "p-1"), ["r-1", "r-3"]))

    assert told == [
        "trip p-1:",
        "  events: r-1 at 1@7 12.500",
        "  events: r-3 at 1@7 12.500",
        "  signals: r-1 at 1@9 12.500",
        "  signals: r-3 at no place",
        "  alerts: a revision 1 firing at 12.500",
        "  ledger: notified revision 1 at slack: first at 12.500",
    ]


def test_a_dead_letter_says_where_from_and_why() -> None:
    assert TOPICS.dead_letters() == ["detect: malformed"]
