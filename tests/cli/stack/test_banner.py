from dataclasses import replace
from pathlib import Path

from cli.stack.banner import build_banner, build_invitation
from cli.stack.plan import PORTS, Plan

FOLDER = Path("somewhere")


def plan(*, demo: bool = False) -> Plan:
    return Plan(Path("rules/pack"), {**PORTS, "broker": 9001}, demo=demo)


def test_the_banner_names_where_everything_listens_and_that_nothing_is_kept() -> None:
    text = build_banner(plan(), {}, FOLDER).plain

    assert "Nothing is kept after it stops." in text
    for address in ("127.0.0.1:8080", "127.0.0.1:6066", "127.0.0.1:8082", "127.0.0.1:9001"):
        assert address in text
    assert "somewhere/redis.sock" in text


def test_the_banner_has_the_variables_that_commands_ask_this_stack_by() -> None:
    another = replace(plan(), ports={**PORTS, "broker": 9001, "notifier": 18082})

    text = build_banner(another, {}, Path("/somewhere")).plain

    assert "export VEDETTE_API_URL=http://127.0.0.1:18082 VEDETTE_API_TOKEN_FILE=/some" in text
    assert "VEDETTE_KAFKA_BOOTSTRAP_SERVERS=127.0.0.1:9001 " in text
    assert "VEDETTE_REDIS_URL=unix:///somewhere/redis.sock; vedette doctor" in text


def test_the_banner_names_who_gets_the_alerts() -> None:
    inherited = {"VEDETTE_SLACK_TOKEN": "xoxb", "VEDETTE_SLACK_CHANNEL": "#watch"}

    assert "to Slack, #watch" in build_banner(plan(), inherited, FOLDER).plain
    assert "shown here" in build_banner(plan(demo=True), inherited, FOLDER).plain
    assert "xoxb" not in build_banner(plan(), inherited, FOLDER).plain


def test_the_banner_names_the_folder_of_sources_where_there_is_one() -> None:
    assert "/my/sources" in build_banner(replace(plan(), sources=Path("/my/sources")), {}, FOLDER)
    assert "sources" not in build_banner(plan(), {}, FOLDER)


def test_a_variable_that_is_ignored_is_named() -> None:
    text = build_banner(plan(), {"VEDETTE_REDIS_URL": "redis://elsewhere"}, FOLDER).plain

    assert "VEDETTE_REDIS_URL is ignored" in text


def test_the_curl_line_has_a_token_only_where_ingest_needs_one() -> None:
    open_to_all = build_invitation(plan(), {}, '{"text": "it"}').plain
    guarded = build_invitation(plan(), {"VEDETTE_INGEST_TOKENS_FILE": "tokens.yaml"}, "{}").plain

    assert """-d '{"text": "it"}'""" in open_to_all
    assert "Authorization" not in open_to_all
    assert "needs no token" in open_to_all
    assert 'Authorization: Bearer $TOKEN"' in guarded
    assert "tokens.yaml" in guarded
