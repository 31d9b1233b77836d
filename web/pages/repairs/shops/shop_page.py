"""The page of a shop: what it does, when, for how much, and by which charter it stands in the list."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from urllib.parse import urlencode

from aiohttp import web

from federation.uris import web_address
from inbox.repairs.shops import prices as price_copies
from models.communities import charters, communities, decisions
from models.communities.charters import Charter
from models.communities.communities import Community
from models.errors import NotFound
from models.listings import listings
from models.listings.listings import OPEN
from models.moments import PARIS
from models.people import actors
from models.people.accounts import Account
from models.people.actors import Actor
from models.people.documents.articles import read_blocks
from models.places.places import Place
from models.repairs.bookings import appointment_books
from models.repairs.shops import appearing, prices, requests, shops, staff
from models.repairs.shops.appearing import Appearance
from models.repairs.shops.prices import Price
from models.repairs.shops.shops import RepairShop
from models.repairs.shops.staff import StaffMember, StaffRole
from models.settings import Site
from models.store.database import Connection, transaction
from web.http.app_keys import INSTANCE
from web.pages.components.flash_messages import find_flash_message
from web.pages.exchanges.listing_actions import asking_path
from web.pages.listings.place_drawing import PlaceDrawing, draw_place
from web.pages.repairs.shops.shop_view import make_shop_card
from web.pages.repairs.shops.shop_words import ROLE_WORDS, tell_price
from web.pages.repairs.tours import passage_lines
from web.rendering.alternate_links import name_document
from web.rendering.paths import community_path, profile_path
from web.rendering.render import N_, reader_language, render, say
from web.rendering.schema_org import describe_shop
from web.security.session import current_account

RULES = 4
"""Articles of the charter that are read without opening it."""

SAID = {
    "shown": N_("C’est noté : votre nom se lit sur cette page."),
    "unshown": N_("C’est noté : votre nom ne se lit plus ici."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """Who let it appear, when, by which version, and with which words; for members alone."""

    name: str
    at: datetime
    version: int | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CharterView:
    """The collective by which it appears: its page here, where it is known here, and what its charter begins with.

    `version` is the one to which the shop said yes.
    """

    name: str
    href: str
    version: int | None
    since: datetime | None
    rules: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceLine:
    """A line of the price list, in words."""

    label: str
    words: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopView:
    """What the page shows beside the card. `role` and `me` are what the reader does there; `told_at` is how old a copy
    of the prices is, `booking` where one asks for an appointment.
    """

    actor: Actor
    appears: bool
    role: StaffRole | None
    me: StaffMember | None
    prices: Sequence[Price]
    told_at: datetime | None
    people: Sequence[StaffMember]
    charter: CharterView | None
    decided: Decided | None
    drawing: PlaceDrawing | None
    booking: str


async def show_shop(request: web.Request) -> web.Response:
    """GET /ateliers/NAME and /ateliers/NAME@HOST.

    One that does not appear is shown to its own people alone; all others are led to its profile. Raises NotFound.
    """
    account, instance = current_account(request), request.app[INSTANCE]
    speak, language = partial(say, request), reader_language(request)
    async with transaction(instance.pool) as conn:
        actor, shop = await _get_shop(conn, instance.site, request.match_info["handle"])
        view = await _load(conn, actor, shop, account)
        if not view.appears and view.role is None:
            raise web.HTTPSeeOther(profile_path(actor))
        card = await make_shop_card(conn, instance.site, speak, actor, shop)
        passages = await passage_lines.list_of_shop(conn, instance.site, actor.id, language)
    schema = describe_shop(actor, card.href, instance.site, card.types, view.prices) if view.appears else None
    page = await render(
        request,
        "repairs/shops/show.html",
        card=card,
        view=view,
        url=f"{instance.site.url}{card.href}",
        prices=[
            PriceLine(label=one.label, words=tell_price(speak, language, one), note=one.note) for one in view.prices
        ],
        today=datetime.now(PARIS).date(),
        passages=passages,
        people=[(one.name, f"/@{one.username}", speak(ROLE_WORDS[one.role])) for one in view.people],
        schema=schema,
        said=find_flash_message(request, SAID),
    )
    return name_document(page, actor.uri) if actor.local else page


async def _load(conn: Connection, actor: Actor, shop: RepairShop, account: Account | None) -> ShopView:
    """Gather it; the prices of one elsewhere are asked for where that was not done lately."""
    appearance = await appearing.find(conn, actor.id)
    await price_copies.ask(conn, shop)
    copy = await prices.find_copy(conn, actor.id)
    staff_here = await staff.list_staff(conn, actor.id)
    return ShopView(
        actor=actor,
        appears=appearance is not None,
        role=await _find_role(conn, actor, account),
        me=_find_me(staff_here, account),
        prices=await prices.list_prices(conn, actor.id),
        told_at=copy.told_at if copy is not None else None,
        people=[one for one in staff_here if one.shown],
        charter=await _find_charter(conn, appearance),
        decided=await _find_decided(conn, actor, appearance) if account is not None else None,
        drawing=await draw_place(conn, _place_of(actor)) if shop.workshop else None,
        booking=await _find_booking(conn, actor, shop),
    )


async def _find_booking(conn: Connection, actor: Actor, shop: RepairShop) -> str:
    """Where one asks for an appointment; a listing elsewhere that is not known here is looked up first."""
    uri = await appointment_books.find_standing(conn, actor.id) if actor.local else shop.appointments_uri
    listing = await listings.find_by_listing_uri(conn, uri) if uri else None
    if listing is None:
        return f"/authorize_interaction?{urlencode({'uri': uri})}" if uri else ""
    return asking_path(listing.id) if listing.post.deleted_at is None and listing.details.status in OPEN else ""


def _find_me(people: Sequence[StaffMember], account: Account | None) -> StaffMember | None:
    """The reader among them."""
    return next((one for one in people if account is not None and one.actor_id == account.actor_id), None)


async def _find_role(conn: Connection, actor: Actor, account: Account | None) -> StaffRole | None:
    """What the reader does there; nobody here does anything in a shop elsewhere."""
    return await staff.find_role(conn, actor.id, account) if account is not None and actor.local else None


async def _get_shop(conn: Connection, site: Site, handle: str) -> tuple[Actor, RepairShop]:
    """The shop of `NAME` or `NAME@HOST`. Raises NotFound, also for one that is gone or suspended."""
    username, _, host = handle.partition("@")
    if not host or host.lower() == site.host:
        actor = await actors.find_published(conn, username.lower())
    else:
        actor = await actors.find_by_handle(conn, username, host.lower())
    shop = await shops.find(conn, actor.id) if actor is not None and not actor.gone else None
    if actor is None or shop is None:
        raise NotFound
    return actor, shop


def _place_of(actor: Actor) -> Place | None:
    if actor.latitude is None or actor.longitude is None:
        return None
    return Place(name=actor.place_name or "", latitude=actor.latitude, longitude=actor.longitude, radius=actor.radius)


async def _find_charter(conn: Connection, appearance: Appearance | None) -> CharterView | None:
    """The collective, as far as it is known here."""
    if appearance is None or appearance.collective_uri is None:
        return None
    found = await communities.find_by_uri(conn, appearance.collective_uri)
    if found is None or found.hidden:
        return CharterView(
            name="",
            href=web_address(appearance.collective_uri),
            version=appearance.charter_version,
            since=appearance.since,
            rules=(),
        )
    version = appearance.charter_version
    charter = await charters.find_version(conn, found.actor_id, version) if version else None
    return CharterView(
        name=found.name,
        href=_charter_path(found, version),
        version=version,
        since=appearance.since,
        rules=_list_rules(charter),
    )


def _charter_path(collective: Community, version: int | None) -> str:
    return f"{community_path(collective)}/charte?version={version}" if version else community_path(collective)


def _list_rules(charter: Charter | None) -> list[str]:
    """The first articles, or the first lines of a charter without any."""
    blocks = [one for one in read_blocks(charter.text) if one.kind != "heading"] if charter is not None else []
    articles = [one for one in blocks if one.kind == "article"] or blocks
    return [one.text for one in articles[:RULES]]


async def _find_decided(conn: Connection, actor: Actor, appearance: Appearance | None) -> Decided | None:
    """Who decided that a shop of ours appears."""
    if appearance is None or not actor.local:
        return None
    if appearance.collective_uri is None:
        asked = await requests.find_last(conn, actor.id)
        if asked is None or asked.decided_at is None:
            return None
        return Decided(name=asked.decided_name, at=asked.decided_at, version=None, reason=asked.reason)
    collective = await communities.find_by_uri(conn, appearance.collective_uri)
    if collective is None:
        return None
    for one in await decisions.list_decisions(conn, collective.actor_id, subject_id=actor.id, limit=20):
        if one.kind == "joined":
            name = "" if one.actor_id == actor.id else one.actor_name
            return Decided(name=name, at=one.created_at, version=one.version, reason=one.reason)
    return None
