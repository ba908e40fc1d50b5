"""Windows of matters of Vedette's own that are counted like hits of a rule."""

from datetime import timedelta

from schemas.alert import Level
from schemas.duty import DUTY_PACK, SOURCE_SET_ASIDE
from schemas.rule import Condition
from services.matcher.domain.windows.compile_window import ONE_INSTANT
from services.matcher.domain.windows.window_rule import WindowRule

SET_ASIDE = WindowRule(
    pack=DUTY_PACK,
    name=SOURCE_SET_ASIDE,
    title="A source is set aside",
    id=None,
    level=Level.MEDIUM,
    version=None,
    type=None,
    bases=(SOURCE_SET_ASIDE,),
    timespan=ONE_INSTANT,
    condition=Condition(gte=1),
    count_by="event",
    resolve_after=timedelta(minutes=10),
    max_lateness=timedelta(hours=72),
    group_by=("source",),
    corroboration=None,
    summary="What {{ source }} sends cannot be read: it is set aside",
    action="See `vedette dead-letters list`, have the source mended, then `dead-letters retry`.",
)
"""One alert a source; it resolves when nothing unreadable came for ten minutes."""

OWN = {(one.pack, one.name): one for one in (SET_ASIDE,)}
"""Every one of them, by pack and name, beside the windows of whatever rules are in force."""
