"""The broker as commands reach it: how long they wait, and what they say when none answers."""

from cli.faults import CommandFailure
from services.kafka_address import KafkaAddress

REACH_MS = 3_000
"""How long a command waits for the first answer: whoever typed the address wrong waits with it."""


def check_admission(address: KafkaAddress) -> None:
    """Ask Kafka whether it admits us, before a client tries it for long and says nothing.

    Raises:
        CommandFailure: Kafka refuses us; with the variables to look at.
    """
    from services.kafka_refusal import find_refusal  # noqa: PLC0415  (a client that few need)

    if (refusal := find_refusal(address)) is not None:
        raise CommandFailure(f"Kafka at {refusal}")


def describe_broker_fault(address: KafkaAddress, error: Exception) -> CommandFailure:
    """What stops the command, with the variable that names the broker."""
    return CommandFailure(
        f"Kafka at {address.servers}: {error}; VEDETTE_KAFKA_BOOTSTRAP_SERVERS says where it is"
    )
