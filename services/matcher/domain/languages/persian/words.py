"""The forms of Persian verbs, nouns and adjectives.

A half-space joins what folds to one word (`می‌کند`). What is written apart (`می کند`) is found by
its own word.
"""

from collections.abc import Sequence

from services.matcher.domain.languages.language import InvalidStems
from services.matcher.domain.languages.persian.letters import bare, with_endings

_PAST = ("م", "ی", "", "یم", "ید", "ند")
_PRESENT = ("م", "ی", "د", "یم", "ید", "ند")
_SINGULAR = ("", "ی", "ش", "شان", "م", "مان", "ها", "های", "هایی", "هایش", "هایشان", "هایمان")
_PLURAL = ("", "ی", "ش", "شان", "مان")
_GRADES = ("", "تر", "ترین", "ی", "ها")
_VERB_STEMS = 2


def inflect_verb(stems: Sequence[str]) -> frozenset[str]:
    """The persons of `past|present`, with and without `می`, the participle and the infinitive.

    Forms that are denied (`نکرد`, `نمی‌کند`) are none: they say the contrary.

    Raises:
        InvalidStems: the present stem is missing, which the past does not tell.
    """
    if len(stems) != _VERB_STEMS:
        raise InvalidStems("a verb has two stems: write past|present, as in کرد|کن/v")
    past, present = map(bare, stems)
    pasts = with_person(past, _PAST)
    presents = with_person(present, _PRESENT)
    lasting = {f"می{form}" for form in pasts | presents}
    wished = {f"ب{form}" for form in presents}
    perfects = {f"{past}ه{ending}" for ending in ("", "ام", "ایم", "اند", "است")}
    return frozenset({*pasts, *presents, *lasting, *wished, *perfects, f"{past}ن"})


def with_person(stem: str, persons: tuple[str, ...]) -> set[str]:
    """The stem with each person: `کند`, `گوید`; behind a vowel with a joining ye (`آید`)."""
    joint = "ی" if stem.endswith(("ا", "و")) else ""
    return {f"{stem}{joint if person else ''}{person}" for person in persons}


def inflect_noun(stems: Sequence[str]) -> frozenset[str]:
    """One and many, with ezafe, owners and the indefinite ye; other stems are plurals."""
    singular, *many = map(bare, stems)
    forms = with_endings(singular, _SINGULAR)
    return frozenset(forms.union(*(with_endings(plural, _PLURAL) for plural in many)))


def inflect_adjective(stems: Sequence[str]) -> frozenset[str]:
    """An adjective with its grades, and as a noun; other stems are spellings."""
    return frozenset().union(*(with_endings(bare(stem), _GRADES) for stem in stems))


def inflect_particle(stems: Sequence[str]) -> frozenset[str]:
    """A word as written."""
    return frozenset(map(bare, stems))
