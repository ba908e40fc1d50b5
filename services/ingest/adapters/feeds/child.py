"""Parses one feed: headers as a line of JSON and then the body on standard input, items out.

A process of its own, since feedparser's cost is quadratic in what a hostile feed may hold: a limit
of the system ends it, and nothing else.
"""

import json
import resource
import sys
from typing import Any

from services.ingest.domain.feeds.parse import parse_feed
from services.ingest.domain.fetching.failure import FetchFailed

PROCESSOR_SECONDS = 10
MEMORY = 1024 * 1024 * 1024


def main() -> int:
    """Write `{"items": […]}`, or `{"reason", "message"}` of what cannot be parsed."""
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR_SECONDS, PROCESSOR_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    given = json.loads(sys.stdin.buffer.readline())
    body = sys.stdin.buffer.read()
    try:
        items = parse_feed(body, given["headers"], given["url"])
        answer: dict[str, Any] = {
            "items": [item.model_dump(exclude_defaults=True) for item in items]
        }
    except FetchFailed as failed:
        answer = {"reason": failed.reason.value, "message": str(failed)}
    sys.stdout.write(json.dumps(answer))
    return 0


if __name__ == "__main__":
    sys.exit(main())
