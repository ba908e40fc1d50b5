"""The first rules of a worker: the bundle that counts, or the folder's if none was published."""

from collections.abc import MutableMapping
from pathlib import Path

from services import telemetry
from services.document_faults import limit_faults
from services.matcher.adapters.rules.bundle_rules import BadBundle
from services.matcher.adapters.rules.bundles import Bundles
from services.matcher.adapters.rules.follower import Follower
from services.matcher.adapters.rules.rule_files import read_rule_files
from services.matcher.adapters.rules.rule_series import show_rules
from services.matcher.domain.changes.active_rules import ActiveRules
from services.matcher.domain.rules.rulebook import Rulebook

log = telemetry.logger(__name__)


class NoRules(Exception):
    """There is no rule to match with; the message says where and why, a line a fault."""


async def find_first_rules(folder: Path, follower: Follower) -> Bundles:
    """The rules to start with.

    Raises:
        NoRules: neither the rules topic nor, if that is empty, any file of `folder` holds a usable
            rule.
    """
    try:
        published = await follower.first()
    except BadBundle as error:
        raise NoRules(str(error)) from error
    bundles = published or Bundles(ActiveRules(_read_folder(folder, follower.notes)))
    bundles.newest_published = follower.topic.end
    return bundles


def _read_folder(folder: Path, notes: MutableMapping[str, str]) -> Rulebook:
    rulebook, all_faults = read_rule_files(folder).rulebook()
    faults = tuple(limit_faults(all_faults))
    for fault in faults:
        log.error("a rule is left out", fault=str(fault))
    if not rulebook.windows:
        raise NoRules("\n".join([f"{folder}: no usable rule", *map(str, faults)]))
    if faults:
        notes["rules"] = "\n".join(map(str, faults))
    show_rules(rulebook)
    return rulebook
