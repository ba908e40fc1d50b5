"""The broker as commands reach it: how long they wait, and what they say when none answers."""

from cli.faults import CommandFailure

REACH_MS = 3_000
"""How long a command waits for the first answer: whoever typed the address wrong waits with it."""


def describe_broker_fault(servers: str, error: Exception) -> CommandFailure:
    """What stops the command, with the variable that names the broker."""
    return CommandFailure(
        f"Kafka at {servers}: {error}; VEDETTE_KAFKA_BOOTSTRAP_SERVERS says where it is"
    )
