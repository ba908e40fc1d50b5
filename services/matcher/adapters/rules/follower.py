"""The follower: makes each bundle of the rules topic active, and keeps the last good one."""

import asyncio
from collections.abc import MutableMapping
from dataclasses import dataclass
from typing import Protocol

from aiokafka.errors import KafkaError

from services import telemetry
from services.matcher.adapters import metrics
from services.matcher.adapters.rules.bundle_rules import BadBundle, compile_bundle
from services.matcher.adapters.rules.bundles import Bundles
from services.matcher.adapters.rules.rule_series import show_rules
from services.matcher.adapters.rules.rules_topic import BundleRecord
from services.matcher.adapters.stream.crash import crash_and_park
from services.matcher.adapters.stream.transport import App
from services.matcher.domain.changes.active_rules import ActiveRules

log = telemetry.logger(__name__)

MOST_TRIED = 5
"""Bundles that a worker that starts tries, from the newest on."""
AGAIN_SECONDS = 1.0
NOTE = "bundle"


class Published(Protocol):
    """The rules topic: bundles, and up to which bundle each events partition is backfilled."""

    @property
    def seen(self) -> int:
        """The highest number that a bundle which was read so far can have."""
        ...

    async def all(self) -> list[BundleRecord]:
        """Every bundle in the topic now."""
        ...

    async def more(self) -> list[BundleRecord]:
        """The bundles that came since; waits for a second at most."""
        ...

    async def end(self) -> int:
        """The highest number that a bundle can have now."""
        ...

    async def caught_up(self) -> None:
        """Wait until `more`, called by another task, has read all that is in the topic now."""
        ...

    def backfilled(self, partition: int) -> int:
        """The newest bundle for which an events partition is backfilled."""
        ...

    async def close(self) -> None:
        """Close the connections."""
        ...


@dataclass(frozen=True, slots=True)
class Follower:
    """Follows `topic`; the fault of the newest bundle is in `notes`, for `/readyz`."""

    topic: Published
    notes: MutableMapping[str, str]

    async def first(self) -> Bundles | None:
        """The rules at the start; None if no bundle was ever published.

        Raises:
            Unusable: the topic cannot be read.
            BadBundle: no bundle in the topic can be made active.
        """
        written_bundles = await self.topic.all()
        for written in reversed(written_bundles[-MOST_TRIED:]):
            rules = await self._rules_of(written)
            if rules is not None:
                _tell(rules)
                return Bundles(rules, settled=written_bundles[-1].number)
        if written_bundles:
            raise BadBundle(self.notes[NOTE])
        return None

    async def known(self, bundles: Bundles, partition: int) -> None:
        """Wait until the rules are active that evaluated an events partition last.

        Raises:
            BundleMissing: they never come.
        """
        await self.topic.caught_up()
        await bundles.at_least(self.topic.backfilled(partition))

    async def run(self, app: App, bundles: Bundles) -> None:
        """Follow the topic for as long as the app runs, then close the connection."""
        try:
            while not app.should_stop:
                await self.step(bundles)
        except Exception as error:
            log.exception("the rules topic cannot be followed")
            await crash_and_park(app, error)
        finally:
            await self.topic.close()

    async def step(self, bundles: Bundles) -> None:
        """Make the newest bundle since the last step active; waits for a second at most."""
        try:
            new_bundles = await self.topic.more()
        except KafkaError as error:
            log.warning("the rules topic cannot be read", reason=repr(error))
            await asyncio.sleep(AGAIN_SECONDS)
            return
        for newest in new_bundles[-1:]:
            await self._put(newest, bundles)
        bundles.settle(self.topic.seen)

    async def _put(self, newest: BundleRecord, bundles: Bundles) -> None:
        rules = await self._rules_of(newest)
        if rules is None:
            bundles.settle(newest.number)
            return
        metrics.REJECTED.set(0)
        self.notes.pop(NOTE, None)
        _tell(rules)
        bundles.put(rules)

    async def _rules_of(self, written: BundleRecord) -> ActiveRules | None:
        """The rules of a bundle, made beside the work that goes on; None if they are no good."""
        try:
            return await asyncio.to_thread(compile_bundle, written)
        except BadBundle as error:
            self._refuse(written.number, str(error))
            return None

    def _refuse(self, number: int, why: str) -> None:
        metrics.REJECTED.set(1)
        metrics.REJECTIONS.inc()
        self.notes[NOTE] = f"bundle {number} cannot be made active:\n{why}"
        log.error("a bundle is rejected", bundle=number, reason=why)


def _tell(rules: ActiveRules) -> None:
    metrics.BUNDLE.set(rules.number)
    show_rules(rules.rulebook)
    log.info("rules are active", bundle=rules.number, rules=len(rules.rulebook.windows))
