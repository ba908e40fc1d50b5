"""Compiles a bundle of the rules topic to rules that can be made active."""

from dataclasses import replace

from pydantic import ValidationError

from schemas.bundle import RuleBundle
from services.document_faults import limit_faults
from services.matcher.adapters.rules.pack_files import unbundle_files
from services.matcher.adapters.rules.rule_files import read_packs
from services.matcher.adapters.rules.rules_topic import BundleRecord
from services.matcher.adapters.topics.described_faults import describe_faults
from services.matcher.domain.changes.active_rules import ActiveRules, generations
from services.matcher.domain.changes.next_bundle import number_bundle
from services.matcher.domain.rules.rulebook import Rulebook


class BadBundle(Exception):
    """The bundle cannot be made active: keep the last good one. A line for each fault."""


def compile_bundle(record: BundleRecord) -> ActiveRules:
    """The rules of a bundle. Takes seconds for large ones.

    Raises:
        BadBundle: it is unreadable, or any of its rules has a fault.
    """
    if record.fault is not None:
        raise BadBundle(record.fault)
    try:
        bundle = RuleBundle.model_validate_json(record.raw)
        rulebook = replace(_compile_files(bundle), number=record.number)
    except ValidationError as error:
        raise BadBundle(describe_faults(error)) from error
    except BadBundle:
        raise
    except Exception as error:
        # it would be the same in the next attempt
        raise BadBundle(f"{type(error).__name__}: {error}") from error
    known = generations(number_bundle(bundle, record.number))
    return ActiveRules(rulebook, known, bundle.heads)


def _compile_files(bundle: RuleBundle) -> Rulebook:
    rulebook, faults = read_packs(*unbundle_files(bundle.files)).rulebook()
    if faults:
        raise BadBundle("\n".join(map(str, limit_faults(faults))))
    if not rulebook.windows:
        raise BadBundle("no rule in it has windows")
    return rulebook
