"""What the engine must know of a language to say who does what to whom: words and distances.

A language is one `Grammar`, whose words are folded. A field that a language has no use for stays
empty. Everything else about a language is in its word lists.
"""

import re
from dataclasses import dataclass, field

from services.matcher.domain.languages.references import References
from services.matcher.domain.languages.writing import NEVER, NO_WORDS


@dataclass(frozen=True, slots=True)
class Reach:
    """How many words may stand between an act and what belongs to it."""

    doer_before: int = 14
    doer_after: int = 0
    """Of a doer behind its act; 0 where no act comes before its doer."""
    agent: int = 4
    """From the act to the word that names its agent (`ordered on Friday by …`)."""
    name: int = 4
    """From that word to the name (`by the leader of …`)."""
    undergoer_after: int = 8
    undergoer_before: int = 10
    cue_before: int = 7
    cue_after: int = 6
    past_after: int = 10


@dataclass(frozen=True, slots=True)
class Grammar:
    """One language.

    `agent`: what comes before the doer of a passive act. `passive`:
    what makes the act behind it passive; `adverbs` and words on `adverb_end` may stand between.
    `active` is the form of an act that is not passive even then (`was ordering`). `infinitive`:
    before an act that somebody is to do. `governs`: after these words a name is no doer (`talks
    with KH`), nor is a name that `governed` matches, whose preposition is written in one word with
    it. `joins`: between two doers of one act; `articles` and `ranks` may stand beside it (`KH and
    the leader of Badr`). `reports`: acts of saying, whose doer says nothing about others.
    `victims`: nouns for who undergoes an act. `participle`: the form of an act that, behind a name
    and before one of `follows`, was undergone (`US soldier killed in Baghdad`). `doer_follows`:
    the form of an act whose doer comes behind it, if a name stands right there. `noun`: the form
    of an act as a noun; a name behind it undergoes it.
    """

    questions: frozenset[str] = frozenset("?")
    """The signs on which a question ends."""
    asks: frozenset[str] = NO_WORDS
    """A sentence that begins with one of these asks (`هل`)."""
    inverted_questions: frozenset[str] = NO_WORDS
    """So does one that begins with one of these before its subject (`did KH attack`)."""
    inverted: frozenset[str] = NO_WORDS
    """At the beginning of a clause and before its subject: a condition (`had KH attacked`)."""
    subjects: frozenset[str] = NO_WORDS
    """What begins a subject, beside names (`the`, `it`)."""
    complements: frozenset[str] = NO_WORDS
    """What begins a clause that the cue before it is about (`no sign that`, `whether`)."""
    claims: frozenset[str] = NO_WORDS
    """What such a clause may belong to, between it and the cue (`denied reports that`)."""
    presupposes: frozenset[str] = NO_WORDS
    """What begins a clause that is so whatever is denied or supposed before it (`after`)."""
    phrasal: frozenset[str] = NO_WORDS
    """Cues that are about the words beside them alone: none behind *and* (`without`)."""
    leads: frozenset[str] = NO_WORDS
    """What begins words that only lead to a sentence (`after days of rumours, …`)."""
    reach: Reach = field(default_factory=Reach)
    agent: tuple[tuple[str, ...], ...] = ()
    passive: frozenset[str] = NO_WORDS
    adverbs: frozenset[str] = NO_WORDS
    adverb_end: str = ""
    active: re.Pattern[str] = NEVER
    infinitive: frozenset[str] = NO_WORDS
    purpose: re.Pattern[str] = NEVER
    """The form of an act that somebody is to do, where its word says so (`لاغتيال`)."""
    intends: re.Pattern[str] = NEVER
    """A word before `to` whose subject is to do the act (`decided to leave`)."""
    modal: re.Pattern[str] = NEVER
    """A word and an act behind it that it makes a supposition (`قد يدعو`)."""
    governs: frozenset[str] = NO_WORDS
    governed: re.Pattern[str] = NEVER
    relatives: frozenset[str] = NO_WORDS
    """What begins a clause about a name before it (`KH, which …`)."""
    taken_up: re.Pattern[str] = NEVER
    """The words from one of these to a doer, if what is before it was done by him (`دعا إليها`)."""
    resumes: frozenset[str] = NO_WORDS
    """Behind a comma these begin what the words before only lead to (`فقد`)."""
    joins: frozenset[str] = NO_WORDS
    articles: frozenset[str] = NO_WORDS
    ranks: frozenset[str] = NO_WORDS
    reports: frozenset[str] = NO_WORDS
    victims: frozenset[str] = NO_WORDS
    participle: re.Pattern[str] = NEVER
    follows: frozenset[str] = NO_WORDS
    doer_follows: re.Pattern[str] = NEVER
    noun: re.Pattern[str] = NEVER
    own_ending: re.Pattern[str] = NEVER
    """A word that says by its ending that it belongs to the doer (`مقاتليه`)."""
    verb_final: bool = False
    """Whether the act ends its clause: who undergoes it and its agent stand before it."""
    object_marks: frozenset[str] = NO_WORDS
    """Right behind a name: it undergoes the act and does nothing (`را`)."""
    owner_follows: bool = False
    """Whether *his* may stand behind what is his (`نیروهای خود`)."""
    passive_ends: frozenset[str] = NO_WORDS
    """The last word of an act, if it makes it passive (`منصوب شد`)."""
    undergoer_follows_passive: bool = False
    """Whether who undergoes a passive act may stand behind it (`تم تعيين قائد`)."""

    references: References = field(default_factory=References)
    """The words that stand for who is named in the sentence before."""
    describes: frozenset[str] = NO_WORDS
    """Words that a hyphen joins to a name which only describes what follows (`Iran-backed`)."""

    joining: frozenset[str] = field(init=False, repr=False)
    """The words that may stand between two doers of one act."""
    agent_words: frozenset[str] = field(init=False, repr=False)
    """The first words of `agent`."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "joining", self.joins | self.articles | self.ranks)
        object.__setattr__(self, "agent_words", frozenset(words[0] for words in self.agent))

    def is_adverb(self, word: str) -> bool:
        """Whether the word may stand between what makes an act passive and the act."""
        return word in self.adverbs or bool(self.adverb_end and word.endswith(self.adverb_end))
