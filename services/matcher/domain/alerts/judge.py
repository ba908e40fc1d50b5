"""Judging: what a person's verdict does to an alert of suspicion."""

import msgspec

from schemas.alert import Status
from schemas.verdict import Judgement, Verdict
from services.matcher.domain.alerts.announce import number_revision, withdraw
from services.matcher.domain.alerts.step import StepContext, announce_context
from services.matcher.domain.alerts.suspicion import deny
from services.matcher.domain.windows.announced_alerts import AnnouncedAlert
from services.matcher.domain.windows.state import WindowState, span
from services.matcher.domain.windows.window_rule import WindowRule

NOISE = "noise"
"""The reason of an alert that a person withdrew."""


def judge(
    rule: WindowRule, suspicion: WindowState, verdict: Verdict, context: StepContext
) -> WindowState:
    """The second evaluation after a verdict; the same object if it changes nothing.

    An alert that is useful is suspected no more; one that is noise is withdrawn, also if another
    person confirmed it. While the rule is backfilling, revisions wait for the release.
    """
    known = next((alert for alert in suspicion.announced if alert.id == verdict.alert), None)
    if known is None or known.status is Status.WITHDRAWN:
        return suspicion
    if verdict.judgement is Judgement.NOISE:
        left = _deny_hits(rule, suspicion, known)
        noise = withdraw(known, NOISE, announce_context(context))
        return left if context.backfilling else _replace(left, noise)
    if not known.suspected:
        return suspicion
    return _replace(suspicion, _confirm(rule, known, context))


def _confirm(rule: WindowRule, alert: AnnouncedAlert, context: StepContext) -> AnnouncedAlert:
    level = rule.level.lowered if alert.uncorroborated else rule.level
    confirmed = msgspec.structs.replace(alert, suspected=False)
    if context.backfilling:
        return confirmed
    raised = msgspec.structs.replace(confirmed, level=level)
    return number_revision(raised, announce_context(context))


def _deny_hits(rule: WindowRule, suspicion: WindowState, alert: AnnouncedAlert) -> WindowState:
    """Without the suspected hits that an alert may rest on; they do not count again."""
    after = alert.start - span(rule.look_back)
    hits = [hit for hit in suspicion.hits if hit.first <= alert.last and hit.at >= after]
    denied = {hit.identity: hit.at for hit in hits if hit.suspected}
    runs = (run for run in suspicion.runs if run.last < alert.start or run.start > alert.last)
    return msgspec.structs.replace(deny(suspicion, hits, denied), runs=tuple(runs))


def _replace(suspicion: WindowState, alert: AnnouncedAlert) -> WindowState:
    announced = suspicion.announced.revise({alert.id: alert})
    return msgspec.structs.replace(suspicion, announced=announced)
