"""Compiles `means` to its test: the name of a label, or texts of the rule's own."""

from collections.abc import Mapping

from services.document_faults import FieldPath, InvalidField
from services.matcher.domain.detection.field_reference import FieldReference
from services.matcher.domain.detection.means_tests import Meaning, MeansTest
from services.matcher.domain.detection.modifiers import SigmaMeans
from services.matcher.domain.detection.view import IN_WORDS

_KEYS = frozenset({"like", "unlike"})


def read_examples(value: object, path: FieldPath) -> SigmaMeans:
    """What `{like: […], unlike: […]}` asks for.

    Raises:
        InvalidField: it has other keys, no `like`, or an example that is no text.
    """
    if not isinstance(value, Mapping) or not value.keys() <= _KEYS or not value.get("like"):
        raise InvalidField(
            path, "means is the name of a label, or texts", "{like: [text, …], unlike: [text, …]}"
        )
    like, unlike = (_read_texts(value.get(key, []), (*path, key)) for key in ("like", "unlike"))
    return SigmaMeans(like=like, unlike=unlike)


def _read_texts(value: object, path: FieldPath) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
        raise InvalidField(path, "must be a list of texts")
    return tuple(value)


def compile_means(value: SigmaMeans, reference: FieldReference) -> MeansTest:
    """The test of a meaning.

    Raises:
        InvalidField: the field is no text.
    """
    if reference.field not in IN_WORDS:
        message = f"means reads sentences, and {reference.field} has none"
        raise reference.invalid(message, "words|means, title|means or text|means")
    meaning = Meaning(value.label, value.like, value.unlike)
    return MeansTest(reference.field, meaning, value.asserted)
