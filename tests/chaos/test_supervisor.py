from dataclasses import dataclass

from tests.chaos.supervisor import FIRST_WAIT, LONGEST_WAIT, STABLE_SECONDS, Supervisor


@dataclass
class Process:
    running: bool = True
    started: int = 0
    code: int = 1

    def wait(self, timeout: float = 0.0) -> int:
        del timeout
        return self.code

    def start(self) -> None:
        self.running = True
        self.started += 1


def test_what_ended_is_started_again_a_second_later() -> None:
    process, log = Process(), list[str]()
    supervisor = Supervisor({"matcher": process}, log.append)
    process.running = False

    supervisor.restart_ended(100.0)
    supervisor.restart_ended(100.5)
    assert process.started == 0

    supervisor.restart_ended(100.0 + FIRST_WAIT)
    assert process.started == 1
    assert supervisor.exits == [("matcher", 1)]
    assert "matcher ended with 1" in log[0]


def test_what_ends_again_and_again_waits_longer_and_one_that_lived_does_not() -> None:
    process = Process()
    supervisor = Supervisor({"matcher": process}, lambda _line: None)
    now = 100.0
    delays = []

    for lived in (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, STABLE_SECONDS + 1):
        now += lived
        process.running = False
        died = now
        while not process.running:
            supervisor.restart_ended(now)
            now += 0.5
        delays.append(now - died)

    assert delays[:6] == sorted(delays[:6])
    assert delays[1] < delays[3] < delays[5] < LONGEST_WAIT + 2
    assert delays[6] == delays[0]
