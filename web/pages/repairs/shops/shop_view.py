"""A shop as the list and its page show it: what it does, whether it is open, why it appears."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from models.people import actors
from models.people.actors import Actor
from models.places import places
from models.posts.media import media
from models.posts.media.media import Media
from models.repairs.shops import shops
from models.repairs.shops.appearing import FoundShop
from models.repairs.shops.shops import RepairShop
from models.settings import Site
from models.store.database import Connection
from web.pages.components.listing_cards import CoopBadge, Picture, draw_pictures, list_coop_badges
from web.pages.components.opening_hours import PlaceView, find_opening_hours
from web.pages.components.people import find_return
from web.pages.repairs.shops.shop_words import name_repairs, name_types
from web.rendering.i18n import Say
from web.rendering.paths import profile_path


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopCard:
    """What is shown of a shop in a list, and first on its page.

    `opening` has no street where nobody comes to it; `communes` are those to which it comes.
    """

    id: int
    name: str
    href: str
    profile: str
    local: bool
    place: str
    opening: PlaceView | None
    back_on: datetime | None
    types: Sequence[str]
    repairs: Sequence[tuple[str, str]]
    bikes: Sequence[str]
    by_appointment: bool
    workshop: bool
    communes: Sequence[str]
    words: str
    plate: CoopBadge | None = None
    picture: Picture | None = None
    distance: float | None = None
    next_at: datetime | None = None


def shop_path(actor: Actor) -> str:
    """The page of a shop here; those from elsewhere carry their host."""
    return f"/ateliers/{actor.username}" if actor.local else f"/ateliers/{actor.handle}"


async def list_shop_cards(conn: Connection, site: Site, say: Say, found: Sequence[FoundShop]) -> list[ShopCard]:
    """The cards of those found, in their order."""
    ids = [one.actor_id for one in found]
    known, told = await actors.map_by_ids(conn, ids), await shops.map_by_ids(conn, ids)
    shown = [one for one in found if one.actor_id in known]
    rows = [(known[one.actor_id], told[one.actor_id]) for one in shown]
    cards = await _make_cards(conn, site, say, rows)
    return [replace(card, distance=one.distance, next_at=one.next_at) for card, one in zip(cards, shown, strict=True)]


async def make_shop_card(conn: Connection, site: Site, say: Say, actor: Actor, shop: RepairShop) -> ShopCard:
    """The card of one."""
    return (await _make_cards(conn, site, say, [(actor, shop)]))[0]


async def _make_cards(
    conn: Connection, site: Site, say: Say, rows: Sequence[tuple[Actor, RepairShop]]
) -> list[ShopCard]:
    named = await _name_communes(conn, [shop for _, shop in rows])
    badges = await list_coop_badges(conn, [(actor, None) for actor, _ in rows])
    photos = await media.list_by_ids(conn, [actor.image_media_id for actor, _ in rows if actor.image_media_id])
    return [
        replace(
            _make_card(say, actor, shop, named),
            plate=badges[actor.id, None],
            picture=_draw(site, photos.get(actor.image_media_id or 0)),
        )
        for actor, shop in rows
    ]


async def _name_communes(conn: Connection, rows: Sequence[RepairShop]) -> dict[str, str]:
    """The names of all communes to which they come, by their codes."""
    codes = {code for shop in rows for code in shop.commune_codes}
    return {one.code: one.name for one in await places.list_communes(conn, sorted(codes))}


def _make_card(say: Say, actor: Actor, shop: RepairShop, named: Mapping[str, str]) -> ShopCard:
    return ShopCard(
        id=actor.id,
        name=actor.display_name,
        href=shop_path(actor),
        profile=profile_path(actor),
        local=actor.local,
        place=actor.place_name or "",
        opening=find_opening_hours(actor),
        back_on=find_return(actor, datetime.now(UTC)),
        types=name_types(say, shop.types),
        repairs=name_repairs(say, shop.interventions),
        bikes=shop.bike_types,
        by_appointment=shop.by_appointment,
        workshop=shop.workshop,
        communes=[named[code] for code in shop.commune_codes if code in named],
        words=shop.words,
    )


def _draw(site: Site, photo: Media | None) -> Picture | None:
    """The photo, where it can be shown."""
    return next(iter(draw_pictures(site, [photo] if photo is not None else [])), None)
