"""Kafka's password as its file has it now, for clients that are made once and connect again."""

from typing import Any, Self

from pydantic import SecretStr


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
