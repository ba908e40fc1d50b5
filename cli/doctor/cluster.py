"""The doctor's look at the brokers: how many there are, and the room on their disks."""

from collections.abc import Iterator, Mapping
from typing import Any

from kafka.errors import IncompatibleBrokerVersion, KafkaError

from cli.doctor.check_result import CheckResult, fault, good, note
from services.counts import format_count

LEAST_ROOM = 0.15
GIB = 2**30
NOT_TOLD = "the broker does not tell its room"


def examine_cluster(admin: Any) -> Iterator[CheckResult]:
    """`admin` is a client of kafka-python."""
    brokers = admin.describe_cluster()["brokers"]
    answer = "answers" if len(brokers) == 1 else "answer"
    yield good("kafka", f"{format_count(len(brokers), 'broker')} {answer}")
    try:
        described = admin.describe_log_dirs()
    except IncompatibleBrokerVersion:
        yield note("disks", NOT_TOLD, "df, on the broker")
        return
    except KafkaError as error:
        yield note("disks", f"not told: {type(error).__name__}", "allow DESCRIBE on the cluster")
        return
    for broker in described:
        for folder in broker.get("log_dirs") or broker.get("results") or ():
            yield judge_folder(f"disk of broker {broker.get('broker')}", folder)


def judge_folder(subject: str, folder: Mapping[str, Any]) -> CheckResult:
    """The room where a broker keeps its messages; old brokers do not tell it."""
    total, usable = folder.get("total_bytes", -1), folder.get("usable_bytes", -1)
    if folder.get("error_code"):
        return fault(subject, f"error {folder['error_code']}", "look at the broker's log")
    if total <= 0 or usable < 0:
        return note(subject, NOT_TOLD, "df, on the broker")
    text = f"{usable / GIB:.1f} of {total / GIB:.1f} GiB free"
    if usable / total < LEAST_ROOM:
        return fault(subject, text, "enlarge it, or shorten retention.ms of vedette.events")
    return good(subject, text)
