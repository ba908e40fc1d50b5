"""The variables that say where Kafka is and how a client is admitted there."""

import re
import ssl
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings

from services.followed_secret import FollowedSecret
from services.kafka_address import KafkaAddress, SaslLogin
from services.live_password import LivePassword

_SERVER = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^\s:,\[\]]+):\d{1,5}")
PROTOCOL = "VEDETTE_KAFKA_SECURITY_PROTOCOL"
DEFAULT_MECHANISM = "SCRAM-SHA-512"


def _check_addresses(servers: str) -> str:
    for server in servers.split(","):
        if _SERVER.fullmatch(server.strip()) is None:
            raise ValueError(f"{server!r} is not host:port")
    return servers


Servers = Annotated[str, AfterValidator(_check_addresses)]
Protocol = Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"]
Mechanism = Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"]
Checked = Field(validate_default=True)


class KafkaSettings(BaseSettings):
    """Kafka's address; a variable that contradicts the protocol is refused, not ignored."""

    # in this order: each is checked against those before it
    kafka_bootstrap_servers: Servers = "localhost:9092"
    kafka_security_protocol: Protocol = "PLAINTEXT"
    kafka_sasl_mechanism: Mechanism | None = None
    kafka_sasl_username: Annotated[str | None, Checked] = None
    kafka_sasl_password: Annotated[SecretStr | None, Checked] = None
    kafka_ca_file: Path | None = None
    kafka_cert_file: Path | None = None
    kafka_key_file: Annotated[Path | None, Checked] = None

    @field_validator(
        "kafka_security_protocol",
        "kafka_sasl_mechanism",
        "kafka_sasl_username",
        "kafka_sasl_password",
        "kafka_ca_file",
        "kafka_cert_file",
        "kafka_key_file",
        mode="before",
    )
    @classmethod
    def _empty_is_unset(cls, value: Any, info: ValidationInfo) -> Any:
        return value or cls.model_fields[info.field_name or ""].default

    @field_validator("kafka_sasl_mechanism", "kafka_sasl_username", "kafka_sasl_password")
    @classmethod
    def _belongs_to_sasl(cls, value: Any, info: ValidationInfo) -> Any:
        protocol = info.data.get("kafka_security_protocol")
        if protocol in ("PLAINTEXT", "SSL") and value is not None:
            raise ValueError(f"needs {PROTOCOL}=SASL_SSL; it is {protocol}")
        return value

    @field_validator("kafka_sasl_username", "kafka_sasl_password")
    @classmethod
    def _required_by_sasl(cls, value: Any, info: ValidationInfo) -> Any:
        protocol = info.data.get("kafka_security_protocol")
        if protocol in ("SASL_PLAINTEXT", "SASL_SSL") and value is None:
            raise ValueError(f"required by {PROTOCOL}={protocol}")
        return value

    @field_validator("kafka_ca_file", "kafka_cert_file", "kafka_key_file")
    @classmethod
    def _belongs_to_tls(cls, value: Path | None, info: ValidationInfo) -> Path | None:
        protocol = info.data.get("kafka_security_protocol")
        if protocol in ("PLAINTEXT", "SASL_PLAINTEXT") and value is not None:
            raise ValueError(f"needs {PROTOCOL}=SASL_SSL or SSL; it is {protocol}")
        return value

    @field_validator("kafka_ca_file")
    @classmethod
    def _is_trusted(cls, value: Path | None) -> Path | None:
        if value is not None:
            _trust(value)
        return value

    @field_validator("kafka_key_file")
    @classmethod
    def _fits_the_certificate(cls, value: Path | None, info: ValidationInfo) -> Path | None:
        certificate = info.data.get("kafka_cert_file")
        if value is not None and certificate is None:
            raise ValueError("needs VEDETTE_KAFKA_CERT_FILE, the certificate of this key")
        if certificate is not None:
            load_certificate(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), certificate, value)
        return value

    @property
    def kafka(self) -> KafkaAddress:
        """What a client of Kafka is made with; reads the certificates."""
        return KafkaAddress(self.kafka_bootstrap_servers, self._login(), self._tls())

    def _login(self) -> SaslLogin | None:
        if self.kafka_sasl_username is None or self.kafka_sasl_password is None:
            return None
        return SaslLogin(
            self.kafka_sasl_mechanism or DEFAULT_MECHANISM,
            self.kafka_sasl_username,
            _reveal(self.kafka_sasl_password),
        )

    def _tls(self) -> ssl.SSLContext | None:
        if not self.kafka_security_protocol.endswith("SSL"):
            return None
        context = _trust(self.kafka_ca_file)
        if self.kafka_cert_file is not None:
            load_certificate(context, self.kafka_cert_file, self.kafka_key_file)
        return context


def _reveal(password: SecretStr) -> str:
    followed = isinstance(password, FollowedSecret)
    return LivePassword(password) if followed else password.get_secret_value()


def _trust(authorities: Path | None) -> ssl.SSLContext:
    """A context that trusts these authorities, or without a file those of the system.

    Raises ValueError.
    """
    try:
        return ssl.create_default_context(cafile=authorities)
    except ssl.SSLError:
        raise ValueError("holds no certificate in PEM format") from None
    except OSError as error:
        raise ValueError(f"{error.strerror}") from None


def load_certificate(context: ssl.SSLContext, certificate: Path, key: Path | None) -> None:
    """Have connections that begin from now on present this certificate.

    Raises ValueError; a key under a password is refused, since nobody is there to type it.
    """
    try:
        context.load_cert_chain(certificate, key, password=lambda: "none")
    except ssl.SSLError:
        raise ValueError(
            "certificate and key do not belong together, are no PEM, or the key has a password"
        ) from None
    except OSError as error:
        raise ValueError(f"{error.strerror}") from None
