"""Secrets that sources name: environment variables `SOURCE_…`, and files."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from services.environment import process_environment
from services.ingest.domain.sources.written_values import Credential

LARGEST_SECRET = 64 * 1024


class MissingCredential(Exception):
    """A secret cannot be read; the message names where it should be, and nothing of it."""


@dataclass(frozen=True, slots=True)
class CredentialReader:
    """Reads each time anew, so that a file may be replaced."""

    environment: Mapping[str, str]

    @classmethod
    def of_process(cls) -> "CredentialReader":
        """With the environment of this process."""
        return cls(process_environment())

    def read(self, credential: Credential) -> str:
        """The secret, without white space around it.

        Raises:
            MissingCredential: there is none, or it is empty.
        """
        secret = self._read_file(credential) if credential.file else self._read_variable(credential)
        if not secret:
            raise MissingCredential(f"{credential.file or credential.env}: is empty")
        return secret

    def read_all(self, credentials: Iterable[Credential]) -> list[str]:
        """Those that can be read.

        Raises:
            MissingCredential: none of them can.
        """
        secrets, missing = list[str](), list[str]()
        for credential in credentials:
            try:
                secrets.append(self.read(credential))
            except MissingCredential as error:
                missing.append(str(error))
        if not secrets:
            raise MissingCredential("; ".join(missing))
        return secrets

    def _read_variable(self, credential: Credential) -> str:
        if credential.env is None or credential.env not in self.environment:
            raise MissingCredential(f"{credential.env}: is not set in the environment of ingest")
        return self.environment[credential.env].strip()

    def _read_file(self, credential: Credential) -> str:
        try:
            with Path(str(credential.file)).open(encoding="utf-8") as opened:
                return opened.read(LARGEST_SECRET).strip()
        except OSError as error:
            raise MissingCredential(f"{credential.file}: {error.strerror}") from None
        except UnicodeDecodeError:
            raise MissingCredential(f"{credential.file}: is not UTF-8") from None
