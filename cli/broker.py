"""The broker as commands reach it: how long they wait, and what they say when none answers."""

import socket

from cli.faults import CommandFailure
from services.kafka_address import KafkaAddress, split_server

REACH_MS = 3_000
"""How long a command waits for the first answer: whoever typed the address wrong waits with it."""


def check_admission(address: KafkaAddress) -> None:
    """Ask Kafka whether it admits us, before a client tries it for long and says nothing.

    Raises:
        CommandFailure: Kafka refuses us, or no broker answers to TLS; with the variables to
            look at.
    """
    require_tls_answer(address)
    from services.kafka_refusal import find_refusal  # noqa: PLC0415  (a client that few need)

    if (refusal := find_refusal(address)) is not None:
        raise CommandFailure(f"Kafka at {refusal}")


def require_tls_answer(address: KafkaAddress) -> None:
    """Raise CommandFailure where every broker takes the connection and then says nothing.

    kafka-python waits without end for a broker that hangs in the middle of TLS.
    """
    if address.tls is None:
        return
    for host, port in map(split_server, address.server_list):
        try:
            with (
                socket.create_connection((host, port), REACH_MS / 1000) as opened,
                address.tls.wrap_socket(opened, server_hostname=host),
            ):
                return
        except TimeoutError:
            continue
        except OSError:  # the client says by itself what is wrong
            return
    raise CommandFailure(
        f"Kafka at {address.servers}: no answer to TLS within {REACH_MS // 1000} s: does it hang, "
        "or is the port one without TLS? See VEDETTE_KAFKA_SECURITY_PROTOCOL"
    )


def describe_broker_fault(address: KafkaAddress, error: Exception) -> CommandFailure:
    """What stops the command, with the variable that names the broker."""
    return CommandFailure(
        f"Kafka at {address.servers}: {error}; VEDETTE_KAFKA_BOOTSTRAP_SERVERS says where it is"
    )
