import hashlib
from pathlib import Path

import pytest

from services.notifier.adapters.api.people_file import read_people
from services.notifier.domain.watch.people import Person, Role
from services.token_file import InvalidTokens

ONE = hashlib.sha256(b"one").hexdigest()
TWO = hashlib.sha256(b"two").hexdigest()


def file(folder: Path, text: str) -> Path:
    path = folder / "people.yaml"
    path.write_text(text)
    return path


def test_people_are_known_by_their_token(tmp_path: Path) -> None:
    text = f"alice: {{token_sha256: {ONE}, role: analyst, aliases: ['slack:U1']}}\n"

    people = read_people(file(tmp_path, f"{text}bob: {{sha256: {TWO}, role: viewer}}"))

    assert people == {
        ONE: Person("alice", Role.ANALYST, frozenset({"slack:U1"})),
        TWO: Person("bob", Role.VIEWER),
    }


ALICE = f"alice: {{sha256: {ONE}, role: admin}}"
TWICE = f"{ALICE}\nbob: {{sha256: {TWO}, role: admin, aliases: [Alice]}}"
INVALID = {
    "no role": (f"alice: {{token_sha256: {ONE}}}", "alice: role: is missing"),
    "no such role": (
        f"alice: {{token_sha256: {ONE}, role: king}}",
        "alice: role: must be 'viewer'",
    ),
    "a token itself": ("alice: {token_sha256: hunter2, role: admin}", "alice: token_sha256"),
    "the same token": (
        f"alice: {{sha256: {ONE}, role: admin}}\nbob: {{sha256: {ONE}, role: admin}}",
        "bob: token_sha256: the same token as alice",
    ),
    "another's name": (
        TWICE,
        "bob: has a name or alias of alice",
    ),
    "no map": ("[]", "a map of person to"),
    "no text": (f"5: {{sha256: {ONE}, role: admin}}", "5: the entry: must be a text"),
}


@pytest.mark.parametrize(("text", "message"), INVALID.values(), ids=INVALID.keys())
def test_what_is_wrong_is_named_and_no_token_is_shown(
    tmp_path: Path, text: str, message: str
) -> None:
    with pytest.raises(InvalidTokens) as invalid:
        read_people(file(tmp_path, text))

    assert message in str(invalid.value)
    assert "hunter2" not in str(invalid.value)
