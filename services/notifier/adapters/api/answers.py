"""What the API answers."""

from schemas.alert import Alert, Level, Status
from schemas.ledger import Act
from schemas.model import Instant, Model
from schemas.recorded_verdict import Opinion, RecordedVerdict
from services.notifier.domain.watch.people import Role
from services.notifier.domain.watch.silences.lifecycle import SilenceState


class RefusedField(Model):
    """What is wrong with a field; the empty name is the whole request."""

    field: str
    message: str


class Refusal(Model):
    """The answer to a request that is refused: `error` is the first of `errors`, in one line."""

    error: str
    errors: tuple[RefusedField, ...] = ()


class Caller(Model):
    """Who asks."""

    name: str
    role: Role


class AcknowledgedItem(Model):
    """Who has an alert in hand, since when and for how long."""

    alert: str
    owner: str
    at: Instant
    ends_at: Instant
    comment: str = ""
    ended_by: str | None = None


class AlertItem(Model):
    """An alert in a list; `silence`: the id of the silence that hides it now."""

    id: str
    fingerprint: str
    revision: int
    status: Status
    level: Level
    pack: str
    rule: str
    title: str
    summary: str
    labels: dict[str, tuple[str, ...]]
    starts_at: Instant
    updated_at: Instant
    evidence_count: int
    acknowledgement: AcknowledgedItem | None = None
    silence: str | None = None
    verdict: Opinion | None = None


class AlertList(Model):
    """A page of alerts; `cursor` asks for the next one, None if there is none."""

    alerts: tuple[AlertItem, ...]
    cursor: str | None = None


class LabelGroup(Model):
    """The alerts that have the same values of the labels."""

    labels: dict[str, str]
    alerts: tuple[AlertItem, ...]


class AlertGroups(Model):
    """The newest 500 firing alerts, in groups."""

    groups: tuple[LabelGroup, ...]


class Notified(Model):
    """What a receiver shows of an alert: the highest revision dealt with, and since when."""

    receiver: str
    revision: int
    status: Status | None = None
    sent_at: Instant | None = None


class HistoryItem(Model):
    """One act on an alert, or decision about it."""

    at: Instant
    act: Act
    revision: int
    receiver: str | None = None
    reason: str


class AlertStory(Model):
    """An alert with everything that was done about it."""

    alert: Alert
    item: AlertItem
    verdict: RecordedVerdict | None = None
    receivers: tuple[Notified, ...]
    history: tuple[HistoryItem, ...]


class SilenceItem(Model):
    """A silence; while it `awaits_approval`, it does not hide critical alerts."""

    id: str
    state: SilenceState
    matchers: tuple[str, ...]
    owner: str
    reason: str
    created_at: Instant
    starts_at: Instant
    ends_at: Instant
    awaits_approval: bool
    approved_by: str | None = None
    amended_by: str | None = None
    ended_by: str | None = None


class SilenceList(Model):
    """Silences, those that end first before the others."""

    silences: tuple[SilenceItem, ...]


class HiddenAlert(Model):
    """An alert that a silence would hide."""

    id: str
    level: Level
    rule: str
    summary: str


class PreviewAnswer(Model):
    """What a silence would hide: alerts that fire, and those that changed in the last week.

    `firing` has the newest 20 of `firing_count`; `rules` the alerts of the week by pack and rule.
    """

    firing_count: int
    firing: tuple[HiddenAlert, ...]
    week_count: int
    critical_count: int
    rules: dict[str, int]


class InHandList(Model):
    """Acknowledgements that hold, or wait for nothing but their end."""

    acknowledgements: tuple[AcknowledgedItem, ...]


class VerdictList(Model):
    """Verdicts, the newest first."""

    verdicts: tuple[RecordedVerdict, ...]


class ReceiverItem(Model):
    """A receiver: whether it takes messages, as this process knows, and how many wait."""

    name: str
    pages: bool
    fault: str | None
    queued: int


class ReceiverList(Model):
    """The receivers that the environment configures."""

    receivers: tuple[ReceiverItem, ...]


class RuleItem(Model):
    """What a rule did; `useful_ratio`: of the alerts judged useful or noise, None without any."""

    pack: str
    rule: str
    fires: int
    useful: int
    noise: int
    known: int
    useful_ratio: float | None


class RuleList(Model):
    """Rules, those with the most alerts first."""

    rules: tuple[RuleItem, ...]
