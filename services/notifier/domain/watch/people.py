"""Who acts on alerts, and what each may do."""

from dataclasses import dataclass, field
from enum import StrEnum


class Role(StrEnum):
    """What a person may do; each role may also do what those before it may."""

    VIEWER = "viewer"  # reads
    ANALYST = "analyst"  # acknowledges, judges, silences, approves
    ADMIN = "admin"  # changes what others own

    @property
    def rank(self) -> int:
        """0 for viewer to 2 for admin."""
        return list(Role).index(self)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody by name, and `aliases`: the same person at Slack or a pager (`slack:U0123`)."""

    name: str
    role: Role
    aliases: frozenset[str] = field(default=frozenset())

    def may_act_as(self, role: Role) -> bool:
        """Whether the person has that role, or a higher one."""
        return self.role.rank >= role.rank

    def is_one_of(self, names: frozenset[str]) -> bool:
        """Whether one of the names is this person's; capitals make no difference."""
        own = {name.casefold() for name in (self.name, *self.aliases)}
        return any(name.casefold() in own for name in names)
