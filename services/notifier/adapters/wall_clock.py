"""The wall's clock."""

from datetime import UTC, datetime


def tell_utc() -> datetime:
    """The time now, in UTC."""
    return datetime.now(UTC)
