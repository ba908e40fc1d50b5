"""Retraction: an event that another one corrects or withdraws."""

from schemas.model import Instant, Model


class Retraction(Model):
    """The event `identity` counts in no window, whether it came before or comes later.

    `by` is the identity of the event that corrects or withdraws it, recorded at `recorded_at`. Of
    several that correct one event, and one another, the last recorded counts.
    """

    identity: str
    by: str
    recorded_at: Instant
