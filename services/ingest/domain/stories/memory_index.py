"""Stories in memory: how files are clustered, by the same rules as what comes over HTTP."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import timedelta

from schemas.event import Event
from services.ingest.domain.stories.bands import MOST_CANDIDATES, BandEntry, add_entry
from services.ingest.domain.stories.join import WINDOW, choose_story
from services.ingest.domain.stories.report import KnownStory, StoryReport, find_report
from services.ingest.domain.stories.signature import find_bands


@dataclass(slots=True)
class MemoryIndex:
    """All stories of one run."""

    window: timedelta = WINDOW
    fixed: dict[str, str] = field(default_factory=dict)
    stories: dict[str, KnownStory] = field(default_factory=dict)
    bands: dict[tuple[int, bytes], tuple[BandEntry, ...]] = field(default_factory=dict)

    def assign(self, report: StoryReport) -> str:
        """The story of a report; the same again for the same identity."""
        known = self.fixed.get(report.identity) or self.fixed.get(report.corrected or "")
        if known is None:
            known = self._cluster(report)
        return self.fixed.setdefault(report.identity, known)

    def _cluster(self, report: StoryReport) -> str:
        places = list(enumerate(find_bands(report.content)))
        choice = choose_story(report, self._list_candidates(places), self.window)
        if choice.story is not None:
            return self._join(choice.story, report, adds=choice.adds)
        own = report.own_story
        self.stories[own] = KnownStory(own, report.at, (report.content,))
        entry = BandEntry(own, report.owner)
        for place in places:
            self.bands[place] = add_entry(self.bands.get(place, ()), entry)
        return own

    def _list_candidates(self, places: Iterable[tuple[int, bytes]]) -> list[KnownStory]:
        counts: dict[str, int] = {}
        for place in places:
            for entry in self.bands.get(place, ()):
                counts[entry.story] = counts.get(entry.story, 0) + 1
        best = sorted(counts, key=lambda name: -counts[name])[:MOST_CANDIDATES]
        return [self.stories[name] for name in best]

    def _join(self, story: KnownStory, report: StoryReport, *, adds: bool) -> str:
        if adds:
            self.stories[story.name] = replace(story, contents=(*story.contents, report.content))
        return story.name


def cluster_events(events: Iterable[Event]) -> list[Event]:
    """The events in the order given, those without a story with one.

    They are clustered in the order in which they were recorded.
    """
    events = list(events)
    index = MemoryIndex()
    stories: dict[int, str] = {}
    for number in sorted(range(len(events)), key=lambda number: events[number].learned_at):
        if (report := find_report(events[number])) is not None:
            stories[number] = index.assign(report)
    return [
        event.model_copy(update={"story": stories[number]}) if number in stories else event
        for number, event in enumerate(events)
    ]
