"""What a command says of a Kafka that does not let it in."""

import socket

import pytest

from cli.broker import check_admission
from cli.faults import CommandFailure
from services.environment import VedetteSettings


def test_a_broker_that_hangs_in_tls_ends_the_command_with_the_variable_to_look_at() -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        port = mute.getsockname()[1]
        settings = VedetteSettings(
            kafka_bootstrap_servers=f"127.0.0.1:{port}", kafka_security_protocol="SSL"
        )

        with pytest.raises(CommandFailure, match=r"no answer to TLS .*KAFKA_SECURITY_PROTOCOL"):
            check_admission(settings.kafka)
