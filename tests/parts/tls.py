"""A certificate of loopback, and what a Kafka and a Redis need to use it."""

import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

SCRAM = "org.apache.kafka.common.security.scram.ScramLoginModule"


@dataclass(frozen=True, slots=True)
class Certificate:
    """A self-signed one with its key; `both` is one file of them, as Kafka reads it."""

    certificate: Path
    key: Path
    both: Path


def make_certificate(folder: Path, days: int = 30) -> Certificate:
    """A new certificate of localhost and 127.0.0.1, by openssl."""
    folder.mkdir(parents=True, exist_ok=True)
    made = Certificate(folder / "cert.pem", folder / "key.pem", folder / "both.pem")
    command = (
        "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes "
        f"-days {days} -subj /CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1"
    )
    files = ["-keyout", str(made.key), "-out", str(made.certificate)]
    openssl = shutil.which("openssl") or "openssl"
    subprocess.run([openssl, *command.split(), *files], check=True, capture_output=True)  # noqa: S603  (our own command)
    made.both.write_text(made.key.read_text() + made.certificate.read_text())
    return made


@dataclass(frozen=True, slots=True)
class SaslListener:
    """A listener of Kafka for users with passwords, over TLS; whoever has no ACL may nothing.

    The other listener stays: there everybody may everything.
    """

    port: int
    certificate: Certificate
    passwords: Mapping[str, str]

    @property
    def bootstrap(self) -> str:
        """What clients connect to."""
        return f"127.0.0.1:{self.port}"

    def settings(self, listeners: str, advertised: str) -> dict[str, str]:
        """The broker's settings, beside the listeners that it has."""
        own = f"SASL_SSL://{self.bootstrap}"
        return {
            "listeners": f"{listeners},{own}",
            "advertised.listeners": f"{advertised},{own}",
            "listener.security.protocol.map": (
                "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SASL_SSL:SASL_SSL"
            ),
            "inter.broker.listener.name": "PLAINTEXT",
            "sasl.enabled.mechanisms": "SCRAM-SHA-512",
            "listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config": f"{SCRAM} required;",
            "ssl.keystore.type": "PEM",
            "ssl.keystore.location": str(self.certificate.both),
            "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
            "super.users": "User:ANONYMOUS",
        }

    def format_options(self) -> list[str]:
        """What the storage is formatted with: the users."""
        return [
            option
            for name, password in self.passwords.items()
            for option in ("--add-scram", f"SCRAM-SHA-512=[name={name},password={password}]")
        ]
