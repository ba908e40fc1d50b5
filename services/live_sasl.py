"""Logins of kafka-python with the password that is in force when a connection begins."""

from typing import Any

from kafka.net.sasl import register_sasl_mechanism
from kafka.net.sasl.plain import SaslMechanismPlain
from kafka.net.sasl.scram import SaslMechanismScram

from services.live_password import renew_password

PASSWORD = "sasl_plain_password"  # noqa: S105  (the name of an option)


class LivePlain(SaslMechanismPlain):  # type: ignore[misc]  # kafka-python has no types
    """Logs in with the password in force."""

    def __init__(self, **config: Any) -> None:
        super().__init__(**config | {PASSWORD: renew_password(config.get(PASSWORD))})


class LiveScram(SaslMechanismScram):  # type: ignore[misc]  # as above
    """Logs in with the password in force."""

    def __init__(self, **config: Any) -> None:
        super().__init__(**config | {PASSWORD: renew_password(config.get(PASSWORD))})


def follow_passwords() -> None:
    """Have every client of kafka-python in this process log in with the password in force."""
    register_sasl_mechanism("PLAIN", LivePlain, overwrite=True)
    for name in ("SCRAM-SHA-256", "SCRAM-SHA-512"):
        register_sasl_mechanism(name, LiveScram, overwrite=True)
