"""A listing as others receive it: one Note with a FEP-0837 proposal in it, and its read-only twin."""

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from typing import Any

from federation.json.fields import PUBLIC, write_amount
from federation.texts.html_cleaner import to_text
from federation.uris import unavailabilities_uri
from federation.vocabulary.intents import Deposit, Intent, Quantity
from federation.vocabulary.marketplace import FlohmarktData, Proposal, RepairDetails
from federation.vocabulary.objects import Note
from models.listings import categories
from models.listings.listings import Listing, ListingDetails, ListingMode, ListingStatus, has_calendar
from models.people.actors import Actor
from models.posts.media.media import Media
from models.settings import Site
from outbox.builders.objects.attachments import build_documents, build_hashtags, build_place
from outbox.builders.objects.content import build_listing_tags
from outbox.builders.texts.wording import find_wording, write_price

ACTIONS: dict[ListingMode, str] = {"loan": "transferCustody", "service": "deliverService", "repair": "deliverService"}
"""Valueflows actions; whatever is not lent or done is transferred."""

STATUSES: dict[ListingStatus, str] = {
    "open": "Open",
    "reserved": "Reserved",
    "paused": "Paused",
    "fulfilled": "Fulfilled",
    "cancelled": "Cancelled",
    "expired": "Expired",
}

CURRENCIES = {"EUR": "https://www.wikidata.org/wiki/Q4916"}
"""Money is a resource whose kind is its Wikidata entry (FEP-0837)."""

SHARED_HOUR = f"{categories.PREFIX}heure-temps"
OTHER = f"{categories.PREFIX}autres"
REPAIR = f"{categories.PREFIX}velo-reparation"


def build_proposal(site: Site, author: Actor, listing: Listing, media: Iterable[Media] = ()) -> Proposal:
    """The listing; `media` are its pictures in order."""
    details = listing.details
    return Proposal(
        note=_build_note(site, author, listing, media),
        purpose="offer" if details.kind == "offer" else "request",
        publishes=_build_primary(listing),
        reciprocal=build_reciprocal(listing),
        unit_based=details.unit_based,
        kinds=_list_kinds(details),
        status=STATUSES[details.status],
        closed_reason=details.closed_reason,
        territory=details.territory_uri,
        condition=details.condition,
        free_price=details.free_price if details.mode == "sale" or details.free_price else None,
        repair=_build_repair(details.repair) if details.repair else None,
        flohmarkt=_build_flohmarkt(listing) if details.kind == "offer" and details.mode in ("gift", "sale") else None,
        unavailabilities=unavailabilities_uri(listing.uri) if has_calendar(details) else None,
        slots=details.slots_uri,
    )


def build_proposal_twin(site: Site, author: Actor, listing: Listing) -> Proposal:
    """The twin of type Proposal at `{id}/proposal`; never delivered, and silent about who else was addressed."""
    details = listing.details
    price = write_price(details, listing.post.language or "fr")
    proposal = build_proposal(site, author, listing)
    note = Note(
        id=f"{listing.uri}/proposal",
        type="Proposal",
        name=f"{details.title}, {price}" if price else details.title,
        attributed_to=author.uri,
        content=details.description,
        published=listing.post.published_at,
        updated=listing.post.updated_at,
        to=(PUBLIC,) if proposal.note.is_public else (),
        location=proposal.note.location,
        url=listing.post.url,
    )
    return replace(proposal, note=note)


def _build_note(site: Site, author: Actor, listing: Listing, media: Iterable[Media]) -> Note:
    post, details = listing.post, listing.details
    addressed = (*post.to_uris, *post.cc_uris)
    return Note(
        id=post.uri,
        attributed_to=author.uri,
        summary=post.warning if post.sensitive else "",
        sensitive=post.sensitive,
        content=post.content,
        language=post.language,
        url=post.url,
        published=post.published_at,
        updated=post.updated_at,
        end_time=details.expires_at,
        to=tuple(post.to_uris),
        cc=tuple(post.cc_uris),
        audience=details.stream_uri if details.stream_uri in addressed else None,
        context=post.context_uri or f"{post.uri}/context",
        replies=f"{post.uri}/replies",
        likes=f"{post.uri}/likes",
        shares=f"{post.uri}/shares",
        attachments=build_documents(site, media, details.title),
        hashtags=build_hashtags(site, build_listing_tags(details)),
        location=build_place(details),
        can_quote=(PUBLIC,) if PUBLIC in addressed else (),
    )


def _list_kinds(details: ListingDetails) -> tuple[str, ...]:
    name = find_wording(details.kind, details.mode).type
    return (name,) if name else ()


def _build_primary(listing: Listing) -> Intent:
    """What is offered or wanted. Of what is done there is nothing left."""
    details = listing.details
    quantity = Quantity(value=details.quantity, unit=details.unit)
    available = None
    if details.status == "fulfilled":
        available = Quantity(value=Decimal(0), unit=details.unit)
    elif details.kind == "offer":
        available = Quantity(value=_first(details.available_quantity, details.quantity), unit=details.unit)
    return Intent(
        id=f"{listing.uri}#primary",
        name=details.title,
        action=ACTIONS.get(details.mode, "transfer"),
        conforms_to=_find_category(details),
        quantity=quantity,
        minimum=Quantity(value=Decimal(1), unit=details.unit) if details.unit_based else None,
        available=available,
        has_beginning=details.begins_at,
        has_end=details.ends_at,
        max_duration=details.max_duration,
        deposit=Deposit(conforms_to=_find_currency(details), quantity=Quantity(value=details.deposit))
        if details.deposit
        else None,
    )


def _first(value: Decimal | None, otherwise: Decimal) -> Decimal:
    return otherwise if value is None else value


def _find_category(details: ListingDetails) -> str:
    """The category's IRI; FEP-0837 wants one always."""
    if details.category_uri:
        return details.category_uri
    if details.category:
        return f"{categories.PREFIX}{details.category}"
    return REPAIR if details.kind == "repair_call" else OTHER


def _find_currency(details: ListingDetails) -> str | None:
    return CURRENCIES.get(details.currency or "EUR")


def build_reciprocal(listing: Listing) -> Intent | None:
    """What is given in return: money, so many hours, or what the author says; nothing for a gift or a loan."""
    details = listing.details
    id = f"{listing.uri}#reciprocal"
    if details.free_price or details.price:
        amount = Quantity(value=None if details.free_price else details.price)
        return Intent(id=id, action="transfer", conforms_to=_find_currency(details), quantity=amount)
    if not details.wants:
        return None
    hours = details.mode == "service" and details.unit == "hour"
    return Intent(
        id=id,
        name=details.wants,
        action="transfer",
        conforms_to=SHARED_HOUR if hours else OTHER,
        quantity=Quantity(value=Decimal(1), unit="hour" if hours else "one"),
    )


def _build_repair(repair: dict[str, Any]) -> RepairDetails:
    return RepairDetails(
        bike_type=repair.get("bike_type") or "",
        interventions=tuple(repair.get("interventions") or ()),
        wheel_size=repair.get("wheel_size") or "",
        rideable=repair.get("rideable"),
        urgency=repair.get("urgency") or "",
        reach=repair.get("reach") or "",
        travel_distance=repair.get("travel_km"),
        part_needed=repair.get("part") or "",
        reward=repair.get("reward") or "",
    )


def _build_flohmarkt(listing: Listing) -> FlohmarktData:
    """What flohmarkt shows of a thing that changes hands; a free price is 0 there, which has no word for it."""
    details = listing.details
    place = build_place(details)
    return FlohmarktData(
        name=details.title,
        description=to_text(details.description),
        price=write_amount(details.price) if details.price and not details.free_price else "0",
        currency=details.currency or "EUR",
        original_id=listing.uri.rpartition("/")[2],
        latitude=place.latitude if place else None,
        longitude=place.longitude if place else None,
    )
