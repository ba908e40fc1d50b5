"""How Arabic names are spelled in Latin and in Arabic script; an apostrophe is a hamza or ayn."""

import re

from services.matcher.domain.languages.transliteration import LetterClass, Transliteration
from services.matcher.domain.languages.writing import word_set

_CLASSES: tuple[LetterClass, ...] = tuple(
    (re.compile(written), tuple(spellings.split(",")))
    for written, spellings in (
        ("a'[ie]", "ai,ae,ayi,aai,aae"),
        ("a'?a(?=.)", "aa,a"),
        ("a'(?=.)", "a,aa"),
        ("'", ""),
        ("[ae]y?y[ie](?=.)", "ayyi,ayi,ayye,aye,ai,ay,eyye,eyyi,eye"),
        ("a[iy]+ya", "ayya,aya,aiya"),
        ("iy?yah?$", "iya,iyya,iyah,iyyah"),
        ("[ae][iy](?![aeiouy])", "ai,ei,ay,ey,aei"),
        ("(?:i|y|ie|iy|ee)$", "i,y,ee"),
        ("(?<=.)ah?$", "a,ah,aa"),
        ("ou|oo|u", "u,ou,o,oo"),
        ("o", "o,u,ou"),
        ("ee|ii", "i,ee,e"),
        ("i(?=[^aeiouy])", "i,e,ee"),
        ("e(?=[^aeiouy])", "e,i"),
        ("a(?=h[^aeiou])", "a,e"),
        ("q", "q,k,g"),
        ("kh", "kh"),
        ("gh", "gh"),
        ("sh", "sh,ch"),
        ("dh", "dh,d"),
        ("(?<=[aeiou])s(?=[aeiou])", "s,ss"),
        *((f"{letter}{letter}", f"{letter}{letter},{letter}") for letter in "bdfjklmnrstyz"),
        (".", ""),
    )
)
_HEZBOLLAH = " ".join(
    f"{head}{vowel}{tail}"
    for head in ("hezb", "hizb", "hizzb")
    for vowel in "oau"
    for tail in ("llah", "lla", "lah")
)
_WORDS: tuple[frozenset[str], ...] = tuple(
    word_set(spellings)
    for spellings in (
        _HEZBOLLAH,
        "mohammed mohammad mohamed mohamad muhammad muhammed muhamad muhamed",
        "kataib kataeb kataaib kataaeb katayib ktaib ktaeb kitaeb kitaib khataib",
        "asaib asaeb assaib assaeb asayib isaib usaib",
        "saraya sarayat saraiya siraya serayat",
        "liwa lewa liwaa",
        "harakat harakah haraka harkat",
        "hashd hashed hashid hashad hachd",
        "shaabi shabi shaaby shaabee chaabi shabbi",
        "abu abou abo aboo abi",
        "ahl ahel ehl",
        "haq haqq hak hagg",
        "mahdi mehdi mahdy mehdy mahdee",
        "adil adel",
        "qais qays kais qeis qayes",
        "jaysh jaish jeish jeysh gaish",
        "jafar jaafar jaffar jaafer jafer",
        "qasem qassem qasim qassim kassem kasem qasam ghasem ghassem kassim kasim",
        "nasrallah nasralla nasrullah nasrollah",
        "khamenei khameini khamenai khamenie khamaenei",
        "soleimani suleimani sulaimani soleymani suleymani sulaymani soleymany sulemani solaimani",
    )
)
_SERVANTS = word_set("abd abdul abdel abdal abdol")

_MARKERS = (
    frozenset().union(*_WORDS)
    | _SERVANTS
    | word_set(
        "akram ali ayatollah badr barham bin hadi hasan hassan husayn hussein ibn jund moktada "
        "moqtada muqtada nouri nuri sayyid salih saleh usbat faylaq jabhat fatah haidar haider "
        "ammar faleh falih majid rayan adnan naim naeem"
    )
)
_AS_WRITTEN = word_set(
    "air airbase airport alliance army ayatollah barracks base battalion battalions bloc "
    "board brigade brigades camp city coalition committee companies company compound corps "
    "council current division embassy faction fighters force forces foundation front grand "
    "group groups in iran iraq iraqi iraqis lebanese lebanon league leader leaders militia "
    "militias military movement network of office organisation organization party popular "
    "resistance sadrist sadrists spokesman supreme the trend unit units wing"
)

_SCRIPT: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(written), spelling)
    for written, spelling in (
        ("ابو (?=.)", "ابي "),
        ("ابو (?=.)", "ابا "),
        ("عبد (?=ال)", "عبد"),
        ("نصر الله", "نصرالله"),
        ("امريك", "اميرك"),
        ("اميرك", "امريك"),
        ("ميليشيا", "مليشيا"),
        ("مليشيا", "ميليشيا"),
        ("يون$", "يين"),
    )
)
"""Cases of the noun, spaces, loans."""

TRANSLITERATION = Transliteration(
    plain_articles=("al", "el", "ul", "ol"),
    joined_articles=("al", "el"),
    alike_article=re.compile(
        r"\b[aeu](?:sh|[dnrstz])[-‐‑–](?=\w)",
        re.IGNORECASE,
    ),
    assimilated=re.compile("sh|[dnrstz]"),
    small_before_hyphen=re.compile("[aeu][lnrsdtz]h?|e|i", re.IGNORECASE),
    classes=_CLASSES,
    words=_WORDS,
    servants=_SERVANTS,
    servant_articles=("abd al ", "abd el "),
    markers=_MARKERS,
    as_written=_AS_WRITTEN,
    script=_SCRIPT,
)
