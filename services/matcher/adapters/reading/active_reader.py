"""The active reader: the rules in force with the heads that they were published with."""

from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, field

from schemas.reader_heads import PackHeads
from services import telemetry
from services.matcher.adapters import metrics
from services.matcher.adapters.rules.bundles import Bundles
from services.matcher.domain.changes.active_rules import ActiveRules
from services.matcher.domain.reader.ports import MeaningJudge, SentenceModel
from services.matcher.domain.reader.reading import Reader
from services.matcher.domain.reader.stored_heads import InvalidHeads, restore_all
from services.matcher.domain.rules.reader_rulebook import make_reader_rulebook
from services.matcher.domain.rules.rulebook import Rulebook

log = telemetry.logger(__name__)

NOTE = "heads"


@dataclass(frozen=True, slots=True)
class ReadingRules:
    """A reader, and the matcher's rulebook, which has the windows of its hits."""

    reader: Reader
    rulebook: Rulebook


@dataclass(slots=True)
class ActiveReader:
    """Reads with the rules that are active now; `from_folder` has the heads beside a folder's.

    Meanings without a head for the model are suspected of nothing; `notes`, for `/readyz`, say so.
    `judge` is asked where a head is not sure.
    """

    bundles: Bundles
    model: SentenceModel
    from_folder: Mapping[str, PackHeads]
    notes: MutableMapping[str, str]
    judge: MeaningJudge | None = None
    _rules: ActiveRules | None = field(default=None, init=False)
    _reading: ReadingRules | None = field(default=None, init=False)

    def current(self) -> ReadingRules:
        """The reader for the active rules. Blocks for seconds when these have changed."""
        rules = self.bundles.current
        if self._reading is None or rules is not self._rules:
            self._reading, self._rules = self._make(rules), rules
        return self._reading

    def _make(self, rules: ActiveRules) -> ReadingRules:
        stored = rules.heads if rules.number else self.from_folder
        rulebook = make_reader_rulebook(rules.rulebook)
        try:
            heads = restore_all(stored, self.model.name)
        except InvalidHeads as error:
            self._note(f"the heads of bundle {rules.number} are damaged: {error}")
            return ReadingRules(Reader(rulebook, self.model, {}), rules.rulebook)
        reader = Reader(rulebook, self.model, heads, self.judge)
        self._note(_describe_missing(reader, stored))
        metrics.READER_HEADS.set(len(heads))
        return ReadingRules(reader, rules.rulebook)

    def _note(self, fault: str) -> None:
        self.notes.pop(NOTE, None)
        if fault:
            self.notes[NOTE] = fault
            log.warning("rules are read without heads", reason=fault)


def _describe_missing(reader: Reader, stored: Mapping[str, PackHeads]) -> str:
    """Which packs have meanings and no head for this model, and the way out."""
    with_heads = {pack for pack, _ in reader.heads}
    lines = [
        f"{pack.name}: {_why_missing(stored.get(pack.name), reader.model.name)}"
        for pack in reader.rulebook.packs
        if pack.rules and pack.name not in with_heads
    ]
    return "\n".join(lines)


def _why_missing(stored: PackHeads | None, model: str) -> str:
    if stored is None:
        return "no heads: publish its rules again after `vedette rules train`"
    return f"heads for {stored.model}, and the model here is {model}: set VEDETTE_READER_MODEL"
