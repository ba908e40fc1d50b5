"""What the notifier needs of Kafka beside an answer."""

from services.notifier.adapters.health import find_missing_topic

EXISTS = {"name": "vedette.alerts", "error_code": 0}
MISSING = {"name": "vedette.ledger", "error_code": 3}


def test_a_topic_that_is_missing_is_named_with_the_way_out() -> None:
    fault = find_missing_topic([EXISTS, MISSING])

    assert fault == "topic vedette.ledger is missing: create it with `vedette topics create`"


def test_topics_that_are_there_are_no_fault() -> None:
    assert find_missing_topic([EXISTS, EXISTS]) is None
