"""What a part of `says` looks for: phrases and groups of members, and who does what to whom."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field

Looked = Hashable
"""A pattern of words and lists, as the finder of a report takes it."""


@dataclass(frozen=True, slots=True)
class SaidPhrase:
    """A phrase with lists; `text` is as written, `items` are what stands beside its gaps.

    With `own` it is what belongs to the doer: at most so many words behind *his*, *its* or a name
    of the doer's own group, or with *his* in the word itself.
    """

    text: str
    looked: Looked
    own: int | None = None
    items: tuple[Looked, ...] = field(default=(), repr=False, compare=False)

    @property
    def has_gaps(self) -> bool:
        """Whether other words may stand inside it."""
        return "~" in self.text


@dataclass(frozen=True, slots=True)
class Group:
    """Members of lists; `counted` has what each counts as, a leader as the body he stands for."""

    text: str
    counted: Mapping[str, str] = field(hash=False)


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a `says`. Without a doer and an undergoer the act is any words.

    `text` is the part as written. A part that is `absent` must not be in the sentence.
    """

    text: str
    act: SaidPhrase | Group
    doer: Group | None = None
    undergoer: SaidPhrase | Group | None = None
    absent: bool = False

    @property
    def binds(self) -> bool:
        """Whether it says who does or undergoes the act."""
        return self.doer is not None or self.undergoer is not None

    @property
    def is_owned(self) -> bool:
        """Whether it asks what belongs to the doer."""
        return any(
            isinstance(side, SaidPhrase) and side.own is not None
            for side in (self.act, self.undergoer)
        )
