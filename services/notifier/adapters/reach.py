"""Whether a receiver that cannot be asked without a message can be reached at least."""

import httpx

from services.notifier.domain.errors import ReceiverDown


def reach(name: str, client: httpx.Client, url: str) -> None:
    """Have the server of an address answer a HEAD request, which changes nothing there.

    Any answer will do. The connection stays open for the first message.

    Raises ReceiverDown.
    """
    try:
        client.head(url)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        reason = f"{name} cannot be reached: {type(error).__name__}"
        raise ReceiverDown(reason, is_refusal=False) from None
