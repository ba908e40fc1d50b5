"""What `vedette up` prints at its start."""

import shlex
from collections.abc import Mapping
from pathlib import Path

from rich.text import Text

from cli.output import escape_controls
from cli.stack.embedded import redis_socket, redis_url
from cli.stack.people import TOKEN, TOKENS_FILE, token_path
from cli.stack.plan import Plan

OVERRIDDEN = ("VEDETTE_KAFKA_BOOTSTRAP_SERVERS", "VEDETTE_REDIS_URL")


def build_banner(plan: Plan, inherited: Mapping[str, str], folder: Path) -> Text:
    """Where everything listens, and that nothing is kept."""
    rows = [(service, plan.url(service)) for service in plan.services]
    rows += [
        ("broker", f"{plan.kafka.servers}  (embedded, in memory)"),
        ("redis", str(redis_socket(folder))),
        ("rules", str(plan.rules)),
        *([("sources", str(plan.sources))] if plan.sources else []),
        ("logs", f"{folder}  (until it stops)"),
        ("alerts", _alerts_row(plan, inherited)),
        ("api", _api_row(plan, inherited, folder)),
        ("inside", _inside_row(plan, folder)),
    ]
    text = Text().append("Vedette on this machine. Nothing is kept after it stops.\n", "bold")
    for name, value in rows:
        text.append(f"  {name:<14}", style="cyan")
        text.append(f"{escape_controls(value)}\n")
    for name in OVERRIDDEN:
        if name in inherited:
            text.append(f"  {name} is ignored: both parts are embedded here\n", style="yellow")
    return text


def build_invitation(plan: Plan, inherited: Mapping[str, str], sample: str) -> Text:
    """How to send an event such as `sample`, and how to stop."""
    header = "" if plan.is_open(inherited) else ' -H "Authorization: Bearer $TOKEN"'
    url = f"{plan.url('ingest')}/v1/events"
    text = Text().append("Send your own event:\n", "bold")
    body = shlex.quote(escape_controls(sample))
    command = f"  curl -sS {url}{header} -H 'Content-Type: application/json' -d {body}\n"
    text.append(command)
    text.append(_token_hint(plan, inherited), style="dim")
    text.append("Ctrl-C stops everything.\n", style="dim")
    return text


def _token_hint(plan: Plan, inherited: Mapping[str, str]) -> str:
    if plan.is_open(inherited):
        return "Ingest is open to everybody who reaches it: it needs no token.\n"
    return f"$TOKEN is one of {inherited['VEDETTE_INGEST_TOKENS_FILE']}.\n"


def _alerts_row(plan: Plan, inherited: Mapping[str, str]) -> str:
    to_slack = {"VEDETTE_SLACK_TOKEN", "VEDETTE_SLACK_TOKEN_FILE"} & inherited.keys()
    if plan.demo or not to_slack:
        return "shown here"
    return f"to Slack, {inherited.get('VEDETTE_SLACK_CHANNEL', '#alerts')}"


def _api_row(plan: Plan, inherited: Mapping[str, str], folder: Path) -> str:
    address = f"export VEDETTE_API_URL={plan.url('notifier')}"
    if TOKENS_FILE in inherited:
        return f"{address}; tokens of {inherited[TOKENS_FILE]}"
    return f"{address} {TOKEN}_FILE={token_path(folder)}; vedette alerts list"


def _inside_row(plan: Plan, folder: Path) -> str:
    """The variables of the commands that ask Kafka and Redis themselves."""
    kafka, redis = OVERRIDDEN
    return f"export {kafka}={plan.kafka.servers} {redis}={redis_url(folder)}; vedette doctor"
