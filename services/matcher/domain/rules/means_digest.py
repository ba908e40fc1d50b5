"""The digest of what the suspected hits of a window are made by."""

import hashlib
import json
from collections.abc import Mapping

from services.matcher.domain.detection.means_tests import means_tests
from services.matcher.domain.rules.rulebook import CompiledRule
from services.matcher.domain.windows.window_rule import WindowRule

_DIGITS = 16


def digest_means(window: WindowRule, rules: Mapping[str, CompiledRule]) -> str:
    """As `WindowRule.means` has it; `rules` are the detection rules of its pack by name."""
    meanings = {
        base: [[test.field, test.meaning.key, test.asserted] for test in means_tests(suspicion)]
        for base in window.bases
        if base in rules and (suspicion := rules[base].suspicion) is not None
    }
    if not meanings:
        return ""
    made_of = [
        *(window.type, window.group_by, window.counted_field, window.subject, window.by),
        *(window.compared_value, window.between, window.certain),
        {field: dict(aliases) for field, aliases in window.aliases.items()},
    ]
    raw = json.dumps([meanings, made_of], sort_keys=True).encode()
    return hashlib.sha256(raw).hexdigest()[:_DIGITS]
