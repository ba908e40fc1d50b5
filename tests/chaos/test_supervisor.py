from dataclasses import dataclass

from tests.chaos.supervisor import FIRST_WAIT, LONG_ENOUGH, LONGEST_WAIT, Supervisor


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
    process, told = Process(), list[str]()
    supervisor = Supervisor({"matcher": process}, told.append)
    process.running = False

    supervisor.look(100.0)
    supervisor.look(100.5)
    assert process.started == 0

    supervisor.look(100.0 + FIRST_WAIT)
    assert process.started == 1
    assert supervisor.exits == [("matcher", 1)]
    assert "matcher ended with 1" in told[0]


def test_what_ends_again_and_again_waits_longer_and_one_that_lived_does_not() -> None:
    process = Process()
    supervisor = Supervisor({"matcher": process}, lambda _line: None)
    now = 100.0
    waits = []

    for lived in (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, LONG_ENOUGH + 1):
        now += lived
        process.running = False
        died = now
        while not process.running:
            supervisor.look(now)
            now += 0.5
        waits.append(now - died)

    assert waits[:6] == sorted(waits[:6])
    assert waits[1] < waits[3] < waits[5] < LONGEST_WAIT + 2
    assert waits[6] == waits[0]
