"""What the matcher of a running stack says is wrong with its rules."""

import httpx

NOTE = "rules"


def read_rule_faults(client: httpx.Client, matcher: str) -> list[str]:
    """A line for each fault, from the notes at the matcher's admin address; none if it is away."""
    try:
        body = client.get(f"{matcher}/readyz").json()
    except (httpx.TransportError, ValueError):
        return []
    note = body.get("notes", {}).get(NOTE, "") if isinstance(body, dict) else ""
    return str(note).splitlines()
