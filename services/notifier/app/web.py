"""The web server of the notifier: its API."""

import time
from collections.abc import Mapping, Sequence
from uuid import uuid4

from fastapi import FastAPI

from services.admission import Admission
from services.connections import BoundedConfig, Bounds, fit_connections
from services.followed_files import LiveMapping, follow_file
from services.notifier.adapters.api import opsgenie_webhook, pagerduty_webhook
from services.notifier.adapters.api.alert_endpoints import AlertEndpoints
from services.notifier.adapters.api.answers import ReceiverItem
from services.notifier.adapters.api.callers import Callers
from services.notifier.adapters.api.cap_endpoints import CapEndpoints
from services.notifier.adapters.api.endpoint import encode_refusal
from services.notifier.adapters.api.opsgenie_webhook import OpsgenieDialect
from services.notifier.adapters.api.pager_webhook import PagerDialect, PagerWebhook, add_pager
from services.notifier.adapters.api.pagerduty_webhook import PagerDutyDialect
from services.notifier.adapters.api.people_file import read_people
from services.notifier.adapters.api.silence_endpoints import SilenceEndpoints
from services.notifier.adapters.api.web_app import StatusEndpoints, make_web_app
from services.notifier.adapters.interactions.desk import InteractionDesk
from services.notifier.adapters.interactions.modals import Modals
from services.notifier.adapters.interactions.reply import ReplySender
from services.notifier.adapters.interactions.slack_endpoint import SlackEndpoint, add_slack
from services.notifier.adapters.interactions.slack_people import SlackPeople
from services.notifier.adapters.interactions.slack_socket import SlackSocket
from services.notifier.adapters.slack_web import SlackApi
from services.notifier.adapters.watch.watch_stores import WatchStores
from services.notifier.adapters.worker import Worker
from services.notifier.app.receivers import make_slack_api
from services.notifier.domain.watch.floor import WatchFloor
from services.notifier.domain.watch.pager_events import PagerDesk
from services.notifier.domain.watch.people import Role
from services.notifier.settings import NotifierSettings, parse_networks
from services.telemetry import Health

MOST_AT_ONCE = 24
"""Requests to the API in hand: fewer than the threads that answer them."""


def make_api(
    settings: NotifierSettings, callers: Callers, watch: WatchStores, workers: Sequence[Worker]
) -> FastAPI:
    """The API, and where Slack and pagers tell what people do."""
    board, floor = watch.make_board(), make_floor(watch)
    endpoints = [
        *AlertEndpoints(board, floor, watch.clock).list_endpoints(),
        *SilenceEndpoints(floor, watch.log, watch.clock).list_endpoints(),
        *StatusEndpoints(lambda: list(map(_describe_receiver, workers))).list_endpoints(),
    ]
    if settings.cap_sender is not None:
        feed = CapEndpoints(board, settings.cap_sender, watch.clock)
        endpoints += feed.list_endpoints()
    app = make_web_app(endpoints, callers)
    secret = settings.slack_signing_secret
    if secret is not None:
        desk = make_desk(settings, callers, watch)
        add_slack(app, SlackEndpoint(secret, desk.handle, time.time))
    heed = PagerDesk(floor, callers.people).handle
    for path, dialect in _list_pagers(settings).items():
        add_pager(app, path, PagerWebhook(dialect, heed))
    return app


def _list_pagers(settings: NotifierSettings) -> Mapping[str, PagerDialect]:
    """The pagers that tell what people do there, by the path of each."""
    pagers: dict[str, PagerDialect] = {}
    if settings.pagerduty_webhook_secret is not None:
        pagers[pagerduty_webhook.PATH] = PagerDutyDialect(settings.pagerduty_webhook_secret)
    if settings.opsgenie_webhook_secret is not None:
        pagers[opsgenie_webhook.PATH] = OpsgenieDialect(settings.opsgenie_webhook_secret)
    return pagers


def make_web_config(settings: NotifierSettings, app: FastAPI) -> BoundedConfig:
    """What the server serves, within its bounds."""
    bounds = Bounds(fit_connections(settings.api_connections))
    admitted = Admission(app, MOST_AT_ONCE, encode_refusal)
    return BoundedConfig(admitted, settings.host, settings.port, bounds)


def make_socket(
    settings: NotifierSettings, callers: Callers, watch: WatchStores, health: Health
) -> SlackSocket | None:
    """Socket Mode, if there is an app's token; not yet connected."""
    token = settings.slack_app_token
    if token is None:
        return None
    api = SlackApi(token, settings.slack_api_url, settings.receiver_timeout_seconds)
    return SlackSocket(api, make_desk(settings, callers, watch).handle, health.notes)


def make_desk(settings: NotifierSettings, callers: Callers, watch: WatchStores) -> InteractionDesk:
    """What acts on buttons and the modal in Slack, for the people of the API."""
    people = SlackPeople(callers.people, Role(settings.slack_members))
    replies = ReplySender(settings.slack_api_url)
    modals = Modals.connect(make_slack_api(settings))
    floor = make_floor(watch)
    return InteractionDesk(floor, people, watch.presses, modals, replies.send)


def make_floor(watch: WatchStores) -> WatchFloor:
    """What people may do, with random ids."""
    return watch.make_floor(lambda: uuid4().hex)


def make_callers(settings: NotifierSettings, health: Health) -> Callers:
    """Who may call the API: nobody, unless there are tokens or a proxy; the file is followed.

    Raises InvalidTokens.
    """
    networks = parse_networks(settings.api_proxies)
    if settings.api_tokens_file is None:
        return Callers({}, networks)
    people = follow_file(settings.api_tokens_file, read_people, health.notes)
    return Callers(LiveMapping(people), networks)


def _describe_receiver(worker: Worker) -> ReceiverItem:
    queued = worker.notifications.depth(worker.name)
    pages, fault = worker.receiver.traits.pages, worker.receiver.describe_fault()
    return ReceiverItem(name=worker.name, pages=pages, fault=fault, queued=queued)
