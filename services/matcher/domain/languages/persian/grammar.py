"""Persian: the act ends its clause, behind its doer and who undergoes it."""

import re

from services.matcher.domain.languages.grammar import Grammar, Reach
from services.matcher.domain.languages.writing import word_set

GRAMMAR = Grammar(
    reach=Reach(doer_before=16, undergoer_before=12, undergoer_after=0, cue_before=12),
    verb_final=True,
    asks=word_set("ايا"),
    owner_follows=True,
    object_marks=word_set("را"),
    agent=(("توسط",), ("به", "دست"), ("از", "سوي"), ("به", "وسيله"), ("از", "طرف")),
    passive_ends=word_set(
        "شد شدند شده شود شوند ميشود ميشوند ميشد ميشدند شدن گرديد گرديدند گرديده گرفت گرفتند"
    ),
    governs=word_set(
        "با به از در بر براي عليه ضد بين ميان درباره سوي نزد بدون كنار طرف مقابل همراه نزديكي"
    ),
    joins=word_set("و يا همچنين نيز"),
    ranks=word_set(
        "رهبر رهبري فرمانده فرماندهان دبيركل دبير كل سخنگوي سخنگو جنبش گروه گروههاي سازمان حزب "
        "رييس گردان گردانهاي شبه نظاميان مقاومت اسلامي عراق سيد شيخ حاج جناح"
    ),
    reports=word_set("گفت گفته گفتند افزود خبر گزارش نوشت"),
    victims=word_set("گروگان گروگانها اسير اسرا قرباني قربانيان"),
    own_ending=re.compile(".{3,}(?:هايش|هايشان|انش|انشان|هاي خود)$"),
)
