"""A secret in a file, as it is now: it is rotated without a restart."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from pydantic import SecretStr

from services.followed_files import follow_file

Check = Callable[[str], None]
"""Raises ValueError where the settings would be invalid with the secret; the message has none."""


class FollowedSecret(SecretStr):
    """Reveals what its file holds; a file that is empty or invalid changes nothing.

    So whoever uses a secret keeps this and reveals it at each use.
    """

    def __init__(self, path: Path, check: Check) -> None:
        """Read the file; raises ValueError."""
        self._file = follow_file(path, partial(_read_checked, check))
        super().__init__(self._file.value)

    def get_secret_value(self) -> str:
        """The secret in force."""
        return self._file()


def read_secret(path: Path) -> str:
    """The secret that is in a file, without white space around it.

    Raises ValueError.
    """
    try:
        return path.read_text(encoding="utf-8").strip()
    except UnicodeDecodeError:
        raise ValueError("it is no text in UTF-8") from None
    except OSError as error:
        raise ValueError(error.strerror) from None


def _read_checked(check: Check, path: Path) -> str:
    secret = read_secret(path)
    if not secret:
        raise ValueError("it is empty")
    check(secret)
    return secret
