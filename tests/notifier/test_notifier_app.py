"""From settings to the joined service."""

from datetime import timedelta

import httpx
import pytest
from redis import Redis

from services.environment import InvalidEnvironment, load
from services.notifier.adapters.api.callers import Callers
from services.notifier.adapters.keys import Keys
from services.notifier.adapters.membership import notifier_group
from services.notifier.adapters.watch.watch_stores import connect_watch
from services.notifier.app.join import join
from services.notifier.app.receivers import InvalidReceiver, list_channels, make_receivers
from services.notifier.app.stores import compute_hold
from services.notifier.app.web import make_api, make_callers, make_socket
from services.notifier.domain.traits import BackfillPolicy, ReceiverTraits
from services.notifier.settings import NotifierSettings
from services.telemetry import Health
from tests.fakes import FakeClock


def names(**environment: str) -> list[str]:
    return [
        receiver.traits.name for receiver in make_receivers(load(NotifierSettings, environment))
    ]


def test_without_anything_alerts_go_to_the_console() -> None:
    assert names() == ["console"]


def test_an_empty_token_is_none() -> None:
    assert names(VEDETTE_SLACK_TOKEN="", VEDETTE_PAGERDUTY_ROUTING_KEY="") == ["console"]


def test_a_token_and_a_key_make_slack_and_the_pager() -> None:
    given = {"VEDETTE_SLACK_TOKEN": "t", "VEDETTE_PAGERDUTY_ROUTING_KEY": "k"}

    assert names(**given) == ["slack", "pagerduty"]


def test_a_webhook_needs_its_address_and_a_secret() -> None:
    given = {"VEDETTE_WEBHOOK_URL": "https://h/1", "VEDETTE_WEBHOOK_SECRET": "s" * 16}

    assert names(**given) == ["console", "webhook"]
    assert names(VEDETTE_WEBHOOK_SECRET="s" * 16) == ["console"]
    assert names(VEDETTE_WEBHOOK_URL="", VEDETTE_WEBHOOK_SECRET="") == ["console"]


def test_each_address_of_apprise_is_a_receiver_and_opsgenie_is_a_pager() -> None:
    given = {"VEDETTE_APPRISE_URLS": "json://h/1\n json://h/2 ", "VEDETTE_OPSGENIE_API_KEY": "k"}

    assert names(**given) == ["console", "opsgenie", "apprise", "apprise-2"]
    assert names(VEDETTE_APPRISE_URLS="", VEDETTE_OPSGENIE_API_KEY="") == ["console"]


def test_an_address_that_apprise_does_not_know_stops_the_start() -> None:
    with pytest.raises(InvalidReceiver, match="address of apprise-2 is none") as error:
        names(VEDETTE_APPRISE_URLS="json://h/1 no-such://secret-token")

    assert "secret-token" not in str(error.value)


def test_more_addresses_than_receivers_stop_the_start() -> None:
    with pytest.raises(InvalidEnvironment, match=r"VEDETTE_APPRISE_URLS: .*has 6 addresses"):
        load(NotifierSettings, {"VEDETTE_APPRISE_URLS": "json://h " * 6})


def test_the_end_of_opsgenie_is_told_where_health_is() -> None:
    parts = join(load(NotifierSettings, {"VEDETTE_OPSGENIE_API_KEY": "k"}))

    assert "April 2027" in parts.health.notes["opsgenie"]


@pytest.mark.parametrize("secret", [None, "", "s" * 15])
def test_a_webhook_without_a_proper_secret_stops_the_start(secret: str | None) -> None:
    given = {"VEDETTE_WEBHOOK_URL": "https://h/1"}
    given |= {} if secret is None else {"VEDETTE_WEBHOOK_SECRET": secret}

    with pytest.raises(InvalidEnvironment, match=r"VEDETTE_WEBHOOK_SECRET: .*16 characters"):
        load(NotifierSettings, given)


def test_duty_engineers_may_have_their_own_channel() -> None:
    given = {"VEDETTE_SLACK_TOKEN": "t", "VEDETTE_SLACK_CHANNEL": "#watch"}

    assert names(**given, VEDETTE_SLACK_DUTY_CHANNEL="#duty") == ["slack", "slack-duty"]
    assert names(**given, VEDETTE_SLACK_DUTY_CHANNEL="#watch") == ["slack"]
    assert names(**given, VEDETTE_SLACK_DUTY_CHANNEL="") == ["slack"]


def test_with_a_digest_channel_history_leaves_the_watchs_channel() -> None:
    given = {"VEDETTE_SLACK_CHANNEL": "#watch", "VEDETTE_SLACK_DIGEST_CHANNEL": "#digest"}

    channels = list_channels(load(NotifierSettings, given))

    assert {name: traits.history for name, traits in channels.items()} == {
        "#watch": BackfillPolicy.LEFT_OUT,
        "#digest": BackfillPolicy.ALONE,
    }


@pytest.mark.parametrize("digest", ["", "#watch"])
def test_without_a_digest_channel_history_goes_to_the_watch(digest: str) -> None:
    given = {"VEDETTE_SLACK_CHANNEL": "#watch", "VEDETTE_SLACK_DIGEST_CHANNEL": digest}

    assert list_channels(load(NotifierSettings, given)) == {"#watch": ReceiverTraits("slack")}


def test_a_secret_is_not_shown_with_the_settings() -> None:
    given = {"VEDETTE_SLACK_TOKEN": "xoxb-1", "VEDETTE_PAGERDUTY_ROUTING_KEY": "key-1"}

    shown = repr(load(NotifierSettings, given))

    assert "xoxb-1" not in shown
    assert "key-1" not in shown


@pytest.mark.parametrize(
    "name", ["VEDETTE_SLACK_API_URL", "VEDETTE_PAGERDUTY_EVENTS_URL", "VEDETTE_REDIS_URL"]
)
def test_an_address_that_is_none_is_named(name: str) -> None:
    with pytest.raises(InvalidEnvironment, match=name):
        load(NotifierSettings, {name: "somewhere"})


@pytest.mark.parametrize(
    "url", ["redis://r:6380/1", "rediss://:pass@r:6379/0", "unix:///run/redis.sock?db=1"]
)
def test_redis_is_reached_over_a_network_or_a_socket(url: str) -> None:
    loaded = load(NotifierSettings, {"VEDETTE_REDIS_URL": url})

    assert str(loaded.redis_url) == url


def test_a_lease_outlasts_the_requests_made_under_it() -> None:
    assert compute_hold(NotifierSettings(receiver_timeout_seconds=10)) == timedelta(seconds=30)


@pytest.mark.parametrize(
    ("prefix", "group"),
    [("vedette.", "vedette-notifier"), ("test-1.", "test-1-notifier"), ("", "notifier")],
)
def test_each_installation_has_its_own_group(prefix: str, group: str) -> None:
    assert notifier_group(prefix) == group


def test_who_is_not_in_the_token_file_only_reads_unless_members_are_analysts() -> None:
    given = {"VEDETTE_SLACK_MEMBERS": "analyst"}

    assert load(NotifierSettings, {}).slack_members == "viewer"
    assert load(NotifierSettings, given).slack_members == "analyst"
    with pytest.raises(InvalidEnvironment, match="VEDETTE_SLACK_MEMBERS"):
        load(NotifierSettings, {"VEDETTE_SLACK_MEMBERS": "admin"})


def test_the_signing_secret_is_not_shown_and_an_empty_one_is_none() -> None:
    given = {"VEDETTE_SLACK_SIGNING_SECRET": "sign-1"}

    assert "sign-1" not in repr(load(NotifierSettings, given))
    empty = load(NotifierSettings, {"VEDETTE_SLACK_SIGNING_SECRET": ""})
    assert empty.slack_signing_secret is None


def test_an_apps_token_is_listened_by_and_is_not_a_bots() -> None:
    watch = connect_watch(Redis(), Keys("vedette."), (), FakeClock())
    settings = load(NotifierSettings, {"VEDETTE_SLACK_APP_TOKEN": "xapp-1"})
    without = load(NotifierSettings, {"VEDETTE_SLACK_APP_TOKEN": ""})

    assert make_socket(settings, Callers(), watch, Health()) is not None
    assert make_socket(without, Callers(), watch, Health()) is None
    with pytest.raises(InvalidEnvironment, match=r"SLACK_APP_TOKEN: .*begins with xapp-") as bot:
        load(NotifierSettings, {"VEDETTE_SLACK_APP_TOKEN": "xoxb-1"})
    assert "xoxb-1" not in str(bot.value)


def test_a_header_alone_proves_nothing_with_a_short_secret() -> None:
    with pytest.raises(InvalidEnvironment, match=r"OPSGENIE_WEBHOOK_SECRET: .*16 characters"):
        load(NotifierSettings, {"VEDETTE_OPSGENIE_WEBHOOK_SECRET": "short"})


@pytest.mark.parametrize(("secret", "status"), [("a-secret-of-tests", 401), ("", 404)])
@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("VEDETTE_SLACK_SIGNING_SECRET", "/slack/interactions"),
        ("VEDETTE_PAGERDUTY_WEBHOOK_SECRET", "/pagerduty/webhook"),
        ("VEDETTE_OPSGENIE_WEBHOOK_SECRET", "/opsgenie/webhook"),
    ],
)
async def test_others_are_listened_to_where_there_is_a_secret_of_theirs(
    name: str, path: str, secret: str, status: int
) -> None:
    settings = load(NotifierSettings, {name: secret})
    watch = connect_watch(Redis(), Keys("vedette."), (), FakeClock())
    app = make_api(settings, make_callers(settings, Health()), watch, [])
    transport = httpx.ASGITransport(app)

    async with httpx.AsyncClient(transport=transport, base_url="http://api") as client:
        answer = await client.post(path, content=b"payload=%7B%7D")

    assert answer.status_code == status
