"""The cooperative as pages show it: its name on the plate, its territory, its colour, its address."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from federation.media.media_uris import media_origin
from models.exchanges import points
from models.exchanges.points import Currency
from models.listings.categories import OWN
from models.listings.listings import ListingDetails
from models.people.documents import own_pages
from models.people.documents.own_pages import PageLink
from models.preferences import Accent, Preferences, Subcategory
from models.settings import Site
from models.store.database import Connection
from web.rendering.category_words import find_labels
from web.rendering.own_words import find_words

ACCENT_CLASSES: Mapping[Accent, str] = {
    "email": "accent-enamel",
    "vert": "accent-green",
    "prune": "accent-plum",
    "canard": "accent-teal",
    "ardoise": "accent-slate",
    "vermillon": "accent-vermilion",
}
"""The colours that a cooperative chooses from, and their classes in `tokens.css`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Branding:
    """What stands in the header and the footer of every page. `accent` is a CSS class, "" for the enamel blue.

    `durations_wished`: loans last about as long as they say, not at most. `currency` is what points are called, None
    where the cooperative keeps none. `closed`: visitors get nothing but a page that says so. `words` are its own
    words in place of ours, `kinds` the kinds of listings in use, `logo` the address of its picture. `map_host` is who
    is asked for the background of the map, nobody where it is ours. `pages` are those that it writes itself,
    `subcategories` its own, by the shared category that they are under. At `shutdown_at` the instance ends; `ending`
    says that this has come. `dues`: members are asked for something each year. `charter`: there is one to read.
    `guests`: whoever has no account may answer by mail.
    """

    name: str
    territory: str = ""
    accent: str = ""
    tagline: str = ""
    address: str = ""
    opening: str = ""
    contact: str = ""
    publisher: str = ""
    director: str = ""
    hosting: str = ""
    legal: str = ""
    open_to_all: bool = False
    members_invite: bool = False
    modes: tuple[str, ...] = ()
    durations_wished: bool = False
    territory_kind: str = "commune"
    territory_codes: tuple[str, ...] = ()
    currency: Currency | None = None
    map_host: str = ""
    closed: bool = False
    words: Mapping[str, str] = field(default_factory=dict)
    kinds: tuple[str, ...] = ()
    logo: str = ""
    filters_open: bool = False
    notice_publish: str = ""
    pages: tuple[PageLink, ...] = ()
    hours: dict[str, Any] = field(default_factory=dict)
    categories_closed: tuple[str, ...] = ()
    dues: bool = False
    shutdown_at: datetime | None = None
    ending: bool = False
    subcategories: Mapping[str, Sequence[Subcategory]] = field(default_factory=dict)
    charter: bool = False
    guests: bool = False

    def takes(self, details: ListingDetails) -> bool:
        """Whether something new may go where this is, into its category and into its sub-category."""
        own = self.find_subcategory(details.subcategory or "")
        return details.category not in self.categories_closed and not (own and own.closed)

    @property
    def own_categories(self) -> tuple[Subcategory, ...]:
        """All of its own, each under a shared one."""
        return tuple(one for group in self.subcategories.values() for one in group)

    def find_subcategory(self, slug: str) -> Subcategory | None:
        """The one of its own with this slug."""
        return next((one for one in self.subcategories.get(slug.partition(OWN)[0], ()) if one.slug == slug), None)


def find_logo(site: Site, chosen: Preferences) -> str:
    """The whole address of the cooperative's picture; nothing without one."""
    return f"{media_origin(site)}/media/{chosen.logo}" if chosen.logo else ""


async def load_branding(conn: Connection, site: Site, chosen: Preferences | None = None) -> Branding:
    """The branding as the cooperative's preferences draw it now, or as `chosen` do, with its own pages."""
    kept, pages, charter = await own_pages.load_with_links(conn)
    return replace(make_branding(chosen or kept, site), pages=pages, charter=charter)


def group_subcategories(chosen: Preferences) -> dict[str, list[Subcategory]]:
    """The cooperative's own ones by the shared category that they are under, in its order."""
    grouped: dict[str, list[Subcategory]] = {}
    for one in chosen.subcategories:
        grouped.setdefault(one.category, []).append(one)
    return grouped


def make_branding(chosen: Preferences, site: Site) -> Branding:
    """The branding that these preferences draw; without a name yet, the host is the name."""
    return Branding(
        hours=chosen.hours,
        categories_closed=chosen.categories_closed,
        subcategories=group_subcategories(chosen),
        dues=chosen.dues,
        name=chosen.name or site.host,
        territory=chosen.territory_name,
        accent="" if chosen.accent == "email" else ACCENT_CLASSES[chosen.accent],
        tagline=chosen.sentence,
        address=chosen.address,
        opening=chosen.opening_hours,
        contact=chosen.contact_email,
        publisher=chosen.legal_publisher,
        director=chosen.legal_director,
        hosting=chosen.legal_host,
        legal=chosen.legal_text,
        open_to_all=chosen.registration in ("open", "approval") and not chosen.closed and chosen.shutdown_at is None,
        members_invite=chosen.member_invitations > 0,
        modes=chosen.modes,
        durations_wished=chosen.duration_label == "wished",
        territory_kind=chosen.territory_kind,
        territory_codes=chosen.territory_codes,
        currency=points.find_currency(chosen),
        closed=chosen.closed,
        shutdown_at=chosen.shutdown_at,
        ending=chosen.shutdown_at is not None and chosen.shutdown_at <= datetime.now(UTC),
        words={**find_words(chosen), **find_labels(chosen)},
        kinds=chosen.kinds,
        guests=chosen.guests,
        logo=find_logo(site, chosen).removeprefix(site.url),
        filters_open=chosen.filters_open,
        notice_publish=chosen.notice_publish,
        map_host=(urlsplit(chosen.map_tiles).hostname or "").removeprefix("{s}."),
    )
