"""Who presses buttons in Slack."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from services.notifier.adapters.interactions.interaction import SlackUser
from services.notifier.domain.watch.people import Person, Role
from services.report_text import clean_line, cut_line

LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class SlackPeople:
    """People by the alias `slack:USER`; `members`: the role of others of the workspace.

    Anybody may call himself anything in Slack, so who has no alias is named with the id too, and
    is nobody else. Guests of another workspace read.
    """

    people: Mapping[str, Person] = field(default_factory=dict)
    members: Role = Role.VIEWER

    def identify(self, user: SlackUser) -> Person:
        """The person who acts."""
        alias = f"slack:{user.id}"
        for person in self.people.values():
            if person.is_one_of(frozenset({alias})):
                return person
        name = cut_line(clean_line(user.name), LONGEST_NAME)
        role = self.members if user.is_member else Role.VIEWER
        return Person(f"{name} ({alias})" if name else alias, role, frozenset({alias}))
