"""The memory guard: it names a message that fills the memory, and nothing else."""

from dataclasses import dataclass, field

from services.matcher.adapters.crashes.in_hand import InHand
from services.matcher.adapters.crashes.memory_guard import MemoryGuard
from services.matcher.domain.crashes.lethal import HeldMessage
from tests.matcher.messages import Given

LIMIT = 1000
MESSAGE = Given(b"x", topic="events", partition=1, offset=7)
HELD = HeldMessage("events", 1, 7)


@dataclass
class Measured:
    """A guard whose measurements are given."""

    used: int = 0
    named: list[HeldMessage] = field(default_factory=list)
    in_hand: InHand = field(default_factory=InHand)

    def __post_init__(self) -> None:
        self.guard = MemoryGuard(
            LIMIT, 1.0, self.in_hand, self.named.append, measure=lambda: self.used
        )

    def look(self, used: int) -> None:
        self.used = used
        self.guard.look()


async def test_a_message_that_takes_the_memory_above_nine_tenths_is_named() -> None:
    measured = Measured()
    measured.look(500)

    measured.in_hand.hold(MESSAGE)
    measured.look(900)
    assert measured.named == []
    measured.look(901)

    assert measured.named == [HELD]


async def test_a_worker_that_is_full_of_state_names_no_message() -> None:
    measured = Measured()
    measured.look(901)

    measured.in_hand.hold(MESSAGE)
    measured.look(960)

    assert measured.named == []


async def test_a_tenth_taken_while_a_message_was_in_hand_is_enough() -> None:
    measured = Measured()
    measured.look(850)

    measured.in_hand.hold(MESSAGE)
    measured.look(949)
    assert measured.named == []
    measured.look(950)

    assert measured.named == [HELD]


async def test_what_the_items_of_a_batch_take_adds_up() -> None:
    measured = Measured()
    measured.look(840)

    for item in range(3):
        measured.in_hand.hold(MESSAGE, item)
        measured.look(880 + 35 * item)

    assert measured.named == [HeldMessage("events", 1, 7, 2)]


async def test_without_a_message_in_hand_nothing_is_named() -> None:
    measured = Measured()
    measured.look(100)

    measured.look(990)

    assert measured.named == []
