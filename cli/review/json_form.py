"""A review as JSON, for programs."""

import json
from typing import Any

from cli.review.report import PackLoad, ReviewReport, count_kinds, quote_evidence
from schemas.alert import Alert
from services.matcher.domain.review.alert_changes import ComparedAlert
from services.matcher.domain.review.review import HypothesisReview, LevelFrom, RuleReview
from services.matcher.domain.review.weekly_load import WeeklyLoad


def write_json(report: ReviewReport) -> str:
    """One object: both sides, every change of every rule, levels, load, and what is over budget."""
    review = report.review
    return json.dumps(
        {
            "base": report.sides.base_name,
            "head": report.sides.head_name,
            "events": review.events,
            "since": review.since and review.since.isoformat(),
            "until": review.until and review.until.isoformat(),
            "rules": [_rule_form(rule) for rule in review.rules],
            "hypotheses": [_hypothesis_form(each) for each in review.hypotheses],
            "load": {load.pack: _pack_form(load) for load in report.loads},
            "load_of": "pack" if report.of_all_rules else "affected rules",
            "over_budget": list(report.excess),
        },
        ensure_ascii=False,
        indent=2,
    )


def _rule_form(rule: RuleReview) -> dict[str, Any]:
    pack, name = rule.key
    return {
        "pack": pack,
        "rule": name,
        **{str(kind): count for kind, count in count_kinds(rule.changes).items()},
        "unchanged": rule.unchanged,
        "changes": [_change_form(change) for change in rule.changes],
    }


def _change_form(change: ComparedAlert) -> dict[str, Any]:
    return {
        "kind": str(change.kind),
        "group": change.shown.group,
        "exercise": change.shown.exercise,
        "summary": change.shown.summary,
        "evidence": quote_evidence(change),
        "before": change.before and _alert_form(change.before),
        "after": change.after and _alert_form(change.after),
    }


def _alert_form(alert: Alert) -> dict[str, Any]:
    fields = {"level", "starts_at", "last_fired_at", "value", "evidence_count", "uncorroborated"}
    return alert.model_dump(mode="json", include=fields)


def _hypothesis_form(each: HypothesisReview) -> dict[str, Any]:
    pack, name = each.key
    return {
        "pack": pack,
        "hypothesis": name,
        "before": [_step_form(step) for step in each.before],
        "after": [_step_form(step) for step in each.after],
    }


def _step_form(step: LevelFrom) -> dict[str, Any]:
    return {"at": step.at.isoformat(), "level": step.level and str(step.level)}


def _pack_form(load: PackLoad) -> dict[str, Any]:
    return {"before": _load_form(load.before), "after": _load_form(load.after)}


def _load_form(load: WeeklyLoad) -> dict[str, float]:
    return {"alerts": round(load.alerts, 2), "pages": round(load.pages, 2)}
