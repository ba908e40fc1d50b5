"""The rule for what other releases write: a newer version is refused, an older one is read."""

import pytest

from schemas.version import FIRST_VERSION, SCHEMA_VERSION, NewerSchema, check_version


@pytest.mark.parametrize("version", range(FIRST_VERSION, SCHEMA_VERSION + 1))
def test_every_version_up_to_that_of_this_release_is_read(version: int) -> None:
    check_version(version)


def test_an_older_version_is_read() -> None:
    check_version(2, newest=3)


def test_a_newer_version_is_refused_with_the_way_out() -> None:
    with pytest.raises(NewerSchema, match=r"version 4: .* reads 3 at most; upgrade"):
        check_version(4, newest=3)


@pytest.mark.parametrize("version", [0, -1, True, 1.0, "1", None])
def test_what_is_no_version_is_a_fault_but_no_newer_release(version: object) -> None:
    with pytest.raises(ValueError, match="not a whole number") as caught:
        check_version(version)

    assert not isinstance(caught.value, NewerSchema)
