"""English words whose forms no rule gives."""

from collections.abc import Mapping


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


def _table(lines: str) -> Mapping[str, tuple[str, ...]]:
    """The first word of each line, and the others of it."""
    rows = (line.split() for line in lines.replace("|", "\n").splitlines())
    return {row[0]: tuple(row[1:]) for row in rows if row}


PASTS = _table(
    """
arise arose arisen|awake awoke awoken|be was were been|bear bore borne born|beat beaten
become became|befall befell befallen|begin began begun|bend bent|bet betted
bid bade bidden|bind bound|bite bit bitten|bleed bled|blow blew blown|break broke broken
breed bred|bring brought|broadcast broadcasted|build built|burn burned burnt|burst|buy bought
cast|catch caught|choose chose chosen|cling clung|come came|cost|creep crept|cut|deal dealt
dig dug|do did done|draw drew drawn|dream dreamed dreamt|drink drank drunk|drive drove driven
eat ate eaten|fall fell fallen|feed fed|feel felt|fight fought|find found|flee fled|fling flung
fly flew flown|forbid forbade forbidden|forecast forecasted|foresee foresaw foreseen
forget forgot forgotten|forgive forgave forgiven|forgo forwent forgone
forsake forsook forsaken|freeze froze frozen
get got gotten|give gave given|go went gone|grind ground|grow grew grown|hang hung hanged
have had|hear heard|hide hid hidden|hit|hold held|hurt|keep kept|kneel knelt kneeled|know knew known
lay laid|lead led|lean leaned leant|leap leaped leapt|learn learned learnt|leave left|lend lent
let|light lit lighted|lose lost|make made|mean meant|meet met|mislead misled
misread|mistake mistook mistaken|misunderstand misunderstood|mow mowed mown
offset|outdo outdid outdone|outfight outfought|overcome overcame|overdo overdid overdone
overhear overheard|override overrode overridden|overrun overran|oversee oversaw overseen
overtake overtook overtaken|overthrow overthrew overthrown|pay paid|plead pleaded pled
prove proved proven|put|quit quitted|read|rebuild rebuilt|redo redid redone|remake remade
repay repaid|reset|resell resold|retake retook retaken|rethink rethought|rewrite rewrote rewritten
rid|ride rode ridden|ring rang rung|rise rose risen|run ran|saw sawed sawn|say said|see saw seen
seek sought|sell sold|send sent|set|sew sewed sewn|shake shook shaken|shed|shine shone shined
shoot shot|show showed shown|shrink shrank shrunk|shut|sing sang sung|sink sank sunk|sit sat
slay slew slain|sleep slept|slide slid|sling slung|slit|sow sowed sown|speak spoke spoken
speed sped speeded|spend spent|spill spilled spilt|spin spun|spit spat|split|spoil spoiled spoilt
spread|spring sprang sprung|stand stood|steal stole stolen|stick stuck|sting stung
stride strode stridden|strike struck stricken|string strung|strive strove striven strived
swear swore sworn|sweep swept|swell swelled swollen|swim swam swum|swing swung
take took taken|teach taught|tear tore torn|tell told|think thought|throw threw thrown
thrust|tread trod trodden|undercut|undergo underwent undergone|undermine undermined
understand understood|undertake undertook undertaken|undo undid undone|unwind unwound
uphold upheld|upset|wake woke woken|wear wore worn|weave wove woven|weep wept|win won
wind wound|withdraw withdrew withdrawn|withhold withheld|withstand withstood
wring wrung|write wrote written
"""
)
"""Past and participle by verb; one that has none here has its own form for both (`cut`)."""

DOUBLING = _set(
    "abet abhor acquit admit allot annul abut aver commit compel concur confer control defer "
    "demur deter dispel emit enrol entrap equip excel expel extol forbid forget format handicap "
    "humbug impel incur infer inter kidnap occur omit outrun overlap overrun patrol permit prefer "
    "program propel rebel rebut recap recur refer refit regret remit repel reset retrofit sandbag "
    "submit transfer transmit unplug unzip upset worship zigzag outfit offset befit begin"
)
"""Of several syllables, and double the last consonant all the same."""

PLURALS = _table(
    """
person people|child children|foot feet|tooth teeth|goose geese|mouse mice|ox oxen
leaf leaves|wife wives|knife knives|life lives|half halves|shelf shelves|thief thieves|self selves
calf calves|loaf loaves|wolf wolves|sheaf sheaves|hero heroes|potato potatoes|tomato tomatoes
veto vetoes|embargo embargoes|torpedo torpedoes|echo echoes|cargo cargoes|volcano volcanoes
mosquito mosquitoes|domino dominoes|criterion criteria|phenomenon phenomena|datum data
medium media|memorandum memoranda|referendum referendums|quorum quorums|bus buses|gas gases
lens lenses|bias biases|atlas atlases|canvas canvases|alias aliases|campus campuses
"""
)
BESIDE_REGULAR = frozenset({"person", "cargo", "medium", "memorandum", "mosquito"})
"""These have a regular plural as well."""

UNCHANGED = _set(
    "aircraft spacecraft hovercraft watercraft headquarters barracks crossroads series species "
    "offspring sheep deer fish salmon cattle police means gallows"
)
"""One form for one and for many."""

NOT_MAN = _set("human german roman ottoman talisman shaman caiman norman brahman")
"""End in `man` and have `mans`."""

KEEP_Z = _set("seize size prize capsize resize downsize upsize outsize maize apprize")
"""Never written with `ise`."""
