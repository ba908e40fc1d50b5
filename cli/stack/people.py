"""Who may use the API of a stack on this machine: whoever reads the token in its folder."""

import hashlib
import secrets
from collections.abc import Mapping
from pathlib import Path

TOKENS_FILE = "VEDETTE_API_TOKENS_FILE"
TOKEN = "VEDETTE_API_TOKEN"  # noqa: S105  (the name of a variable)
OWNER = "me"


def people_path(folder: Path) -> Path:
    """Where the people of the stack are."""
    return folder / "people.yaml"


def token_path(folder: Path) -> Path:
    """Where the token is."""
    return folder / "api-token"


def write_people(folder: Path, inherited: Mapping[str, str]) -> None:
    """Write both files: the user's token if one is set, else a new one."""
    token = inherited.get(TOKEN) or secrets.token_urlsafe(24)
    digest = hashlib.sha256(token.encode()).hexdigest()
    people = f"{OWNER}: {{token_sha256: {digest}, role: admin}}\n"
    people_path(folder).write_text(people, encoding="utf-8")
    token_path(folder).write_text(token, encoding="utf-8")
