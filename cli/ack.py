"""`vedette ack`: an alert is in your hands."""

from typing import Annotated

import typer

from cli.alerts import format_time
from cli.api_client import open_api, quote_id
from cli.output import print_line
from services.notifier.adapters.api.answers import AcknowledgedItem

app = typer.Typer(add_completion=False)


@app.command()
def ack(
    alert: Annotated[str, typer.Argument(metavar="ID", help="The alert's id.")],
    duration: Annotated[
        str | None, typer.Option(help="Such as 30m; 24h at most. Default: 4h.")
    ] = None,
    comment: Annotated[str, typer.Option(help="What you do about it.")] = "",
    take_back: Annotated[  # noqa: FBT002  (typer makes --take-back of it)
        bool, typer.Option("--take-back", help="You no longer have it in hand.")
    ] = False,
) -> None:
    """Acknowledge an alert: for that time it neither repeats nor escalates, at any receiver.

    Reads VEDETTE_API_URL and VEDETTE_API_TOKEN.
    """
    path = f"alerts/{quote_id(alert)}/acknowledgement"
    with open_api() as api:
        if take_back:
            api.send("DELETE", path, AcknowledgedItem)
            print_line(f"{alert}: in nobody's hands")
            return
        body = {"comment": comment} | ({"duration": duration} if duration else {})
        known = api.send("PUT", path, AcknowledgedItem, body)
    print_line(f"{known.alert}: {known.owner} until {format_time(known.ends_at)}")
