"""The forms of Arabic nouns and adjectives: with conjunctions, prepositions, article, endings."""

from collections.abc import Iterable, Iterator, Sequence

from services.matcher.domain.languages.arabic.letters import (
    CONJUNCTIONS,
    PREPOSITIONS,
    PRONOUNS,
    bare,
    folded,
    with_article,
)

_SOUND = ("ون", "ين")
_SHORTEST_DUAL = 3
_NO_TANWIN = ("ة", "ى", "ا", "اء", "ان", "ين", "ون")


def inflect_noun(stems: Sequence[str]) -> frozenset[str]:
    """One and many of a noun: the first stem is one, the others are its plurals."""
    singular, *many = map(bare, stems)
    endings = {
        *_singular(singular),
        *(form for plural in many for form in _plural(plural, singular)),
    }
    with_al = {
        *_unowned(singular),
        *(form for plural in many for form in _unowned_plural(plural, singular)),
    }
    return _attached(endings, with_al)


def inflect_adjective(stems: Sequence[str]) -> frozenset[str]:
    """An adjective for men and women, one, two and many; other stems are plurals of their own."""
    singular, *many = (folded(bare(stem)) for stem in stems)
    every = [
        singular,
        *(singular + ending for ending in ("ه", "ين", "ون", "ات", "ان", "تين", "تان")),
    ]
    return _attached(
        [*every, f"{singular}ا", *many, *(f"{stem}ا" for stem in many)], [*every, *many]
    )


def inflect_particle(stems: Sequence[str]) -> frozenset[str]:
    """A word as written, behind conjunctions and prepositions."""
    return _attached([folded(bare(stem)) for stem in stems], ())


def _attached(bases: Iterable[str], with_al: Iterable[str]) -> frozenset[str]:
    behind = {head + base for base in bases for head in PREPOSITIONS}
    behind |= {form for base in with_al for form in with_article(base)}
    return frozenset(head + form for form in behind for head in CONJUNCTIONS)


def _singular(stem: str) -> Iterator[str]:
    yield from _owned(stem)
    yield from _dual(stem)
    if not stem.endswith(_NO_TANWIN):
        yield folded(stem) + "ا"


def _plural(stem: str, singular: str) -> Iterator[str]:
    if not _is_sound(stem, singular):
        yield from _owned(stem)
        if not stem.endswith((*_NO_TANWIN, "ات")):
            yield folded(stem) + "ا"
        return
    body = folded(stem[:-2])
    for ending in ("و", "ي"):
        yield f"{body}{ending}ن"
        yield from (body + ending + pronoun for pronoun in PRONOUNS)


def _unowned(stem: str) -> Iterator[str]:
    yield folded(stem)
    yield from _dual(stem)


def _unowned_plural(stem: str, singular: str) -> Iterator[str]:
    if _is_sound(stem, singular):
        yield from (folded(stem[:-2]) + ending for ending in _SOUND)
    else:
        yield folded(stem)


def _is_sound(stem: str, singular: str) -> bool:
    """Whether it is a plural in `ون` of the same word; `قانون` and `سجين` end so by nature."""
    return stem.endswith(_SOUND) and folded(stem[:-2]) == folded(singular)


def _owned(stem: str) -> Iterator[str]:
    """The stem with each pronoun: `سفارته`, `مبناه`, `لوائه`, `لواؤه`."""
    yield folded(stem)
    for link in _links(stem):
        yield from (link + pronoun for pronoun in PRONOUNS if pronoun)


def _links(stem: str) -> tuple[str, ...]:
    """The stem as it stands before an ending."""
    if stem.endswith("ة"):
        return (folded(stem[:-1]) + "ت",)
    if stem.endswith("ى"):
        return (folded(stem[:-1]) + "ا",)
    if stem.endswith("اء"):
        body = folded(stem)
        return (body, f"{body}و", f"{body}ي")
    return (folded(stem),)


def _dual(stem: str) -> Iterator[str]:
    if len(stem) >= _SHORTEST_DUAL and not stem.endswith("ى"):
        link = _links(stem)[0]
        yield from (f"{link}ان", f"{link}ين")
