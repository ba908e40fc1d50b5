"""The named places of a pack, and which of them a point is in."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from schemas.rule import Site, SiteList
from services.document_faults import DocumentFault, InvalidField
from services.matcher.domain.detection.earth import Circle, Circles, Point
from services.matcher.domain.packs.documents import LocatedDocument


@dataclass(frozen=True, slots=True)
class Sites:
    """The named places of one pack: the sites of each list, and where each site is."""

    lists: Mapping[str, frozenset[str]] = field(default_factory=dict)
    sites: Mapping[str, Site] = field(default_factory=dict)
    circles: Circles = field(default_factory=lambda: Circles(()))

    @property
    def titles(self) -> Mapping[str, str]:
        """The display name of each site."""
        return {identity: site.name for identity, site in self.sites.items()}

    def at(self, point: Point) -> tuple[str, ...]:
        """The sites that have the point within their own radius."""
        return self.circles.around(point)

    def within(self, sites: Iterable[str], km: float) -> Circles:
        """The circles of `km` around these sites."""
        return Circles(_circle(self.sites[site], km) for site in sites)


def _circle(site: Site, km: float) -> Circle:
    return Circle(site.id, Point(site.lat, site.lon), km)


def build_places(
    documents: Iterable[LocatedDocument[SiteList]], lists: Collection[str]
) -> tuple[Sites, tuple[DocumentFault, ...]]:
    """The places of one pack, and every fault in them; `lists` are the names that are taken."""
    known: dict[str, frozenset[str]] = {}
    sites: dict[str, Site] = {}
    faults: list[DocumentFault] = []
    for located in documents:
        document = located.document
        errors = list(_doubles(document, {*lists, *known}, sites))
        faults += map(located.origin.fault, errors)
        if not any(error.path == ("name",) for error in errors):
            known[document.name] = frozenset(site.id for site in document.sites)
            sites = {site.id: site for site in reversed(document.sites)} | sites
    circles = Circles(_circle(site, site.radius_km) for site in sites.values())
    return Sites(known, sites, circles), tuple(faults)


def _doubles(
    document: SiteList, names: Collection[str], sites: Collection[str]
) -> Iterator[InvalidField]:
    if document.name in names:
        yield InvalidField(("name",), f"there is another list {document.name!r}")
    seen = set(sites)
    for index, site in enumerate(document.sites):
        if site.id in seen:
            yield InvalidField(("sites", index, "id"), f"there is another site {site.id!r}")
        seen.add(site.id)
