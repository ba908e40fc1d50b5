"""What is shown in metrics once a second, beside the work."""

import asyncio
from collections.abc import Callable

from services.matcher.adapters.stream.transport import App

SECONDS = 1.0


async def show_forever(app: App, show: Callable[[], None]) -> None:
    """Call `show`, which is quick, once a second for as long as the app runs."""
    while not app.should_stop:
        show()
        await asyncio.sleep(SECONDS)
