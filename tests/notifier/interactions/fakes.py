"""Fakes of what acts on interactions."""

from dataclasses import dataclass, field
from typing import Any

from services.notifier.adapters.interactions.modals import ModalNotOpened


@dataclass
class FakePresses:
    """Presses that were done, in memory; each call first meets the next of `faults`."""

    done: set[str] = field(default_factory=set)
    faults: list[Exception] = field(default_factory=list)

    def has(self, identity: str) -> bool:
        return identity in self.done

    def add(self, identity: str) -> None:
        if self.faults:
            raise self.faults.pop(0)
        self.done.add(identity)


@dataclass
class FakeModals:
    """Modals by id, for whatever trigger; `fault`: why none is opened."""

    shown: dict[str, dict[str, Any]] = field(default_factory=dict)
    triggers: list[str] = field(default_factory=list)
    fault: str | None = None

    def open(self, trigger: str, view: dict[str, Any]) -> str:
        if self.fault is not None:
            raise ModalNotOpened(self.fault)
        self.triggers.append(trigger)
        identity = f"V{len(self.triggers)}"
        self.shown[identity] = view
        return identity

    def update(self, view_id: str, view: dict[str, Any]) -> None:
        self.shown[view_id] = view
