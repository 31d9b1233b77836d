"""From what a program sent to a `ListingDraft`, by the same rules as the form on the page."""

from dataclasses import fields, replace
from typing import Any

from msgspec import UNSET

from models import categories, homes, media
from models.actors import Actor
from models.database import Connection
from models.errors import Invalid
from models.listings import ListingDraft
from models.places import place_fields
from models.settings import Site
from outbox.beginnings import find_own_place, place_around_home
from web.api.declic.questions import ListingChange, NewListing
from web.api.declic.reading import require_commune
from web.face import load_face

PLAIN = (
    *("kind", "title", "text", "category", "audience", "language", "condition", "quantity", "unit", "price"),
    *("free_price", "first_come", "wants", "deposit", "max_duration", "begins_at", "ends_at", "expires_at"),
)
"""Fields that are called the same in a draft; nothing in them is the draft's own default."""

REPAIR = ("bike_type", "interventions", "wheel_size", "rideable", "urgency")

BIKE_REPAIR = "velo-reparation"


async def begin_draft(conn: Connection, site: Site, author: Actor, sent: NewListing) -> ListingDraft:
    """A new listing. Raises Invalid."""
    blank = ListingDraft(kind=sent.kind, mode="repair", title=sent.title, language=site.languages[0])
    if sent.kind != "repair_call" and sent.mode is UNSET:
        raise Invalid("mode is missing.", field="mode")
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
    draft = _fit_kind(draft, given)
    if "commune" in given or "around_home" in given:
        draft = replace(draft, **await _read_place(conn, author, draft, given))
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
            raise Invalid("mode: that of a repair call is repair.", field="mode")
        return "repair"
    mode = given.get("mode", held.mode)
    if mode != held.mode:
        allowed = (await load_face(conn, site)).modes
        if mode not in allowed:
            raise Invalid(f"mode is one of {', '.join(allowed)} here.", field="mode")
    return mode


def _fit_terms(draft: ListingDraft, given: dict[str, Any]) -> ListingDraft:
    """With the terms that go with its mode, and no others."""
    offered = draft.kind == "offer"
    lent, sold = offered and draft.mode == "loan", offered and draft.mode == "sale"
    fits = {
        "max_duration": draft.mode == "loan",
        "deposit": lent,
        "price": sold,
        "free_price": sold,
        "wants": draft.mode in ("swap", "service"),
        "condition": offered and draft.mode != "service",
        "first_come": offered and draft.mode == "gift",
    }
    if draft.unit == "hour" and draft.mode != "service":
        if given.get("unit") == "hour":
            raise Invalid(f"unit: hour does not go with {draft.kind} and {draft.mode}.", field="unit")
        draft = replace(draft, unit="one")
    for name, fitting in fits.items():
        if not fitting and given.get(name):
            raise Invalid(f"{name} does not go with {draft.kind} and {draft.mode}.", field=name)
    draft = replace(draft, **{name: _or_default(name, None) for name, fitting in fits.items() if not fitting})
    if sold and draft.free_price:
        return replace(draft, price=None)
    if sold and draft.price is None:
        raise Invalid("A sale has a price, or free_price.", field="price")
    return draft


def _fit_kind(draft: ListingDraft, given: dict[str, Any]) -> ListingDraft:
    """With a category of its branch, and of a repair call what is wrong with the bike."""
    called = draft.kind == "repair_call"
    category = categories.find(draft.category or "")
    if category is not None and (category.branch == "repairs") != called:
        if given.get("category"):
            raise Invalid(f"category: {category.slug} does not go with {draft.kind}.", field="category")
        draft = replace(draft, category=None)
    if not called:
        for name in REPAIR:
            if given.get(name):
                raise Invalid(f"{name}: only a repair call has this.", field=name)
        return replace(draft, repair=None)
    repair = {name: (draft.repair or {}).get(name) for name in REPAIR} | {
        name: given[name] for name in REPAIR if name in given
    }
    repair["interventions"] = list(dict.fromkeys(repair["interventions"] or ()))
    if not repair["interventions"]:
        raise Invalid("A repair call has interventions; diagnosis where nobody knows.", field="interventions")
    return replace(draft, repair=repair, category=draft.category or BIKE_REPAIR)


async def _read_place(conn: Connection, author: Actor, draft: ListingDraft, given: dict[str, Any]) -> dict[str, Any]:
    """The commune that was sent, else the one there is, or the blurred circle around the author's home in it."""
    if "commune" in given and not given["commune"]:
        if given.get("around_home"):
            raise Invalid("commune: say in which one you live.", field="commune")
        return place_fields(await find_own_place(conn, author))
    text = given.get("commune") or draft.commune_code or ""
    if not text:
        raise Invalid("commune is missing.", field="commune")
    commune = await require_commune(conn, "commune", text)
    if given.get("around_home"):
        return place_fields(place_around_home(commune, await homes.find_home(conn, author.id)))
    return place_fields(commune.place)


async def _read_photos(conn: Connection, author: Actor, ids: list[str]) -> tuple[int, ...]:
    """The author's own pictures, each with its words."""
    wanted = tuple(dict.fromkeys(int(id) for id in ids))
    held = await media.list_by_ids(conn, [id for id in wanted if id < 2**63])
    for id in wanted:
        if id not in held or held[id].owner_id != author.id:
            raise Invalid(f"media_ids: {id} is no picture of yours.", field="media_ids")
        if not held[id].description:
            raise Invalid(f"media_ids: describe {id} first, by PUT /api/v1/media/{id}.", field="media_ids")
    return wanted
