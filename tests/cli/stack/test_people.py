import hashlib
from pathlib import Path

from cli.stack.people import people_path, token_path, write_people
from cli.stack.plan import PORTS, Plan, service_environment
from services.notifier.adapters.api.people_file import read_people


def test_whoever_reads_the_token_may_use_the_api(tmp_path: Path) -> None:
    write_people(tmp_path, {})

    token = token_path(tmp_path).read_text()
    [(digest, person)] = read_people(people_path(tmp_path)).items()
    assert digest == hashlib.sha256(token.encode()).hexdigest()
    assert (len(token) >= 32, person.role) == (True, "admin")


def test_the_users_own_token_is_taken(tmp_path: Path) -> None:
    write_people(tmp_path, {"VEDETTE_API_TOKEN": "mine"})

    assert token_path(tmp_path).read_text() == "mine"


def test_the_users_own_people_are_taken(tmp_path: Path) -> None:
    plan = Plan(Path("rules"), PORTS | {"broker": 9092})
    inherited = {"VEDETTE_API_TOKENS_FILE": "people.yaml"}

    own = service_environment(plan, inherited, tmp_path, "notifier")
    ours = service_environment(plan, {}, tmp_path, "notifier")

    assert own["VEDETTE_API_TOKENS_FILE"] == "people.yaml"
    assert ours["VEDETTE_API_TOKENS_FILE"] == str(people_path(tmp_path))
