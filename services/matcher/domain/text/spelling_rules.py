"""How Arabic names are spelled in Latin and in Arabic script: the classes of letters, as data.

A class is what is written for the same sound; the first that fits at a place of a word is taken.
Words are in lower case; an apostrophe is a hamza or an ayn.
"""

import re


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


PLAIN_ARTICLES = ("al", "el", "ul", "ol")
"""Before a hyphen or a space these are an article, if the name has a word behind them."""
ALIKE_ARTICLE = re.compile(r"\b[aeu](?:sh|[dnrstz])[-‐‑–](?=\w)", re.IGNORECASE)  # noqa: RUF001
"""These are one only before a hyphen: `as` and `at` are words too."""
JOINED_ARTICLES = ("al", "el")
ASSIMILATED = re.compile("sh|[dnrstz]")
"""Before these letters the article sounds like them: `as-Sadr`, `ash-Shuhada`."""

CLASSES: tuple[tuple[re.Pattern[str], tuple[str, ...]], ...] = tuple(
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
"""A pattern, and its spellings; those of the last are the letter itself."""

_HEZBOLLAH = " ".join(
    f"{head}{vowel}{tail}"
    for head in ("hezb", "hizb", "hizzb")
    for vowel in "oau"
    for tail in ("llah", "lla", "lah")
)
WORDS: tuple[frozenset[str], ...] = tuple(
    _set(spellings)
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
"""Words whose spellings differ by more than classes say; any of them matches all."""
ABD = _set("abd abdul abdel abdal abdol")
"""With the word behind it one name: `Abdul-Mahdi`, `Abd al-Mahdi`, `Abdelmahdi`."""

MARKERS = (
    frozenset().union(*WORDS)
    | ABD
    | _set(
        "akram ali ayatollah badr barham bin hadi hasan hassan husayn hussein ibn jund moktada "
        "moqtada muqtada nouri nuri sayyid salih saleh usbat faylaq jabhat fatah haidar haider "
        "ammar faleh falih majid rayan adnan naim naeem"
    )
)
"""An alias with one of these words, or with an article, is an Arabic name."""
AS_WRITTEN = _set(
    "air airbase airport alliance army ayatollah barracks base battalion battalions bloc "
    "board brigade brigades camp city coalition committee companies company compound corps "
    "council current division embassy faction fighters force forces foundation front grand "
    "group groups in iran iraq iraqi iraqis lebanese lebanon league leader leaders militia "
    "militias military movement network of office organisation organization party popular "
    "resistance sadrist sadrists spokesman supreme the trend unit units wing"
)
"""Words of English in such an alias; they have one spelling."""

SCRIPT: tuple[tuple[re.Pattern[str], str], ...] = tuple(
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
"""What folded words in Arabic script are written as too: cases of the noun, spaces, loans."""
