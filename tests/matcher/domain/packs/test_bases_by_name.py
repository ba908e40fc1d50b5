"""Correlations that call their bases by id, as Sigma allows."""

from typing import Any

from schemas.rule import CorrelationRule, DetectionRule, RuleDocument
from services.document_faults import DocumentLocation
from services.matcher.domain.packs.bases_by_name import bases_by_name
from services.matcher.domain.packs.documents import LocatedDocument

ID = "0e95725d-7320-415d-80f7-004da920fc11"


def detection(name: str, **more: Any) -> DetectionRule:
    return DetectionRule.model_validate(
        {"title": name, "name": name, "logsource": {}, "detection": {}, **more}
    )


def correlation(*bases: str, **more: Any) -> CorrelationRule:
    section = {"type": "event_count", "rules": bases, "timespan": "1h", **more}
    return CorrelationRule.model_validate({"title": "c", "name": "c", "correlation": section})


def named(*documents: RuleDocument) -> CorrelationRule:
    *_, last = bases_by_name(
        tuple(LocatedDocument(document, DocumentLocation("f")) for document in documents)
    )
    assert isinstance(last.document, CorrelationRule)
    return last.document


def test_a_base_called_by_its_id_is_called_by_its_name() -> None:
    rule = named(detection("fire", id=ID), detection("smoke"), correlation(ID, "smoke"))

    assert rule.correlation.rules == ("fire", "smoke")


def test_so_it_is_in_aliases() -> None:
    aliases = {"who": {ID: "actors", "smoke": "targets"}}
    rule = named(detection("fire", id=ID), correlation(ID, "smoke", aliases=aliases))

    assert rule.correlation.aliases == {"who": {"fire": "actors", "smoke": "targets"}}


def test_a_name_goes_before_an_id_that_reads_the_same() -> None:
    rule = named(detection("fire", id="smoke"), detection("smoke"), correlation("smoke"))

    assert rule.correlation.rules == ("smoke",)


def test_what_no_rule_has_stays_for_the_check_to_refuse() -> None:
    assert named(detection("fire"), correlation("nobody")).correlation.rules == ("nobody",)
