"""What the windows of a rule hold in a running matcher, as its admin port shows it."""

from schemas.model import Count, Instant, Model, Name, PartitionCount, PartitionNumber


class HeldReport(Model):
    """A report in a window, the values of it that are counted, and when it leaves."""

    event: str
    at: Instant
    leaves: Instant
    values: tuple[str, ...] = ()


class LiveWindow(Model):
    """The window of one group: what it holds, newest first, and how far it is from firing.

    `count` is of all that it holds. `distance` is as people say it (`2 of 3, 4 days left`); empty
    where the rule fires or comes nearer by no hit. `firing` explains the alerts that fire.
    """

    group: dict[str, str]
    exercise: bool = False
    count: Count
    held: tuple[HeldReport, ...]
    distance: str = ""
    firing: tuple[str, ...] = ()


class LiveWindows(Model):
    """The windows of one rule in one matcher: those that changed last, of `groups` in all.

    The matcher has the signals partitions `partitions`, of `partition_count`; other matchers have
    the groups of the others.
    """

    pack: Name
    rule: Name
    partitions: tuple[PartitionNumber, ...]
    partition_count: PartitionCount
    groups: Count
    windows: tuple[LiveWindow, ...]
