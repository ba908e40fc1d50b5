"""Words as reports use them: few come often, most come seldom (Zipf), three of four are English.

The commonest words are real; the rest are made up of syllables and roots, since no word list is
shipped. Every call with the same dice gives the same words.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate, islice, pairwise, product

ENGLISH = (
    "the of to and in a that for on is with by said was as at from has he have an be it will had "
    "not its are this who which after their been were but or they more would about his one people "
    "also against year other when new two over no out could last up into government some all there "
    "i we between state president military than years security first forces attack three group "
    "told during before police killed country national what minister officials including since "
    "may can if so made city under war while do officials should many world united she her time "
    "area army foreign on. support iran region where statement according use day week monday "
    "political did only being most iraq right such must four these us any then now capital week "
    "march near leader power made control american say number because civilians report"
).replace(".", "")
ARABIC = (
    "في من على إلى أن عن التي مع الذي هذا ما بعد كان هذه قال قد لا كل بين أو وقال ذلك حيث خلال "
    "يوم رئيس قبل عام العراق الحكومة لم كما أكد قوات أمس حول ضد العام غير أي الأمن تم إن منذ "
    "الوزراء مجلس كانت الرئيس الدولة ولا محمد مدينة بغداد عدد بعض القوات المتحدة وزير الوطني "
    "اليوم حتى هو هي له لها فيها الشعب ثلاثة تلك عندما أكثر بها عليه المسلحة شخص مقتل هجوم"
)
ONSETS = ("b", "br", "c", "cl", "d", "f", "g", "gr", "h", "k", "l", "m", "n", "p", "pr", "s", "t")
CORES = ("a", "e", "i", "o", "u", "ai", "ou")
CODAS = ("", "n", "r", "st", "l")
ROOTS = "بتجحدرزسشصطعفقكلمنهو"
PATTERNS = ("{}{}ا{}", "م{}{}و{}", "{}ا{}{}", "ت{}{}ي{}", "ال{}{}ي{}", "ال{}ا{}{}", "الم{}{}{}ة")  # noqa: RUF001  (Arabic is the subject)
KNOWN = 20_000
FLATNESS = 2.7


class Language:
    """A vocabulary, the commonest first, that words are drawn from by rank."""

    def __init__(self, common: str, rare: Iterator[str]) -> None:
        known = dict.fromkeys(common.split())
        self.words = [*known, *islice((word for word in rare if word not in known), KNOWN)]
        weights = (1 / (rank + FLATNESS) for rank in range(len(self.words)))
        self._reach = list(accumulate(weights))

    def draw(self, dice: random.Random, count: int) -> list[str]:
        """So many words, as often as each comes in reports."""
        return dice.choices(self.words, cum_weights=self._reach, k=count)

    def share(self, counts: Callable[[str], bool]) -> float:
        """The fraction of drawn words that count."""
        reach = (0.0, *self._reach)
        ends = zip(self.words, pairwise(reach), strict=True)
        return sum(end - start for word, (start, end) in ends if counts(word)) / self._reach[-1]

    def rank(self, dice: random.Random, first: int, last: int) -> str:
        """A word between two ranks, each power of ten as likely."""
        exponent = dice.uniform(0, 1)
        return self.words[int(first * (last / first) ** exponent)]


def english() -> Language:
    """Real function words, then made-up words of two and three syllables."""
    syllables = [first + core + end for first, core, end in product(ONSETS, CORES, CODAS)]
    random.Random("syllables").shuffle(syllables)  # noqa: S311  (the same words in every run)
    return Language(ENGLISH, _joined(syllables))


def arabic() -> Language:
    """Real function words, then roots in common patterns, half of them with the article."""
    roots = product(ROOTS, repeat=3)
    return Language(ARABIC, _patterned(list(roots)))


def _joined(syllables: Sequence[str]) -> Iterator[str]:
    dice = random.Random("english")  # noqa: S311  (the same words in every run)
    while True:
        yield "".join(dice.choices(syllables, k=dice.choice((2, 2, 3))))


def _patterned(roots: list[tuple[str, ...]]) -> Iterator[str]:
    dice = random.Random("arabic")  # noqa: S311  (the same words in every run)
    while True:
        yield dice.choice(PATTERNS).format(*dice.choice(roots))
