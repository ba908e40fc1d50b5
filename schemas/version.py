"""The schema version: one number for every format that outlives the process that wrote it.

One rule holds for topics, states, the notification log and bundles. An added key needs no new
version: readers ignore keys that they do not know, and give missing ones their default. A change
that an older reader would misread raises SCHEMA_VERSION. A newer version is refused; an older one
is read, by code that the change of the format brings with it.
"""

SCHEMA_VERSION = 1
FIRST_VERSION = 1
"""Of what carries no version, such as a message of a producer that writes no headers."""


class NewerSchema(ValueError):
    """A later release wrote it, in a form that this one would misread."""


def check_version(version: object, newest: int = SCHEMA_VERSION) -> None:
    """Accept the versions up to `newest`.

    Raises:
        NewerSchema: a later release wrote it.
        ValueError: it is no version.
    """
    if type(version) is not int or version < FIRST_VERSION:
        raise ValueError(f"schema version {version!r}: not a whole number from {FIRST_VERSION} on")
    if version > newest:
        raise NewerSchema(
            f"schema version {version}: a later release wrote it, and this one reads"
            f" {newest} at most; upgrade this process"
        )
