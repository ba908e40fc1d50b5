"""A line that only the person who pressed a button sees."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx

from services.report_text import cut_line, escape_mrkdwn
from services.telemetry import logger

log = logger(__name__)

SLACK = "https://hooks.slack.com"
PATH = re.compile(r"(/[A-Za-z0-9_-]+)+", re.ASCII)
LONGEST_TEXT = 1000
TIMEOUT_SECONDS = 5


@dataclass(frozen=True, slots=True)
class ReplySender:
    """Calls addresses of Slack's, and of the host of `api_url`, but no other."""

    api_url: str

    def send(self, url: str, text: str) -> None:
        """Show the text; what fails is logged without the address, which is a secret."""
        if not self.may_call(url):
            log.warning("reply to an address that is not Slack's is not sent")
            return
        shown = cut_line(text, LONGEST_TEXT, escape_mrkdwn)
        body = {"response_type": "ephemeral", "replace_original": False, "text": shown}
        try:
            with (
                httpx.Client(timeout=TIMEOUT_SECONDS) as http,
                http.stream("POST", url, json=body) as answer,
            ):
                if not answer.is_success:
                    log.warning("slack refuses a reply", status=answer.status_code)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            log.warning("slack takes no reply", error=type(error).__name__)

    def may_call(self, url: str) -> bool:
        """Whether the address is one at which Slack takes replies."""
        api = urlsplit(self.api_url)
        origins = (SLACK, f"{api.scheme}://{api.netloc}")
        return any(
            url.startswith(origin) and PATH.fullmatch(url.removeprefix(origin)) is not None
            for origin in origins
        )
