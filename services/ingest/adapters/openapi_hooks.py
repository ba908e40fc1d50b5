"""What the generated API document says of `POST /v1/hooks/ID`."""

from services.ingest.adapters.openapi import WAITS, Responses, describe_limit
from services.ingest.domain.answer import Answer

HOOK_DESCRIPTION = """Takes JSON of another service, mapped to reports as `sources/*.yaml` says.

The sender shows a token, or signs the body. 202 says that nothing needs to be sent again: what
became of each item is in `results`, also of those that were refused. 503 asks for a repeat.
"""

HOOK_RESPONSES: Responses = WAITS | {
    200: {"description": "Slack's challenge, which it checks an address with"},
    202: {
        "model": Answer,
        "description": "Each item is acknowledged, refused or left out",
    },
    401: {"model": Answer, "description": "The token or the signature is missing or wrong"},
    404: {"model": Answer, "description": "There is no hook of that id"},
    413: {"model": Answer, "description": "More than 1 MiB"},
    429: describe_limit("The source"),
}
