"""What `vedette rules score` must measure at least."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from schemas.model import Document, Name

Share = Annotated[float, Field(ge=0, le=1)]


class ScoreFloor(Document):
    """A bound on what `rules score` measures of this pack's detection rules.

    It holds for all rules and languages together, unless it names one. `recall` and `precision` are
    the least allowed shares; `false_alarms` is the most allowed for 10,000 reports of news.
    """

    rule: Name | None = None
    language: Name | None = None
    recall: Share | None = None
    precision: Share | None = None
    false_alarms: Annotated[float, Field(ge=0)] | None = None

    @model_validator(mode="after")
    def _require_a_bound(self) -> Self:
        if self.recall is None and self.precision is None and self.false_alarms is None:
            raise ValueError("needs a recall, a precision or false_alarms")
        return self
