from pathlib import Path

import pytest

from services.ingest.adapters.sources.credentials import CredentialReader, MissingCredential
from services.ingest.domain.sources.written_values import Credential

READER = CredentialReader({"SOURCE_A": " secret \n", "SOURCE_EMPTY": ""})


def test_a_secret_is_in_the_environment_or_in_a_file(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_text("first\n")
    in_file = Credential(file=str(path))

    assert READER.read(Credential(env="SOURCE_A")) == "secret"
    assert READER.read(in_file) == "first"
    path.write_text("second")
    assert READER.read(in_file) == "second"


@pytest.mark.parametrize(
    ("credential", "reason"),
    [
        (Credential(env="SOURCE_B"), "SOURCE_B: is not set in the environment"),
        (Credential(env="SOURCE_EMPTY"), "SOURCE_EMPTY: is empty"),
        (Credential(file="/nowhere/at/all"), "/nowhere/at/all: No such file"),
    ],
)
def test_a_missing_secret_is_named_by_its_place(credential: Credential, reason: str) -> None:
    with pytest.raises(MissingCredential, match=reason):
        READER.read(credential)


def test_of_several_secrets_one_is_enough() -> None:
    both = [Credential(env="SOURCE_B"), Credential(env="SOURCE_A")]

    assert READER.read_all(both) == ["secret"]
    with pytest.raises(MissingCredential, match="SOURCE_B"):
        READER.read_all(both[:1])
