"""A password of Kafka that its file replaces: clients log in with that in force."""

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from kafka.net.sasl import get_sasl_mechanism
from pydantic import SecretStr

from services.environment import VedetteSettings, load
from services.kafka_address import KafkaAddress, SaslLogin
from services.live_password import LivePassword, renew_password
from services.live_sasl import follow_passwords
from services.matcher.adapters.stream.transport import faust_options
from services.matcher.adapters.topics.closed_connections import Connection

OLD, NEW = "the-old-one", "the-new-one"


class RotatedSecret(SecretStr):
    """A secret that a test replaces."""

    def rotate(self) -> None:
        self._secret_value = NEW


@pytest.fixture
def secret() -> RotatedSecret:
    return RotatedSecret(OLD)


def options(secret: SecretStr, mechanism: str = "PLAIN") -> dict[str, Any]:
    login = SaslLogin(mechanism, "matcher", LivePassword(secret))
    return KafkaAddress("kafka:9092", login).client_options()


def test_a_client_that_is_made_later_has_the_new_one(secret: RotatedSecret) -> None:
    address = KafkaAddress("kafka:9092", SaslLogin("PLAIN", "matcher", LivePassword(secret)))
    before = address.client_options()["sasl_plain_password"]

    secret.rotate()

    assert before == OLD
    assert address.client_options()["sasl_plain_password"] == NEW


def test_a_client_of_kafka_python_logs_in_with_the_new_one(secret: RotatedSecret) -> None:
    follow_passwords()
    config = deepcopy(options(secret))
    secret.rotate()

    login = get_sasl_mechanism("PLAIN")(host="kafka", **config)

    assert login.password == NEW


@pytest.mark.parametrize("mechanism", ["SCRAM-SHA-256", "SCRAM-SHA-512"])
def test_so_it_does_by_scram(secret: RotatedSecret, mechanism: str) -> None:
    follow_passwords()
    config = options(secret, mechanism)
    secret.rotate()

    login = get_sasl_mechanism(mechanism)(host="kafka", **config)

    assert login._scram_client.password == NEW.encode()  # noqa: SLF001  (nothing shows it)


async def test_a_connection_of_aiokafka_begins_with_the_new_one(secret: RotatedSecret) -> None:
    credentials = faust_options(
        KafkaAddress("kafka:9092", SaslLogin("PLAIN", "matcher", LivePassword(secret)))
    )["broker_credentials"]
    secret.rotate()

    connection = Connection("kafka", 9092, sasl_plain_password=credentials.password)

    assert connection._sasl_plain_password == NEW  # noqa: SLF001  (as above)


def test_a_password_of_the_environment_stays_as_it_is() -> None:
    assert renew_password(OLD) == OLD
    assert renew_password(None) is None


def test_the_file_that_the_environment_names_is_followed(tmp_path: Path) -> None:
    path = tmp_path / "password"
    path.write_text(OLD)
    settings = load(
        VedetteSettings,
        {
            "VEDETTE_KAFKA_SECURITY_PROTOCOL": "SASL_PLAINTEXT",
            "VEDETTE_KAFKA_SASL_USERNAME": "matcher",
            "VEDETTE_KAFKA_SASL_PASSWORD_FILE": str(path),
        },
    )

    path.write_text(NEW + "\n")

    assert settings.kafka.client_options()["sasl_plain_password"] == NEW
    assert NEW not in repr(settings.kafka)
