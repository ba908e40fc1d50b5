"""The second reader as commands on rules use it: its model, its training, its readings."""

import os
from pathlib import Path

from cli.faults import CommandFailure
from cli.output import print_line
from cli.rule_set import print_faults
from cli.settings import reader_settings
from services.matcher.adapters.reader.load_model import ModelUnavailable, load_model
from services.matcher.adapters.reader.training_files import train_packs
from services.matcher.adapters.rules.rule_files import RuleFiles
from services.matcher.domain.reader.gate import make_reader_rulebook
from services.matcher.domain.reader.heads import TrainedHeads
from services.matcher.domain.reader.ports import SentenceModel
from services.matcher.domain.reader.reading import Reader, Reading
from services.matcher.domain.reader.training import Trainer
from services.matcher.domain.rules.rulebook import Rulebook


def train_reader(files: RuleFiles, rulebook: Rulebook) -> Reader:
    """A reader with heads trained on the packs' examples; what is off goes to standard error.

    The model reads each example once: its vectors are kept in VEDETTE_READER_CACHE.

    Raises:
        CommandFailure: there is no model; the message says what to install.
    """
    model = _load_model()
    heads = _train(files, rulebook, model)
    return Reader(make_reader_rulebook(rulebook), model, heads.heads)


def _load_model() -> SentenceModel:
    settings = reader_settings()
    try:
        model = load_model(settings.reader_model)
        # numpy comes with the models, in the extra
        from services.matcher.adapters.reader.vector_cache import (  # noqa: PLC0415  (as said)
            CachedModel,
        )
    except ModelUnavailable as error:
        raise CommandFailure(str(error)) from error
    return CachedModel(model, settings.reader_cache or _cache_folder())


def _cache_folder() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "vedette"


def _train(files: RuleFiles, rulebook: Rulebook, model: SentenceModel) -> TrainedHeads:
    from services.matcher.adapters.reader.logistic import fit_heads  # noqa: PLC0415  (numpy)

    trained, faults = train_packs(files.packs, rulebook, Trainer(model, fit_heads))
    print_faults(faults)
    for note in trained.notes:
        print_line(f"reader: {note}", err=True)
    return trained


def reading_line(reading: Reading) -> dict[str, object]:
    """One reading, for JSON: how near the report comes, and what words say against it."""
    described: dict[str, object] = {
        "rule": reading.rule.name,
        "meaning": reading.meaning,
        "suspected": reading.suspected,
        "score": round(reading.score, 2),
        "threshold": round(reading.score - reading.margin, 2),
        "passage": reading.passage,
    }
    return described | ({"vetoed_by": reading.veto} if reading.veto else {})
