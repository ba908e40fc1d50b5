from pathlib import Path

from cli.stack.banner import banner, invitation
from cli.stack.plan import PORTS, Plan

PLACE = Path("somewhere")


def plan(*, demo: bool = False) -> Plan:
    return Plan(Path("rules/pack"), {**PORTS, "broker": 9001, "redis": 9002}, demo=demo)


def test_the_banner_says_where_everything_listens_and_that_nothing_is_kept() -> None:
    said = banner(plan(), {}, PLACE).plain

    assert "Nothing is kept after it stops." in said
    for address in ("127.0.0.1:8080", "127.0.0.1:6066", "127.0.0.1:8082", "127.0.0.1:9001"):
        assert address in said


def test_the_banner_says_who_gets_the_alerts() -> None:
    inherited = {"VEDETTE_SLACK_TOKEN": "xoxb", "VEDETTE_SLACK_CHANNEL": "#watch"}

    assert "to Slack, #watch" in banner(plan(), inherited, PLACE).plain
    assert "shown here" in banner(plan(demo=True), inherited, PLACE).plain
    assert "xoxb" not in banner(plan(), inherited, PLACE).plain


def test_a_broker_that_is_set_but_not_used_is_named() -> None:
    said = banner(plan(), {"VEDETTE_REDIS_URL": "redis://elsewhere"}, PLACE).plain

    assert "VEDETTE_REDIS_URL is not used" in said


def test_the_curl_line_carries_a_token_only_where_one_is_asked() -> None:
    open_to_all = invitation(plan(), {}, '{"text": "it"}').plain
    guarded = invitation(plan(), {"VEDETTE_INGEST_TOKENS_FILE": "tokens.yaml"}, "{}").plain

    assert """-d '{"text": "it"}'""" in open_to_all
    assert "Authorization" not in open_to_all
    assert "no token is asked" in open_to_all
    assert 'Authorization: Bearer $TOKEN"' in guarded
    assert "tokens.yaml" in guarded
