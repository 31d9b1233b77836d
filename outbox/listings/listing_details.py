"""From a draft to what is stored of a listing, the place blurred as far as it has to be."""

from dataclasses import replace
from functools import partial
from typing import Any

from federation.texts.html_cleaner import from_text
from federation.uris import tag_url
from models.exchanges.points import PRICED
from models.listings import subcategories
from models.listings.categories import split_chosen
from models.listings.listings import Listing, ListingDetails, ListingDraft
from models.people.actors import Actor
from models.places.geometry import blur_home
from models.repairs.calls.reaches import REACHES
from models.settings import Site
from models.store.database import Connection
from outbox.listings.listing_defaults import is_at_place


async def describe_draft(
    conn: Connection, site: Site, author: Actor, draft: ListingDraft, stream: Actor | None
) -> ListingDetails:
    """What is kept of it; of a sub-category that is gone meanwhile the shared category."""
    details = describe(site, author, draft, stream, exact=await is_at_place(conn, author, draft))
    label = await subcategories.hold(conn, draft.category)
    return details if label is None else replace(details, subcategory=draft.category, subcategory_label=label)


def describe(
    site: Site, author: Actor, draft: ListingDraft, stream: Actor | None, *, exact: bool = False
) -> ListingDetails:
    """What is stored beside the post. A stream passes on only what is for everybody.

    Only what is at a place of ours, whose address is public, stands at the `exact` point. Of a sub-category
    this is the shared one alone.
    """
    draft = draft if exact else _blur(draft)
    return ListingDetails(
        kind=draft.kind,
        mode=draft.mode,
        title=draft.title,
        description=from_text(draft.text, tag_url=partial(tag_url, site)),
        category=split_chosen(draft.category)[0],
        stream_uri=stream.uri if stream is not None and draft.audience == "network" else None,
        territory_uri=author.territory_uri,
        place_name=draft.place_name,
        postcode=draft.postcode,
        commune_code=draft.commune_code,
        latitude=draft.latitude,
        longitude=draft.longitude,
        radius=draft.radius,
        condition=draft.condition,
        quantity=draft.quantity,
        unit=draft.unit,
        available_quantity=draft.quantity if draft.by_slots else None,
        unit_based=_is_counted(draft),
        price=draft.price,
        currency="EUR" if _has_money(draft) else None,
        free_price=draft.free_price,
        wants=draft.wants,
        deposit=draft.deposit,
        max_duration=draft.max_duration,
        begins_at=draft.begins_at,
        ends_at=draft.ends_at,
        expires_at=draft.expires_at,
        repair=_begin_reach(draft),
        first_come=draft.first_come and draft.kind == "offer" and draft.mode == "gift",
        points=draft.points if draft.kind != "repair_call" and draft.mode in PRICED else None,
    )


def _is_counted(draft: ListingDraft) -> bool:
    """Whether one asks for so much of it: hours of a service, or appointments."""
    return draft.by_slots or (draft.mode == "service" and draft.unit == "hour")


def _begin_reach(draft: ListingDraft) -> dict[str, Any] | None:
    """What is broken; a call is told in its first wave first, whatever the draft says."""
    return draft.repair if draft.kind != "repair_call" else (draft.repair or {}) | {"reach": REACHES[0]}


def keep_reach(held: Listing, details: ListingDetails) -> ListingDetails:
    """The changed details of a call, as far told as it was."""
    reach = (held.details.repair or {}).get("reach")
    if details.repair is None or reach is None:
        return details
    return replace(details, repair=details.repair | {"reach": reach})


def _has_money(draft: ListingDraft) -> bool:
    return draft.price is not None or draft.deposit is not None or draft.free_price


def _blur(draft: ListingDraft) -> ListingDraft:
    """A point nearer than a cell is somebody's home; doors blur it too."""
    if draft.latitude is None or draft.longitude is None:
        return draft
    latitude, longitude, radius = blur_home(draft.latitude, draft.longitude, draft.radius)
    return replace(draft, latitude=latitude, longitude=longitude, radius=radius)
