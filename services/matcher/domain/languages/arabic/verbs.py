"""The forms of Arabic verbs: persons, future, conjunctions and objects; and of their masdars."""

from collections.abc import Iterable, Iterator, Sequence

from services.matcher.domain.languages.arabic.letters import (
    CONJUNCTIONS,
    PRONOUNS,
    bare,
    folded,
    without_alef,
)
from services.matcher.domain.languages.arabic.nouns import inflect_noun
from services.matcher.domain.languages.language import InvalidStems

_BEFORE_IMPERFECT = ("", "و", "ف", "س", "وس", "فس", "ل", "ول", "فل")
_DOUBLED = 2
_LONG = 4


def inflect_verb(stems: Sequence[str]) -> frozenset[str]:
    """The forms of `perfect|imperfect|masdar…`; the imperfect is without its first letter (`ختار`).

    A sound verb needs no imperfect: it is the perfect without the alef that it begins with.

    Raises:
        InvalidStems: a weak verb without its imperfect.
    """
    perfect, *others = map(bare, stems)
    if not others and _is_weak(perfect):
        raise InvalidStems(f"{perfect} is weak: write its imperfect too, without the first letter")
    imperfect = others[0] if others else without_alef(perfect)
    hollow = _is_hollow(perfect)
    forms = {*_perfects(perfect), *_imperfects(imperfect, hollow=hollow)}
    return frozenset(forms).union(*(inflect_noun([masdar]) for masdar in others[1:]))


def _is_weak(perfect: str) -> bool:
    return _is_hollow(perfect) or _is_defective(perfect)


def _is_hollow(perfect: str) -> bool:
    """`قال`, `اختار`: an alef before the last letter, which goes before `نا`."""
    return len(perfect) > _DOUBLED and perfect[-2] == "ا" and perfect[-1] not in "ءى"


def _is_defective(perfect: str) -> bool:
    return perfect[-1] in "اىي"


def _perfects(perfect: str) -> Iterator[str]:
    for base in set(_perfect_persons(perfect)):
        for head in CONJUNCTIONS:
            yield from _with_objects(head + base)
    if perfect.endswith("ى"):
        yield from (head + form for form in _before_alef(perfect) for head in CONJUNCTIONS)


def _perfect_persons(perfect: str) -> Iterator[str]:
    """Third persons, and the first: he, she, they, both, we."""
    if _is_defective(perfect):
        yield from _defective_perfect(perfect)
        return
    base = folded(perfect)
    yield from (base, f"{base}ت", f"{base}وا", f"{base}ا", f"{base}تا")
    if perfect[-1] in "أء":
        yield f"{base[:-1] if perfect[-1] == 'أ' else base}ووا"
    if _is_hollow(perfect):
        base = base[:-2] + base[-1]
        if len(perfect) >= _LONG:
            passive = folded(f"{perfect[:-2]}ي{perfect[-1]}")
            yield from (passive, f"{passive}ت", f"{passive}وا")
    if len(perfect) == _DOUBLED:
        base += base[-1]
    yield from (f"{base}نا", f"{base}ن")


def _defective_perfect(perfect: str) -> Iterator[str]:
    """`دعا دعت دعوا دعونا`, `تولى تولت تولوا تولينا`, `لقي لقيت لقوا لقينا`."""
    body = folded(perfect[:-1])
    middle = "و" if perfect.endswith("ا") else "ي"
    she = f"{body}يت" if perfect.endswith("ي") else f"{body}ت"
    yield from (folded(perfect), she, f"{body}وا", f"{body}{middle}ا")
    yield from (f"{body}{middle}نا", f"{body}{middle}ت", f"{body}{middle}")


def _imperfects(stem: str, *, hollow: bool) -> Iterator[str]:
    for base in set(_imperfect_persons(stem, hollow=hollow)):
        for head in _BEFORE_IMPERFECT:
            yield from _with_objects(head + base)
    if stem.endswith("ى"):
        for form in _before_alef(stem):
            yield from (head + person + form for person in "يتنا" for head in _BEFORE_IMPERFECT)


def _before_alef(stem: str) -> list[str]:
    """A stem in ى with each object: `سماه`, `يتولاها`."""
    return [f"{folded(stem[:-1])}ا{pronoun}" for pronoun in PRONOUNS if pronoun]


def _imperfect_persons(stem: str, *, hollow: bool) -> Iterator[str]:
    """He, she, we and I; they and both, as reports write of others."""
    for base in _moods(stem, hollow=hollow):
        yield from (f"ي{base}", f"ت{base}", f"ن{base}", f"ا{base.removeprefix('ا')}")
    many = folded(stem[:-1]) if stem[-1] in "اىيو" and not hollow else folded(stem)
    two = folded(stem)
    for person in "يت":
        yield from (person + base for base in (f"{many}ون", f"{many}وا", f"{two}ان"))
    women = _shortened(folded(stem)) if hollow else folded(stem)
    yield f"ي{women}ن"


def _moods(stem: str, *, hollow: bool) -> Iterable[str]:
    """The stem as it is, after `لم` and in the passive."""
    whole = folded(stem)
    if hollow:
        return (whole, _shortened(whole), f"{whole[:-2]}ا{whole[-1]}")
    if stem[-1] in "ىيو":
        return (whole, whole[:-1], f"{whole[:-1]}ي")
    return (whole,)


def _shortened(hollow: str) -> str:
    return hollow[:-2] + hollow[-1]


def _with_objects(form: str) -> Iterator[str]:
    """The form, and with each object: `عينوا`, `عينوه`."""
    yield form
    link = form[:-1] if form.endswith("وا") else form
    yield from (link + pronoun for pronoun in PRONOUNS if pronoun)
