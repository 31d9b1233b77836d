"""From what a program sent to a `ListingDraft`, by the same rules as the form on the page."""

from dataclasses import fields, replace
from typing import Any

from msgspec import UNSET

from models.errors import Invalid
from models.ids import HIGHEST_ID
from models.listings import categories
from models.listings.listings import ListingDraft
from models.people import member_locations
from models.people.actors import Actor
from models.places.places import place_fields
from models.posts.media import media
from models.settings import Site
from models.store.database import Connection
from outbox.inside import read_audience
from outbox.listings.listing_defaults import find_own_place, place_around_home
from web.api.declic.listings.reading import find_categories, require_commune
from web.api.declic.request_schemas import ListingChange, NewListing
from web.rendering.branding import load_branding

PLAIN = (
    *("kind", "title", "text", "category", "language", "condition", "quantity", "unit", "price"),
    *("free_price", "first_come", "wants", "deposit", "max_duration", "begins_at", "ends_at", "expires_at"),
)
"""Fields that are called the same in a draft; nothing in them is the draft's own default."""

REPAIR = ("bike_type", "interventions", "wheel_size", "rideable", "urgency")

BIKE_REPAIR = "velo-reparation"


async def begin_draft(conn: Connection, site: Site, author: Actor, sent: NewListing) -> ListingDraft:
    """A new listing. Raises Invalid."""
    blank = ListingDraft(kind=sent.kind, mode="repair", title=sent.title, language=site.languages[0])
    if sent.kind != "repair_call" and sent.mode is UNSET:
        raise Invalid("parameter_missing", name="mode", field="mode")
    place = await find_own_place(conn, author) if not sent.commune else None
    return await change_draft(conn, site, author, replace(blank, **place_fields(place)), sent)


async def change_draft(
    conn: Connection, site: Site, author: Actor, held: ListingDraft, sent: ListingChange
) -> ListingDraft:
    """The draft with what was sent; what goes with another mode is taken out, or refused where it was sent."""
    given = {name: getattr(sent, name) for name in sent.__struct_fields__ if getattr(sent, name) is not UNSET}
    draft = replace(held, **{name: _or_default(name, given[name]) for name in PLAIN if name in given})
    draft = replace(draft, mode=await _read_mode(conn, site, draft, held, given))
    draft = _fit_terms(draft, given)
    await find_categories(conn, given.get("category") or "")
    draft = _fit_kind(draft, given)
    if "commune" in given or "around_home" in given:
        draft = replace(draft, **await _read_place(conn, author, draft, given))
    if "audience" in given:
        audience, community_id = await read_audience(conn, author, given["audience"])
        draft = replace(draft, audience=audience, community_id=community_id)
    if "media_ids" in given:
        draft = replace(draft, media_ids=await _read_photos(conn, author, given["media_ids"]))
    return draft


def _or_default(name: str, value: Any) -> Any:
    if value is not None:
        return value
    return next(field.default for field in fields(ListingDraft) if field.name == name)


async def _read_mode(
    conn: Connection, site: Site, draft: ListingDraft, held: ListingDraft, given: dict[str, Any]
) -> Any:
    """One of those that the cooperative allows; a listing keeps the one that it has."""
    if draft.kind == "repair_call":
        if given.get("mode", "repair") != "repair":
            raise Invalid("value_not_allowed", name="mode", allowed="repair", field="mode")
        return "repair"
    mode = given.get("mode", held.mode)
    if mode != held.mode:
        allowed = (await load_branding(conn, site)).modes
        if mode not in allowed:
            raise Invalid("value_not_allowed", name="mode", allowed=", ".join(allowed), field="mode")
    return mode


def _fit_terms(draft: ListingDraft, given: dict[str, Any]) -> ListingDraft:
    """With the terms that go with its mode, and no others."""
    draft, fits = _fit_unit(draft, given), _find_fitting(draft)
    idle = [name for name, fitting in fits.items() if not fitting]
    for name in idle:
        if given.get(name):
            raise Invalid("parameter_does_not_fit", name=name, kind=draft.kind, mode=draft.mode, field=name)
    draft = replace(draft, **{name: _or_default(name, None) for name in idle})
    return _fit_price(draft) if fits["price"] else draft


def _find_fitting(draft: ListingDraft) -> dict[str, bool]:
    """Which terms go with its kind and its mode."""
    offered = draft.kind == "offer"
    sold = offered and draft.mode == "sale"
    return {
        "max_duration": draft.mode == "loan",
        "deposit": offered and draft.mode == "loan",
        "price": sold,
        "free_price": sold,
        "wants": draft.mode in ("swap", "service"),
        "condition": offered and draft.mode != "service",
        "first_come": offered and draft.mode == "gift",
    }


def _fit_unit(draft: ListingDraft, given: dict[str, Any]) -> ListingDraft:
    """Only a service is counted in hours."""
    if draft.mode == "service" or draft.unit != "hour":
        return draft
    if given.get("unit") == "hour":
        raise Invalid("parameter_does_not_fit", name="unit", kind=draft.kind, mode=draft.mode, field="unit")
    return replace(draft, unit="one")


def _fit_price(draft: ListingDraft) -> ListingDraft:
    """What is sold has a price, or a free one."""
    if draft.free_price:
        return replace(draft, price=None)
    if draft.price is None:
        raise Invalid("price_missing", field="price")
    return draft


def _fit_kind(draft: ListingDraft, given: dict[str, Any]) -> ListingDraft:
    """With a category of its branch, and of a repair call what is wrong with the bike."""
    called = draft.kind == "repair_call"
    category = categories.find_chosen(draft.category or "")
    if category is not None and (category.branch == "repairs") != called:
        if given.get("category"):
            raise Invalid("category_does_not_fit", slug=category.slug, kind=draft.kind, field="category")
        draft = replace(draft, category=None)
    return _fit_call(draft, given) if called else _fit_no_call(draft, given)


def _fit_no_call(draft: ListingDraft, given: dict[str, Any]) -> ListingDraft:
    for name in REPAIR:
        if given.get(name):
            raise Invalid("repair_call_only", name=name, field=name)
    return replace(draft, repair=None)


def _fit_call(draft: ListingDraft, given: dict[str, Any]) -> ListingDraft:
    """With what is given of the bike, else what was known of it."""
    held = draft.repair or {}
    repair = {**held, **{name: given[name] if name in given else held.get(name) for name in REPAIR}}
    repair["interventions"] = list(dict.fromkeys(repair["interventions"] or ()))
    if not repair["interventions"]:
        raise Invalid("interventions_missing", field="interventions")
    return replace(draft, repair=repair, category=draft.category or BIKE_REPAIR)


async def _read_place(conn: Connection, author: Actor, draft: ListingDraft, given: dict[str, Any]) -> dict[str, Any]:
    """The commune that was sent, else the one there is, or the blurred circle around the author's home in it."""
    if "commune" in given and not given["commune"]:
        if given.get("around_home"):
            raise Invalid("commune_of_home_missing", field="commune")
        return place_fields(await find_own_place(conn, author))
    text = given.get("commune") or draft.commune_code or ""
    if not text:
        raise Invalid("parameter_missing", name="commune", field="commune")
    commune = await require_commune(conn, "commune", text)
    if given.get("around_home"):
        return place_fields(place_around_home(commune, await member_locations.find_location(conn, author.id)))
    return place_fields(commune.place)


async def _read_photos(conn: Connection, author: Actor, ids: list[str]) -> tuple[int, ...]:
    """The author's own pictures, each with its words."""
    wanted = tuple(dict.fromkeys(int(id) for id in ids))
    held = await media.list_by_ids(conn, [id for id in wanted if id <= HIGHEST_ID])
    for id in wanted:
        if id not in held or held[id].owner_id != author.id:
            raise Invalid("media_not_yours", id=str(id), field="media_ids")
        if not held[id].description:
            raise Invalid("media_description_missing", id=str(id), field="media_ids")
    return wanted
