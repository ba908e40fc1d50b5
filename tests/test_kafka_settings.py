"""How Kafka is reached: what is asked for is used, and what contradicts itself is refused."""

from pathlib import Path

import pytest

from services.environment import InvalidEnvironment, VedetteSettings, load
from tests.parts.tls import Certificate, make_certificate

PASSWORD = "hunter2"  # noqa: S105  (known to the tests alone)
USER = {
    "VEDETTE_KAFKA_SECURITY_PROTOCOL": "SASL_SSL",
    "VEDETTE_KAFKA_SASL_USERNAME": "matcher",
    "VEDETTE_KAFKA_SASL_PASSWORD": PASSWORD,
}


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return make_certificate(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return make_certificate(tmp_path_factory.mktemp("other"))


def test_without_security_nothing_is_encrypted_and_nobody_named() -> None:
    options = load(VedetteSettings, {}).kafka.client_options()

    assert options == {
        "bootstrap_servers": ["localhost:9092"],
        "security_protocol": "PLAINTEXT",
        "ssl_context": None,
    }


def test_a_user_is_named_to_every_client() -> None:
    options = load(VedetteSettings, USER).kafka.client_options()

    assert options["security_protocol"] == "SASL_SSL"
    assert options["sasl_mechanism"] == "SCRAM-SHA-512"
    assert options["sasl_plain_username"] == "matcher"
    assert options["sasl_plain_password"] == PASSWORD
    assert options["ssl_context"].check_hostname


def test_a_password_may_stand_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text(f"{PASSWORD}\n")
    variables = {name: value for name, value in USER.items() if not name.endswith("PASSWORD")}

    settings = load(VedetteSettings, variables | {"VEDETTE_KAFKA_SASL_PASSWORD_FILE": str(file)})

    assert settings.kafka.client_options()["sasl_plain_password"] == PASSWORD


def test_no_password_is_shown() -> None:
    settings = load(VedetteSettings, USER)

    assert PASSWORD not in f"{settings!r} {settings.kafka!r}"


@pytest.mark.parametrize(
    ("variables", "named"),
    [
        ({"VEDETTE_KAFKA_SASL_USERNAME": "x"}, "SASL_USERNAME: .*PROTOCOL=SASL_SSL; it is PLAIN"),
        ({"VEDETTE_KAFKA_SASL_PASSWORD": "x"}, "SASL_PASSWORD: .*PROTOCOL=SASL_SSL"),
        ({"VEDETTE_KAFKA_SASL_MECHANISM": "PLAIN"}, "SASL_MECHANISM: .*PROTOCOL=SASL_SSL"),
        ({"VEDETTE_KAFKA_CA_FILE": "/no"}, "CA_FILE: .*PROTOCOL=SASL_SSL or SSL"),
        ({"VEDETTE_KAFKA_CERT_FILE": "/no"}, "CERT_FILE: .*PROTOCOL=SASL_SSL or SSL"),
        ({"VEDETTE_KAFKA_KEY_FILE": "/no"}, "KEY_FILE: .*PROTOCOL=SASL_SSL or SSL"),
        (USER | {"VEDETTE_KAFKA_SASL_USERNAME": ""}, "SASL_USERNAME: .*required by .*SASL_SSL"),
        (USER | {"VEDETTE_KAFKA_SASL_PASSWORD": ""}, "SASL_PASSWORD: .*required by .*SASL_SSL"),
        (USER | {"VEDETTE_KAFKA_SASL_MECHANISM": "GSSAPI"}, "SASL_MECHANISM: .*SCRAM-SHA-512"),
        (USER | {"VEDETTE_KAFKA_CA_FILE": "/no/such"}, "CA_FILE: .*No such file"),
        (USER | {"VEDETTE_KAFKA_CA_FILE": __file__}, "CA_FILE: .*no certificate in PEM"),
        (USER | {"VEDETTE_KAFKA_CA_FILE": "/"}, "CA_FILE: "),
        (USER | {"VEDETTE_KAFKA_SASL_PASSWORD_FILE": "/no"}, "_PASSWORD_FILE: .*is set too"),
        ({"VEDETTE_KAFKA_SECURITY_PROTOCOL": "TLS"}, "SECURITY_PROTOCOL: .*SASL_SSL"),
    ],
)
def test_what_contradicts_itself_is_refused_by_name(variables: dict[str, str], named: str) -> None:
    with pytest.raises(InvalidEnvironment, match=f"VEDETTE_KAFKA_\\w*{named}") as caught:
        load(VedetteSettings, variables)

    assert PASSWORD not in str(caught.value)


def test_a_certificate_of_ours_is_used_with_its_key(certificate: Certificate) -> None:
    settings = load(VedetteSettings, _present(certificate, certificate))

    assert settings.kafka.protocol == "SSL"


def test_a_certificate_with_another_key_is_refused(
    certificate: Certificate, other: Certificate
) -> None:
    with pytest.raises(InvalidEnvironment, match=r"KEY_FILE: .*do not belong together"):
        load(VedetteSettings, _present(certificate, other))


def test_a_key_without_a_certificate_is_refused(certificate: Certificate) -> None:
    variables = _present(certificate, certificate) | {"VEDETTE_KAFKA_CERT_FILE": ""}

    with pytest.raises(InvalidEnvironment, match=r"KEY_FILE: .*needs VEDETTE_KAFKA_CERT_FILE"):
        load(VedetteSettings, variables)


def _present(certificate: Certificate, key: Certificate) -> dict[str, str]:
    return {
        "VEDETTE_KAFKA_SECURITY_PROTOCOL": "SSL",
        "VEDETTE_KAFKA_CERT_FILE": str(certificate.certificate),
        "VEDETTE_KAFKA_KEY_FILE": str(key.key),
    }
