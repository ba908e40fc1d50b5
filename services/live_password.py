"""Kafka's password as its file has it now, for clients that are made once and connect again."""

from typing import Any, Self

from kafka.net.sasl import register_sasl_mechanism
from kafka.net.sasl.plain import SaslMechanismPlain
from kafka.net.sasl.scram import SaslMechanismScram
from pydantic import SecretStr

PASSWORD = "sasl_plain_password"  # noqa: S105  (the name of an option)


class LivePassword(str):
    """A password that its file may replace: the text is that of its making, `renew` gives today's.

    Both clients keep a text for as long as they live, and use it at each connection.
    """

    __slots__ = ("secret",)
    secret: SecretStr

    def __new__(cls, secret: SecretStr) -> Self:
        """The password in force."""
        password = super().__new__(cls, secret.get_secret_value())
        password.secret = secret
        return password

    def renew(self) -> "LivePassword":
        """The password that is in force now."""
        return LivePassword(self.secret)

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, _memo: object) -> Self:
        return self


def renew_password(password: Any) -> Any:
    """The password in force; one that no file replaces stays."""
    return password.renew() if isinstance(password, LivePassword) else password


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
