"""The web app of the notifier: the API."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request, Response
from starlette.exceptions import HTTPException

from services.notifier.adapters.api.answers import Caller, ReceiverItem, ReceiverList, Refusal
from services.notifier.adapters.api.callers import Callers
from services.notifier.adapters.api.endpoint import Call, Endpoint, make_responder, respond_json
from services.notifier.adapters.api.openapi import complete_document, describe_endpoint
from services.notifier.adapters.api.rate_limit import CallLimiter

DESCRIPTION = """What a watch floor does with alerts: see, acknowledge, silence and judge them.

Every replica answers. Bearer tokens have the role viewer, analyst or admin. A refused request has
`error`, and `errors` with each field and what to do. Times are written as `2026-11-27T12:00:00Z`.
"""


@dataclass(frozen=True, slots=True)
class StatusEndpoints:
    """Who asks, and how the receivers are."""

    list_receivers: Callable[[], Sequence[ReceiverItem]]

    def list_endpoints(self) -> Sequence[Endpoint]:
        """All of them."""
        return (
            Endpoint("GET", "/v1/me", "Who asks", self.show_caller, Caller),
            Endpoint("GET", "/v1/receivers", "How receivers are", self.show_all, ReceiverList),
        )

    def show_caller(self, call: Call) -> Caller:
        """The caller's name and role."""
        return Caller(name=call.person.name, role=call.person.role)

    def show_all(self, call: Call) -> ReceiverList:
        """Every receiver."""
        del call
        return ReceiverList(receivers=tuple(self.list_receivers()))


class _DescribedApp(FastAPI):
    def openapi(self) -> dict[str, Any]:
        """The document, written once."""
        self.openapi_schema = self.openapi_schema or complete_document(self)
        return self.openapi_schema


def make_web_app(endpoints: Sequence[Endpoint], callers: Callers) -> FastAPI:
    """The app of these endpoints; the admin port has its description."""
    app = _DescribedApp(
        title="Vedette notifier",
        description=DESCRIPTION,
        redirect_slashes=False,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
    )
    app.add_exception_handler(HTTPException, _refuse_path)
    limiter = CallLimiter()
    for endpoint in endpoints:
        app.add_api_route(
            endpoint.path,
            make_responder(endpoint, callers, limiter),
            methods=[endpoint.method],
            **describe_endpoint(endpoint),
        )
    return app


async def _refuse_path(_: Request, error: Exception) -> Response:
    """The answer where there is no such path, or no such method."""
    status = HTTPStatus(getattr(error, "status_code", HTTPStatus.NOT_FOUND))
    message = f"{status.phrase}: /openapi.json of the admin port lists every path"
    return respond_json(status, Refusal(error=message))
