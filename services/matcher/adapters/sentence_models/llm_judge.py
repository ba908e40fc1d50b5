"""A language model as the judge of what heads are not sure of, within a budget."""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

from services import telemetry
from services.matcher.adapters import metrics
from services.matcher.adapters.sentence_models.llm_client import LlmClient, NoAnswer
from services.matcher.domain.reader.ports import MeaningQuestion
from services.token_bucket import Bucket

log = telemetry.logger(__name__)

MOST_KEPT = 10_000
"""Answers that are kept: news repeats itself."""
PAUSE_SECONDS = 30.0
"""After a fault of the address it is left alone for so long, and heads decide."""
MINUTE = 60.0


@dataclass(slots=True)
class LlmJudge:
    """A MeaningJudge that asks `client` at most `per_minute` times a minute.

    An answer is kept by its question. What is no answer is asked again another time.
    """

    client: LlmClient
    per_minute: int
    clock: Callable[[], float] = time.monotonic
    _bucket: Bucket | None = field(default=None, init=False)
    _silent_until: float = field(default=0.0, init=False)
    _kept: OrderedDict[MeaningQuestion, bool] = field(default_factory=OrderedDict, init=False)

    def judge(self, question: MeaningQuestion) -> bool | None:
        """As the port says."""
        if question in self._kept:
            metrics.READER_ASKED.labels("kept").inc()
            self._kept.move_to_end(question)
            return self._kept[question]
        return self._ask(question) if self._may_ask() else None

    def _may_ask(self) -> bool:
        now = self.clock()
        if now < self._silent_until:
            metrics.READER_ASKED.labels("pausing").inc()
            return False
        bucket = self._bucket or Bucket.fill(self.per_minute / MINUTE, MINUTE, now)
        if bucket.find_wait(1, now) > 0:
            metrics.READER_ASKED.labels("over_budget").inc()
            return False
        self._bucket = bucket.take(1, now)
        return True

    def _ask(self, question: MeaningQuestion) -> bool | None:
        try:
            means = self.client.ask(question).means
        except NoAnswer as fault:
            self._note(fault)
            return None
        metrics.READER_ASKED.labels("answered").inc()
        self._kept[question] = means
        if len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)
        return means

    def _note(self, fault: NoAnswer) -> None:
        metrics.READER_ASKED.labels(fault.outcome).inc()
        log.warning("the language model gives no answer", reason=fault.outcome)
        if fault.outcome not in ("not_as_asked", "quote_not_in_text", "too_large"):
            self._silent_until = self.clock() + max(PAUSE_SECONDS, fault.retry_after)
