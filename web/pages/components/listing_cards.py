"""Listings as small ads: what the list shows of each, gathered in four reads however long the list."""

import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from federation.media.media_uris import media_url, source_set, square_url, thumbnail_url
from models.listings.listings import ListingDetails
from models.people.actors import Actor
from models.posts.media.media import Media
from models.settings import Site
from models.store.database import Connection
from web.rendering.feeds.listing_bundles import ListingBundle, Origin, find_coops, load_listing_bundles
from web.rendering.paths import listing_path, profile_path

ACCENTS = ("accent-green", "accent-plum", "accent-teal", "accent-slate", "accent-vermilion")
"""Colours of other coops' plates; which one is theirs follows from their address, so that it stays the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CoopBadge:
    """Another coop on a street plate: its territory, its own name where that is another, its colour, where it leads."""

    name: str
    small: str = ""
    accent: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A photo with the words for those who do not see it.

    `square` and `source_set` are what browsers that read WebP show of it: in lists, and on pages.
    """

    id: int
    url: str
    thumbnail_url: str
    square: str
    source_set: str
    alt: str
    width: int | None
    height: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingCard:
    """One small ad. `distance` in metres where the reader's place is known; `plate` for what comes from elsewhere.

    `calendar_unknown` is said where days are asked for, of what only another server could tell and has not. `details`
    lack what no small ad says.
    """

    id: int
    details: ListingDetails
    href: str
    place: str
    distance: float | None
    author: str
    picture: Picture | None
    plate: CoopBadge | None
    language: str | None
    calendar_unknown: bool = False


async def list_cards(
    conn: Connection, site: Site, ids: Iterable[int], distances: Mapping[int, float | None] | None = None
) -> list[ListingCard]:
    """The small ads of these posts, in their order; `distances` in kilometres. What is no listing is left out."""
    return [_make_card(site, one) for one in await load_listing_bundles(conn, ids, distances)]


def _make_card(site: Site, one: ListingBundle) -> ListingCard:
    pictures = draw_pictures(site, one.pictures, one.listing.details.title)
    return ListingCard(
        id=one.listing.id,
        details=_shorten(one.listing.details),
        href=listing_path(site, one.listing),
        place=one.listing.details.place_name or "",
        distance=one.distance,
        author=one.author.display_name,
        picture=pictures[0] if pictures else None,
        plate=_make_plate(one.author, one.coop),
        language=one.listing.post.language,
    )


def _shorten(details: ListingDetails) -> ListingDetails:
    """Without what no small ad says: by all that it is written from it is kept for others (web/rendering/fragments), so
    that has to be short, and nothing in it may change, as the parts of a repair could.
    """
    return replace(details, description="", repair=None, reciprocal=None)


def place_words(details: ListingDetails) -> str:
    """The place with its postcode, unless its name holds it already: "Lomme (59160)", "Lomme (La Remise, 59160)"."""
    name, postcode = details.place_name or "", details.postcode or ""
    if not name or not postcode or postcode in name:
        return name or postcode
    return f"{name[:-1]}, {postcode})" if name.endswith(")") else f"{name} ({postcode})"


def draw_pictures(site: Site, photos: Iterable[Media], title: str = "") -> list[Picture]:
    """The photos that can be shown; what is not a picture, or could not be fetched, is left out.

    The `title` of what they show stands in for words that nobody wrote.

    Addresses on our origin are written without it, so that a page shows them whatever name it was asked under.
    """
    return [
        Picture(
            id=photo.id,
            url=media_url(site, photo).removeprefix(site.url),
            thumbnail_url=(thumbnail_url(site, photo) or "").removeprefix(site.url),
            square=(square_url(site, photo) or "").removeprefix(site.url),
            source_set=source_set(site, photo).replace(f"{site.url}/", "/"),
            alt=photo.description or title,
            width=photo.width,
            height=photo.height,
        )
        for photo in photos
        if photo.type == "image" and photo.failed_at is None
    ]


async def list_coop_badges(
    conn: Connection, origins: Sequence[Origin]
) -> dict[tuple[int, str | None], CoopBadge | None]:
    """The plate of the coop where each comes from, by actor's id and territory as given; None for ours.

    Without any coop, the server's name stands.
    """
    coops = await find_coops(conn, origins) if any(not actor.local for actor, _ in origins) else {}
    return {(actor.id, territory): _make_plate(actor, coops.get((actor.id, territory))) for actor, territory in origins}


def _make_plate(actor: Actor, coop: Actor | None) -> CoopBadge | None:
    if actor.local:
        return None
    return make_coop_badge(coop) if coop else CoopBadge(name=actor.host, accent=accent_of(actor.host))


async def find_coop_badge(conn: Connection, actor: Actor, territory_uri: str | None = None) -> CoopBadge | None:
    """The plate of one actor, or of a listing of hers that names a territory."""
    return (await list_coop_badges(conn, [(actor, territory_uri)]))[actor.id, territory_uri]


def make_coop_badge(coop: Actor) -> CoopBadge:
    """Another cooperative: people know its territory, whose name is written large; its own stands beside."""
    return CoopBadge(
        name=coop.place_name or coop.display_name,
        small=coop.display_name,
        accent=accent_of(coop.host),
        href=profile_path(coop),
    )


def accent_of(host: str) -> str:
    """A colour for a coop that did not tell hers."""
    return ACCENTS[zlib.crc32(host.encode()) % len(ACCENTS)]
