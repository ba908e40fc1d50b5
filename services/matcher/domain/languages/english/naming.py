"""English names of organisations: words with capitals around a head noun."""

from services.matcher.domain.languages.naming import Claims, Naming
from services.matcher.domain.languages.writing import word_set

_JOINS = word_set("of for")
_SMALL = _JOINS | word_set("the and in")

NAMING = Naming(
    trailing_heads=(
        *("brigade*", "battalion*", "regiment*", "legion*", "squadron*", "corps", "army"),
        *("league", "movement", "front", "resistance", "organization", "organisation", "party"),
        *("alliance", "coalition", "companies", "network", "union", "force"),
    ),
    never=word_set(
        "the a an this that these those its his her their our my your some any each both all no "
        "other another such same new old many several few one two three four first second third "
        "fourth fifth in on at by for from with to of as after before when while if but and or nor "
        "so yet then there here now today yesterday tomorrow also only even however although since "
        "because during under over against between among amid inside outside near according it he "
        "she they we i you who what which why how is are was were has have had will would can not "
        "monday tuesday wednesday thursday friday saturday sunday january february march april may "
        "june july august september october november december mr mrs ms dr gen"
    ),
    generic=word_set(
        "terrorist ruling opposition political armed militant insurgent rebel governing resistance "
        "protest international main task air police security special ground naval oil foreign"
    ),
    joins=_JOINS,
    article=word_set("the"),
    small=_SMALL,
    function=_SMALL | word_set("a an to on at by with from as or s"),
    claims=Claims(
        itself=(
            r"\b(?:call|styl|nam|dubb)(?:ing|es|s|ed|e)?\s{1,3}(?:itself|themselves)\b"
            r"(?:\s{1,3}(?:as|by\s{1,3}the\s{1,3}name(?:\s{1,3}of)?))?"
        ),
        given=(
            r"\b(?:named|called|dubbed|known\s{1,3}as"
            r"|(?:under|by|in)\s{1,3}the\s{1,3}name(?:\s{1,3}of)?)\b"
        ),
        leads=("the",),
        groups=word_set(
            "group groups militia faction factions organisation organization outfit cell band "
            "force formation movement network alliance coalition unit brigade battalion"
        ),
        some=word_set("a an another new unknown unheard previously some little one two"),
        cues=word_set("itself themselves named called dubbed known name"),
    ),
)
