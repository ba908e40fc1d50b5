import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from services.ingest.adapters.tokens import read_tokens
from services.ingest.domain.reporter import Reporter
from services.token_file import InvalidTokens

DIGEST = hashlib.sha256(b"secret").hexdigest()
OTHER = hashlib.sha256(b"another").hexdigest()


def file(folder: Path, text: str) -> Path:
    path = folder / "tokens.yaml"
    path.write_text(text)
    return path


def test_a_token_stands_for_its_source_with_owner_and_grade(tmp_path: Path) -> None:
    text = f"reuters: {{token_sha256: {DIGEST.upper()}, owner: Thomson Reuters, reliability: B}}\n"

    tokens = read_tokens(file(tmp_path, f"{text}'telegram:@a': {{sha256: {OTHER}}}"))

    assert tokens.find_reporter("secret") == Reporter(
        "reuters", "Thomson Reuters", "B", token_sources=frozenset({"reuters", "telegram:@a"})
    )
    assert replace(tokens.anybody, source="telegram:@a", owner="telegram:@a") == (
        tokens.find_reporter("another")
    )
    assert tokens.find_reporter("unknown") is None
    assert tokens.find_reporter("\udcff") is None


INVALID = {
    "no digest": ("reuters: {owner: x}", "reuters: token_sha256: is missing"),
    "the token itself": ("reuters: {token_sha256: secret}", "reuters: token_sha256:"),
    "an unknown key": (f"reuters: {{token_sha256: {DIGEST}, grade: B}}", "reuters: grade:"),
    "no such grade": (
        f"reuters: {{token_sha256: {DIGEST}, reliability: G}}",
        "reuters: reliability:",
    ),
    "a bare string": ("reuters: x", "reuters: the entry:"),
    "a source with a space": (f"'a b': {{token_sha256: {DIGEST}}}", "a b: the entry: a source has"),
    "a source that YAML took for a boolean": (f"no: {{token_sha256: {DIGEST}}}", "False:"),
    "a source twice": (
        f"a: {{token_sha256: {DIGEST}}}\na: {{token_sha256: {OTHER}}}",
        "a: is repeated",
    ),
    "a token twice": (
        f"a: {{token_sha256: {DIGEST}}}\nb: {{token_sha256: {DIGEST}}}",
        "b: token_sha256: the same token as a",
    ),
    "the digest of an empty token": (
        f"a: {{token_sha256: {hashlib.sha256(b'').hexdigest()}}}",
        "a: token_sha256: the digest of an empty token",
    ),
    "no map": ("- a", "a map of source id"),
    "nothing": ("", "a map of source id"),
    "no YAML": ("a: [", "line 1, column 5"),
}


@pytest.mark.parametrize(("text", "message"), INVALID.values(), ids=INVALID)
def test_a_malformed_file_is_refused_with_file_and_source(
    text: str, message: str, tmp_path: Path
) -> None:
    path = file(tmp_path, text)

    with pytest.raises(InvalidTokens) as caught:
        read_tokens(path)

    assert str(caught.value).startswith(str(path))
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_every_faulty_entry_is_named_at_once(tmp_path: Path) -> None:
    with pytest.raises(InvalidTokens, match=r"a: token_sha256: .*; .*b: token_sha256: "):
        read_tokens(file(tmp_path, "a: {}\nb: {}"))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidTokens, match=r"none\.yaml: No such file"):
        read_tokens(tmp_path / "none.yaml")
