"""Where Kafka is, and what a client needs to be admitted there."""

import ssl
from dataclasses import dataclass, field
from typing import Any

from services.live_password import renew_password


@dataclass(frozen=True, slots=True)
class SaslLogin:
    """A user of Kafka; the password is in no representation of it.

    One that a file may replace is a LivePassword: each client that is made gets that in force.
    """

    mechanism: str
    username: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class KafkaAddress:
    """The brokers to begin with (`host:port,…`), the user, and the certificates to trust.

    Without `tls` nothing is encrypted; without `login` no user is named but by a certificate.
    """

    servers: str
    login: SaslLogin | None = None
    tls: ssl.SSLContext | None = None

    @property
    def protocol(self) -> str:
        """Kafka's name of it: PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL."""
        secured = "PLAINTEXT" if self.tls is None else "SSL"
        return secured if self.login is None else f"SASL_{secured}"

    @property
    def server_list(self) -> list[str]:
        """Each broker, `host:port`."""
        return [server.strip() for server in self.servers.split(",")]

    def client_options(self) -> dict[str, Any]:
        """What each client of kafka-python and of aiokafka is made with; both name it alike."""
        options: dict[str, Any] = {
            "bootstrap_servers": self.server_list,
            "security_protocol": self.protocol,
            "ssl_context": self.tls,
        }
        if self.login is not None:
            options |= {
                "sasl_mechanism": self.login.mechanism,
                "sasl_plain_username": self.login.username,
                "sasl_plain_password": renew_password(self.login.password),
            }
        return options


def split_server(server: str) -> tuple[str, int]:
    """The host and the port of `host:port`; an IPv6 address without its brackets."""
    host, _, port = server.rpartition(":")
    return host.strip("[]"), int(port)
