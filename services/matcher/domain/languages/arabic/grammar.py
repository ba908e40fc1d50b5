"""Arabic: the doer stands behind its act, and in headlines before it."""

import re

from services.matcher.domain.languages.arabic.references import REFERENCES
from services.matcher.domain.languages.grammar import Grammar, Reach
from services.matcher.domain.languages.writing import word_set

GRAMMAR = Grammar(
    questions=word_set("? ؟"),
    asks=word_set("هل ماذا متي"),
    complements=word_set("ان بان انه انها انهم بانه بانها بانهم اذا لو كون عما"),
    claims=word_set(
        "انبا الانبا صحه صحيحا خبر الخبر تقارير التقارير معلومات المعلومات دليل ادله موشر "
        "موشرات يثبت تثبت نشر تردد اشيع احتمال احتمالات امكانيه شايعات اشاعات"
    ),
    presupposes=word_set("بعدما عقب اثر غداه حين"),
    leads=word_set("بعد عقب رغم وسط منذ"),
    references=REFERENCES,
    reach=Reach(doer_before=6, doer_after=5, undergoer_after=5, undergoer_before=8),
    agent=(("من", "قبل"), ("علي", "يد"), ("علي", "ايدي"), ("بيد",), ("بايدي",), ("من", "جانب")),
    purpose=re.compile("ل(?:ا.{1,4}ا.|ت.{1,2}ي.)$"),
    modal=re.compile(
        "[وف]?(?:قد|ربما|لربما) (?:[ين]|ت(?!م$|مت$|عرض|ول|مكن|سلم|وصل|قدم|بن|وعد|وافق|عهد|راجع|راس|"
        "حدث|وجه|حرك|جمع|نفذ))..+"
    ),
    passive=word_set(
        "تم وتم يتم سيتم جري وجري يجري تعرض تعرضت يتعرض تتعرض تعرضوا وتعرض وتعرضت ستتم تمت وتمت"
    ),
    governs=word_set(
        "مع الي علي من في عن ضد بين نحو تجاه حول لدي عبر قرب امام ومع والي وعلي ومن وفي وعن وضد "
        "باتجاه بحق بشان لصالح استهداف"
    ),
    governed=re.compile("^[وف]?(?:لل|بال|كال)"),
    relatives=word_set(
        "الذي التي الذين اللذان اللذين اللتان اللتين والذي والتي والذين واللذان حيث وحيث"
    ),
    taken_up=re.compile("[^ ]{3,}(?:ها|ه|هم)$|[^ ]+ (?:الي|علي|في|من|عن|ب|ل)(?:ها|ه|هم)$"),
    resumes=word_set("فقد"),
    joins=word_set("و او كذلك فضلا وكذلك"),
    ranks=word_set(
        "زعيم قايد الامين العام امين عام رييس حركه كتايب كتله منظمه تنظيم ميليشيا ميليشيات فصيل "
        "فصايل المتحدث باسم الناطق قاده قياده السيد الشيخ الحاج"
    ),
    reports=word_set(
        "قال قالت يقول تقول اعلن اعلنت يعلن تعلن اكد اكدت يوكد توكد ذكر ذكرت افاد افادت"
    ),
    victims=word_set("رهينه رهاين ضحيه ضحايا اسير اسري مختطف مختطفين مخطوف"),
    doer_follows=re.compile("^(?:[وف].{3}|(?![يتنس]).)"),
    noun=re.compile("^[وفبلك]?(?:ال)?(?:ا.{1,4}ا.|ت.{1,2}ي.)(?:ه|ها|هم)?$"),
    participle=re.compile("^(?![يتن])"),
    follows=word_set("في قرب خلال علي اثر جرا بعد امس اليوم بنيران برصاص شمال جنوب غرب شرق وسط"),
    own_ending=re.compile(
        "(?!(?:[وفبلك]|ال){0,3}(?:مجموعه|كتيبه|جماعه|منظمه|حركه|ميليشيه|شرطه)$)"
        ".{2,}(?:ها|هم|هما|.{2}ه)$"
    ),
    undergoer_follows_passive=True,
)
