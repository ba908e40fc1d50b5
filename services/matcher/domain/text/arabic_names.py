"""Names of organisations in Arabic script: a head noun without article, and what defines it."""

import re
from collections.abc import Iterator, Sequence

from services.matcher.domain.text.fold import fold
from services.matcher.domain.text.latin_names import NameRun
from services.matcher.domain.text.organisation_heads import Heads
from services.matcher.domain.text.tokens import Token

_SCRIPT = re.compile("[ء-ي]")
_ARTICLES = ("ال", "لل")
_MOST_PLAIN = 3
_MOST_DEFINITE = 3


def _set(words: str) -> frozenset[str]:
    return frozenset(fold(words).split())


_STOPS = _set(
    "في من على إلى الى عن مع أن ان إن التي الذي الذين هذه هذا ذلك تلك وقد قد لم لن "
    "لا ما كما بعد قبل خلال بين ضد حول عند منذ حتى اليوم أمس غدا الجمعة السبت الأحد "
    "الاثنين الثلاثاء الأربعاء الخميس تتبنى تبنت يتبنى تبنى تعلن أعلنت يعلن أعلن "
    "تهدد هددت يهدد هدد تتوعد توعدت يتوعد تقول قالت قال يقول تؤكد أكدت نشرت نشر بثت "
    "أصدرت أصدر دعت دعا تدعو نفذت تنفذ استهدفت تستهدف هي هو هم كان كانت مسؤوليتها "
    "مسؤولية الذى التى هناك أي كل أو او ثم لكن"
)
"""No name goes on over these."""
_COMMON = _set(
    "السير المرور الملاحة النقل الطيران التجارة البيع الشراء السوق الأسواق القطارات القتال المعركة "
    "الحرب العمل الأمر الدعم الناس السكان المشاة التعليم المواطنين النزوح الاحتجاج الاحتجاجات"
)
"""With these a head noun means itself: the movement of traffic, the front of a war."""


def is_arabic(word: Token) -> bool:
    """Whether the word is in Arabic script."""
    return _SCRIPT.match(word.folded) is not None


def arabic_runs(words: Sequence[Token], heads: Heads) -> Iterator[NameRun]:
    """The runs that name an organisation, in order; their first word is the head noun."""
    free = 0
    for place, word in enumerate(words):
        if place < free or not is_arabic(word) or heads.bare(word.folded) is None:
            continue
        last = defined_run(words, place + 1)
        if last > place + 1 and words[place + 1].folded not in _COMMON:
            yield NameRun(place, last, place)
            free = last


def defined_run(words: Sequence[Token], first: int) -> int:
    """Past `سيد الشهداء` from `first` on: plain words, then words with an article.

    `first` if no article comes: what is not definite is no name.
    """
    place = first
    while place < first + _MOST_PLAIN and goes_on(words, place) and not _definite(words[place]):
        place += 1
    last = place
    while last < place + _MOST_DEFINITE and goes_on(words, last) and _definite(words[last]):
        last += 1
    return last if last > place else first


def goes_on(words: Sequence[Token], place: int) -> bool:
    """Whether a name may go on over this word."""
    if not 0 < place < len(words):
        return False
    word = words[place]
    return word.joined and is_arabic(word) and word.folded not in _STOPS


def _definite(word: Token) -> bool:
    return word.folded.startswith(_ARTICLES)
