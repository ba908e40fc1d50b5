"""English: the doer stands before its act, or behind *by*."""

import re

from services.matcher.domain.languages.english.references import REFERENCES
from services.matcher.domain.languages.grammar import Grammar, Reach
from services.matcher.domain.languages.writing import word_set

GRAMMAR = Grammar(
    inverted_questions=word_set("did does has have is are was will would can could"),
    inverted=word_set("had were should"),
    subjects=word_set(
        "the a an any some he she they it we you i this that these those there his her its their "
        "our your my no one two three militias militiamen factions gunmen rockets missiles "
        "fighters troops forces soldiers americans"
    ),
    complements=word_set("that what whether if unless"),
    claims=word_set(
        "report reports claim claims claimed claiming rumour rumours rumor rumors sign signs "
        "evidence proof indication indications suggestion suggestions allegation allegations "
        "story stories news true truth idea notion word talk speculation suggested shown proven "
        "proved confirm confirmed case clear certain possibility chance prospect online"
    ),
    presupposes=word_set("after since because following"),
    phrasal=word_set("without"),
    leads=word_set("after despite following amid with"),
    references=REFERENCES,
    reach=Reach(),
    agent=(("by",), ("at", "the", "hands", "of")),
    passive=word_set("was were been being is are be am got gets getting"),
    adverbs=word_set("not also later then again now first all both reported since already yet"),
    adverb_end="ly",
    active=re.compile("ing$"),
    infinitive=word_set("to"),
    intends=re.compile(
        "ed$|^(?:begin|begins|began|begun|plans?|vows?|set|ready|due|about|prepares?|continues?|"
        "agrees?|wants?|decides?|refuses?|starts?|threatens?|try|tries|seeks?|sought|intends?|"
        "promises?|pledges?|moves?|readies|prefers?|chooses?|chose|gets?|goes|went)$"
    ),
    governs=word_set(
        "with against to on upon at from near about over toward towards between than like via "
        "regarding concerning among amid into onto under targeting despite without carrying "
        "transporting ferrying escorting supplying hosting housing guarding protecting wounding "
        "killing injuring hitting striking attacking ambushing bombing shelling"
    ),
    relatives=word_set("which who whom whose where"),
    joins=word_set("and or nor plus alongside"),
    articles=word_set("the a an s both of"),
    ranks=word_set(
        "leader leaders chief chiefs head commander commanders spokesman spokesmen spokesperson "
        "secretary general fighters militia militias group groups movement brigades organization "
        "organisation faction factions forces party bloc officials members cleric lawmaker mp "
        "official sheikh deputy"
    ),
    reports=word_set(
        "said says say saying told tells announced announces reported reports confirmed confirms "
        "claimed claims claim stated"
    ),
    describes=word_set(
        "backed supported sponsored funded financed trained armed equipped allied aligned friendly "
        "made built supplied inspired"
    ),
    victims=word_set("hostage hostages captive captives victim victims prisoner prisoners"),
    participle=re.compile("(?:ed|en|slain|shot|hit|held|hurt|dead|struck|lost|sent|torn)$"),
    follows=word_set(
        "in by when during on at near as and from outside after along while south north east west "
        "inside over this last overnight today yesterday amid since for"
    ),
)
