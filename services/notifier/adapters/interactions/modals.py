"""Opens and changes modals in Slack."""

from dataclasses import dataclass, replace
from typing import Any, Self

from services.notifier.adapters.slack_web import SlackApi, SlackWeb
from services.notifier.domain.errors import PermanentRefusal, RetryableError, UnknownOutcome
from services.telemetry import logger

log = logger(__name__)

TIMEOUT_SECONDS = 2
"""A trigger opens a modal for three seconds."""
FAILURES = (RetryableError, UnknownOutcome, PermanentRefusal)


class ModalNotOpened(Exception):
    """Slack opens no modal for the press, or not in time; the next press may open one."""


@dataclass(frozen=True, slots=True)
class Modals:
    """Modals of the app, for the workspace of its token."""

    web: SlackWeb

    @classmethod
    def connect(cls, api: SlackApi) -> Self:
        """Modals that are opened by this API."""
        return cls(SlackWeb(replace(api, timeout=min(api.timeout, TIMEOUT_SECONDS))))

    def open(self, trigger: str, view: dict[str, Any]) -> str:
        """Show the view to whoever pressed; its id. Blocks for two seconds at most.

        Raises ModalNotOpened.
        """
        try:
            opened = self.web.call("views.open", {"trigger_id": trigger, "view": view})
            return str(opened["view"]["id"])
        except FAILURES as error:
            log.warning("slack opens no modal", error=str(error))
            raise ModalNotOpened(f"Slack opened no window ({error}): press again") from None

    def update(self, view_id: str, view: dict[str, Any]) -> None:
        """Change what the modal shows; one that was closed meanwhile stays so."""
        try:
            self.web.call("views.update", {"view_id": view_id, "view": view})
        except FAILURES as error:
            log.info("slack changes no modal", error=str(error))
