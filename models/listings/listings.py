"""Offers, requests and repair calls: one aggregate, since the three share author, text, place, time and state."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal, get_args

from models.errors import NotFound
from models.posts import Audience, NewPost, Post, create, find_by_uri, save_edit
from models.preferences import ListingKind as ListingKind
from models.store.database import Connection, Record, execute, execute_many, fetch_records
from models.store.statements import name_values

ListingMode = Literal["gift", "loan", "swap", "sale", "service", "repair", "other"]
ListingStatus = Literal["open", "reserved", "fulfilled", "cancelled", "expired", "paused"]
ClosedReason = Literal["here", "elsewhere"]

KINDS: tuple[ListingKind, ...] = get_args(ListingKind)

OPEN: tuple[ListingStatus, ...] = ("open", "reserved")
"""States in which a listing stands in lists and may be asked for; in SQL `is_open_status`."""

STANDING: tuple[ListingStatus, ...] = ("reserved", "open", "paused")
"""States in which it has not ended, what is promised first; in SQL `is_standing_status`."""

OVER: tuple[ListingStatus, ...] = ("expired", "fulfilled", "cancelled")
"""States in which nobody needs to wait for an answer any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingDetails:
    """What a listing is beyond its post. Quantities and money are decimals, places already blurred.

    `description` is the cleaned HTML of the text alone; `repair` is
    {"bike_type", "interventions", "wheel_size", "rideable", "urgency", "reach"}; `reciprocal` the intent as received.
    `begins_at`/`ends_at` are the wanted window, `expires_at` is when the listing ends by itself. `points` are what it
    costs members of this cooperative; with `first_come` whoever asks first gets it, else its author chooses.
    `calendar_uri` is where one from elsewhere tells when it is not to be had, `slots_uri` where a shop, here or
    elsewhere, tells at which times it takes appointments (models/repairs/bookings). A `meeting` has a second row, in
    `models/meetings`. `subcategory` is one of ours under the category (`subcategories`), with its label as it is now.
    """

    kind: ListingKind
    mode: ListingMode
    title: str
    description: str = ""
    category: str | None = None
    category_uri: str | None = None
    status: ListingStatus = "open"
    closed_reason: ClosedReason | None = None
    stream_uri: str | None = None
    territory_uri: str | None = None
    place_name: str | None = None
    postcode: str | None = None
    commune_code: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    radius: int | None = None
    condition: str | None = None
    quantity: Decimal = Decimal(1)
    unit: str = "one"
    available_quantity: Decimal | None = None
    unit_based: bool = False
    price: Decimal | None = None
    currency: str | None = None
    free_price: bool = False
    wants: str | None = None
    reciprocal: dict[str, Any] | None = None
    deposit: Decimal | None = None
    max_duration: str | None = None
    begins_at: datetime | None = None
    ends_at: datetime | None = None
    expires_at: datetime | None = None
    repair: dict[str, Any] | None = None
    points: int | None = None
    first_come: bool = False
    calendar_uri: str | None = None
    meeting: bool = False
    slots_uri: str | None = None
    subcategory: str | None = None
    subcategory_label: str | None = None

    @property
    def chosen_category(self) -> str | None:
        """What was chosen in forms: the sub-category, else the shared category."""
        return self.subcategory or self.category


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A listing with its post."""

    post: Post
    details: ListingDetails

    @property
    def id(self) -> int:
        """The post's id."""
        return self.post.id

    @property
    def uri(self) -> str:
        """The ActivityPub id."""
        return self.post.uri


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingDraft:
    """What somebody filled in, whichever door it came through (page, API, command line); `outbox/listings/listings`
    takes it.

    `text` is plain text as typed; `media_ids` are uploads of the author, in order. `community_id` is inside which it
    stays, where `audience` says so. `by_slots`: a shop takes appointments, `quantity` of them at once. `category` is a
    shared one, or a sub-category of ours.
    """

    kind: ListingKind
    mode: ListingMode
    title: str
    text: str = ""
    category: str | None = None
    audience: Audience = "network"
    language: str = "fr"
    place_name: str | None = None
    postcode: str | None = None
    commune_code: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    radius: int | None = None
    media_ids: tuple[int, ...] = ()
    condition: str | None = None
    quantity: Decimal = Decimal(1)
    unit: str = "one"
    price: Decimal | None = None
    free_price: bool = False
    wants: str | None = None
    deposit: Decimal | None = None
    max_duration: str | None = None
    begins_at: datetime | None = None
    ends_at: datetime | None = None
    expires_at: datetime | None = None
    repair: dict[str, Any] | None = None
    points: int | None = None
    first_come: bool = False
    community_id: int | None = None
    by_slots: bool = False


def has_calendar(details: ListingDetails) -> bool:
    """Whether it is to be had on some days and not on others: what is lent, and what somebody does."""
    return details.kind == "offer" and details.mode in ("loan", "service")


def find_stock(details: ListingDetails) -> Decimal | None:
    """How much of it there is at once; None for hours of service, which only its author can count."""
    if details.unit_based:
        return details.available_quantity
    return details.quantity if details.available_quantity is None else details.available_quantity


_POST_FIELDS = [field.name for field in fields(Post) if field.name not in ("kind", "thanks_for")]
_DETAIL_FIELDS = [field.name for field in fields(ListingDetails)]


def read_listing(record: Record) -> Listing:
    """A row of the view full_listing as a value."""
    return Listing(
        post=Post(kind="listing", **{name: record[name] for name in _POST_FIELDS}),
        details=ListingDetails(**{name: record[name] for name in _DETAIL_FIELDS}),
    )


async def create_listing(conn: Connection, new: NewPost, details: ListingDetails) -> Listing:
    """Store a listing of ours."""
    post = await create(conn, new)
    assert post is not None, "a fresh id cannot be taken"
    await save_details(conn, post.id, details)
    return Listing(post=post, details=details)


async def save_remote(conn: Connection, new: NewPost, details: ListingDetails) -> tuple[Listing, bool, bool]:
    """Keep a listing from elsewhere, or its newer version. The listing, whether it is new here, whether it was edited.

    A note that turns out to be a listing becomes one, unless that was before. Never touches one of ours (B-21), nor a
    tombstone.
    """
    created = await create(conn, new)
    if created is not None:
        await save_details(conn, created.id, details)
        return Listing(post=created, details=details), True, False
    held = await find_by_uri(conn, new.uri)
    assert held is not None
    edited = (
        not held.local
        and held.deleted_at is None
        and (new.updated_at is not None or (held.kind == "note" and held.updated_at is None))
        and await save_edit(conn, held.id, new)
    )
    if edited:
        await execute(conn, "UPDATE post SET kind = 'listing' WHERE id = $1", held.id)
        await save_details(conn, held.id, details)
    listing = await find_by_post(conn, held.id)
    if listing is None:
        raise NotFound
    return listing, False, edited


_SAVE_DETAILS = name_values(
    """
    INSERT INTO listing (post_id, kind, mode, title, description, category, category_uri, status, closed_reason,
        stream_uri, territory_uri, place_name, postcode, commune_code, latitude, longitude, radius, condition,
        quantity, unit, available_quantity, unit_based, price, currency, free_price, wants, reciprocal, deposit,
        max_duration, begins_at, ends_at, expires_at, repair, points, first_come, calendar_uri, meeting,
        slots_uri, subcategory)
    VALUES (:post_id, :kind, :mode, :title, :description, :category, :category_uri, :status, :closed_reason,
        :stream_uri, :territory_uri, :place_name::text, :postcode::text, coalesce(:commune_code::text, (
            SELECT code FROM commune WHERE postcodes @> ARRAY[:postcode::text] AND fold(name) = fold(:place_name::text)
            ORDER BY population DESC, code LIMIT 1)),
        :latitude, :longitude, :radius, :condition,
        :quantity, :unit, :available_quantity, :unit_based, :price, :currency, :free_price, :wants,
        :reciprocal, :deposit, :max_duration, :begins_at, :ends_at, :expires_at, :repair, :points, :first_come,
        :calendar_uri, :meeting, :slots_uri, :subcategory)
    ON CONFLICT (post_id) DO UPDATE SET kind = excluded.kind, mode = excluded.mode, title = excluded.title,
        description = excluded.description, category = excluded.category, category_uri = excluded.category_uri,
        status = excluded.status, closed_reason = excluded.closed_reason, stream_uri = excluded.stream_uri,
        territory_uri = excluded.territory_uri, place_name = excluded.place_name, postcode = excluded.postcode,
        commune_code = excluded.commune_code, latitude = excluded.latitude, longitude = excluded.longitude,
        radius = excluded.radius, condition = excluded.condition, quantity = excluded.quantity,
        unit = excluded.unit, available_quantity = excluded.available_quantity,
        unit_based = excluded.unit_based, price = excluded.price, currency = excluded.currency,
        free_price = excluded.free_price, wants = excluded.wants, reciprocal = excluded.reciprocal,
        deposit = excluded.deposit, max_duration = excluded.max_duration, begins_at = excluded.begins_at,
        ends_at = excluded.ends_at, expires_at = excluded.expires_at, repair = excluded.repair,
        points = excluded.points, first_come = excluded.first_come,
        calendar_uri = excluded.calendar_uri, meeting = excluded.meeting,
        slots_uri = excluded.slots_uri, subcategory = excluded.subcategory
    """,
    ListingDetails,
    also=["post_id"],
)


async def save_details(conn: Connection, post_id: int, details: ListingDetails) -> None:
    """Write everything a listing is beyond its post.

    Those from elsewhere say their commune by its name and postcode: its code is found and kept with them.
    """
    await execute(
        conn,
        _SAVE_DETAILS.sql,
        *_SAVE_DETAILS.args(details, post_id=post_id),
    )


async def save_all_details(conn: Connection, details: Mapping[int, ListingDetails]) -> None:
    """The same for several, by the post."""
    if details:
        await execute_many(
            conn, _SAVE_DETAILS.sql, [_SAVE_DETAILS.args(one, post_id=id) for id, one in details.items()]
        )


async def find_by_post(conn: Connection, post_id: int) -> Listing | None:
    """The listing of this post, tombstones included. Checks no audience: `posts.find_visible` does."""
    found = await list_by_posts(conn, [post_id])
    return found.get(post_id)


async def find_by_listing_uri(conn: Connection, uri: str) -> Listing | None:
    """The listing with this ActivityPub id, tombstones included."""
    rows = await fetch_records(conn, "SELECT * FROM full_listing WHERE uri = $1", uri)
    return read_listing(rows[0]) if rows else None


async def find_by_url(conn: Connection, url: str) -> Listing | None:
    """The listing whose page for people is here, tombstones included. Checks no audience."""
    rows = await fetch_records(conn, "SELECT * FROM full_listing WHERE url = $1", url)
    return read_listing(rows[0]) if rows else None


async def get_own(conn: Connection, uri: str, author_id: int) -> Listing:
    """A living listing that this author may change. Raises NotFound, also for others' listings.

    A meeting has verbs of its own, which tell those who come.
    """
    listing = await find_by_listing_uri(conn, uri)
    if listing is None or listing.post.author_id != author_id or listing.post.deleted_at is not None:
        raise NotFound("listing_not_found")
    if listing.details.meeting:
        raise NotFound("listing_not_found")
    return listing


async def list_by_posts(conn: Connection, post_ids: list[int]) -> dict[int, Listing]:
    """The listings among these posts."""
    rows = await fetch_records(conn, "SELECT * FROM full_listing WHERE id = ANY($1)", post_ids)
    return {row["id"]: read_listing(row) for row in rows}
