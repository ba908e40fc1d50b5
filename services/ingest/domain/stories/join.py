"""Whether a report belongs to a story that is known, and to which."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from services.ingest.domain.stories.known_words import COMMON_WORDS
from services.ingest.domain.stories.lead import Lead
from services.ingest.domain.stories.report import KnownStory, ReportContent, StoryReport
from services.ingest.domain.stories.signature import list_shingles
from services.ingest.domain.stories.substitutions import has_other_fact, has_substitution

LEAST_ALIKE = 0.55
"""Of all words and pairs of two leads, the share that both have. Above a half no report can be
like two others that have nothing in common."""
LEAST_REWORDED = 0.3
"""The same of leads with one first sentence: more than a phrase that an office begins with."""
MOST_CONTENTS = 4
"""Reports of a story that are kept to compare with."""

WINDOW = timedelta(days=3)
"""How far apart the events of one story may be."""


@dataclass(frozen=True, slots=True)
class StoryChoice:
    """The story that a report joins, None for its own; `adds`: it says what others may contradict.

    What adds something is kept with the story, so that a vague report cannot join two events.
    """

    story: KnownStory | None
    adds: bool = False


def choose_story(
    report: StoryReport, candidates: Iterable[KnownStory], window: timedelta = WINDOW
) -> StoryChoice:
    """The most similar of the candidates whose reports it is like and contradicts none of.

    It must be like the first report of a story, not like the latest, so stories do not drift.
    """
    near = [story for story in candidates if story.is_within(window, report.at)]
    terms = list_terms(report.content.lead) if near else frozenset()
    alike = [(share_in_common(terms, list_terms(story.contents[0].lead)), story) for story in near]
    for share, story in sorted(alike, key=lambda pair: (-pair[0], pair[1].at)):
        if _is_like(report.content, story.contents[0], share) and not _is_contradicted(
            report.content, story.contents
        ):
            return StoryChoice(story, _adds_to(report.content, story.contents))
    return StoryChoice(None)


def list_terms(lead: Lead) -> frozenset[str]:
    """Its words, and pairs of neighbouring words."""
    return frozenset(lead) | list_shingles(lead)


def share_in_common(terms: frozenset[str], others: frozenset[str]) -> float:
    """The share of terms that both have, of those that either has."""
    shared = len(terms & others)
    return shared / max(1, len(terms) + len(others) - shared)


def _is_like(content: ReportContent, first: ReportContent, share: float) -> bool:
    return share >= LEAST_ALIKE or (share >= LEAST_REWORDED and _is_reworded(content, first))


def _is_contradicted(content: ReportContent, known: Iterable[ReportContent]) -> bool:
    return any(
        content.contradicts(each)
        or (has_substitution(content.lead, each.lead) and not _is_reworded(content, each))
        for each in known
    )


def _is_reworded(content: ReportContent, other: ReportContent) -> bool:
    """Whether both say in one first sentence what happened, and behind it no other facts."""
    return content.opens_like(other) and not has_other_fact(content.lead, other.lead)


def _adds_to(content: ReportContent, known: tuple[ReportContent, ...]) -> bool:
    if len(known) >= MOST_CONTENTS:
        return False
    words = frozenset(content.lead) - COMMON_WORDS
    return any(_adds_fields(content, each) for each in known[:1]) or all(
        words - frozenset(each.lead) for each in known
    )


def _adds_fields(content: ReportContent, first: ReportContent) -> bool:
    """Whether its fields say what those of the first report leave open."""
    return (
        (first.country is None and content.country is not None)
        or (not first.place and bool(content.place))
        or (first.position is None and content.position is not None)
        or bool(dict(content.quantities).keys() - dict(first.quantities).keys())
    )
