"""From a bundle, as it stands in the rules topic, to rules that can be put in force."""

from collections.abc import Sequence
from dataclasses import replace

from pydantic import ValidationError

from schemas.bundle import RuleBundle
from schemas.event import Event
from services.matcher.adapters.rules.pack_files import unbundle_files
from services.matcher.adapters.rules.rule_files import read_packs
from services.matcher.adapters.rules.rules_topic import BundleRecord
from services.matcher.adapters.topics.codec import describe_faults
from services.matcher.domain.changes.active_rules import ActiveRules, generations
from services.matcher.domain.changes.next_bundle import number_bundle
from services.matcher.domain.rules.rulebook import Rulebook
from services.matcher.domain.rules.sampling import tuned


class BadBundle(Exception):
    """The bundle cannot be put in force: keep the last good one. A line for each fault."""


def rules_of(written: BundleRecord, reports: Sequence[Event]) -> ActiveRules:
    """The rules of a bundle, laid out for reports like these. Takes seconds for large ones.

    Raises:
        BadBundle: it is unreadable, or any of its rules has a fault.
    """
    try:
        bundle = RuleBundle.model_validate_json(written.raw)
        book = _rulebook(bundle)
        book = replace(tuned(book, reports) if reports else book, number=written.number)
    except ValidationError as error:
        raise BadBundle(describe_faults(error)) from error
    except BadBundle:
        raise
    except Exception as error:
        # whatever it is, it would be the same in the next attempt
        raise BadBundle(f"{type(error).__name__}: {error}") from error
    return ActiveRules(book, generations(number_bundle(bundle, written.number)))


def _rulebook(bundle: RuleBundle) -> Rulebook:
    book, faults = read_packs(*unbundle_files(bundle.files)).rulebook()
    if faults:
        raise BadBundle("\n".join(map(str, faults)))
    if not book.windows:
        raise BadBundle("no rule in it has windows")
    return book
