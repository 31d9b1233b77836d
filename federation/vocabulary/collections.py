"""Collections and their pages: outboxes, followers, featured posts, replies; and who vouches for whom in them."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from federation.json.fields import Json, compact, each, moment, optional, require_uri, types, uri, whole, write_moment
from federation.vocabulary.repair_shops import ListedShop, PriceDocument, write_listed_shop, write_price

COLLECTION_TYPES = frozenset({"Collection", "OrderedCollection"})
PAGE_TYPES = frozenset({"CollectionPage", "OrderedCollectionPage"})

MAX_ITEMS = 1000
MAX_TOTAL = 2**53


@dataclass(frozen=True, slots=True, kw_only=True)
class Relationship:
    """An entry of a cooperative's list of territories: `subject` vouches for `object`."""

    id: str
    subject: str
    relationship: str
    object: str
    published: datetime | None = None
    updated: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unavailability:
    """A range in which a listing is not to be had, from `start` until before `end`; nothing says why."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A time at which a shop takes so many more appointments, from `start` until before `end`."""

    start: datetime
    end: datetime
    left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Verbatim:
    """JSON text that is served as it was signed, byte for byte."""

    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection:
    """A collection: its first page, or the items themselves.

    Items are addresses or objects as received; of ours also a Relationship, an Unavailability, a Slot, a price,
    a shop or what is served Verbatim. Of a `counted` one nobody is told more than how many there are.
    """

    id: str
    ordered: bool = True
    total_items: int | None = None
    attributed_to: str | None = None
    updated: datetime | None = None
    first: str | None = None
    last: str | None = None
    items: tuple[Any, ...] = ()
    counted: bool = False
    raw: Json = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectionPage:
    """One page of a collection."""

    id: str
    part_of: str | None = None
    ordered: bool = True
    total_items: int | None = None
    next: str | None = None
    prev: str | None = None
    items: tuple[Any, ...] = ()
    raw: Json = field(default_factory=dict, compare=False, repr=False)


def read_collection(document: Json) -> Collection:
    """A collection; raises Malformed without an id. An inline first page lends its items."""
    items = _read_items(document)
    first = document.get("first")
    if not items and isinstance(first, dict):
        items = _read_items(first)
    return Collection(
        id=require_uri(document, "id"),
        ordered="OrderedCollection" in types(document),
        total_items=whole(document.get("totalItems"), 0, MAX_TOTAL),
        attributed_to=uri(document.get("attributedTo")),
        updated=moment(document.get("updated")),
        first=uri(first),
        last=uri(document.get("last")),
        items=items,
        raw=document,
    )


def read_collection_page(document: Json) -> CollectionPage:
    """A page; raises Malformed without an id."""
    return CollectionPage(
        id=require_uri(document, "id"),
        part_of=uri(document.get("partOf")),
        ordered="OrderedCollectionPage" in types(document),
        total_items=whole(document.get("totalItems"), 0, MAX_TOTAL),
        next=uri(document.get("next")),
        prev=uri(document.get("prev")),
        items=_read_items(document),
        raw=document,
    )


def read_relationship(document: Json) -> Relationship:
    """An entry of a directory; raises Malformed where a part is missing."""
    return Relationship(
        id=require_uri(document, "id"),
        subject=require_uri(document, "subject"),
        relationship=require_uri(document, "relationship"),
        object=require_uri(document, "object"),
        published=moment(document.get("published")),
        updated=moment(document.get("updated")),
    )


def read_unavailability(document: Json) -> Unavailability | None:
    """A range; None for one that does not end after it begins, and for anything else."""
    start, end = moment(document.get("startTime")), moment(document.get("endTime"))
    if "Unavailability" not in types(document) or start is None or end is None or start >= end:
        return None
    return Unavailability(start=start, end=end)


def read_slot(document: Json) -> Slot | None:
    """A time; None for one that does not end after it begins or has no room, and for anything else."""
    start, end = moment(document.get("startTime")), moment(document.get("endTime"))
    left = whole(document.get("remainingAttendeeCapacity"), 1, MAX_ITEMS)
    if "Slot" not in types(document) or start is None or end is None or left is None or start >= end:
        return None
    return Slot(start=start, end=end, left=left)


def _read_items(document: Json) -> tuple[Any, ...]:
    value = document.get("orderedItems", document.get("items"))
    found = (member for member in each(value) if isinstance(member, dict) or (isinstance(member, str) and uri(member)))
    return tuple(member for member, _ in zip(found, range(MAX_ITEMS), strict=False))


def write_collection(value: Collection) -> Json:
    """A collection; `orderedItems` only where it has no pages and is not merely counted (CO1)."""
    written: Json = {
        "id": value.id,
        "type": "OrderedCollection" if value.ordered else "Collection",
        "attributedTo": value.attributed_to,
        "updated": optional(value.updated, write_moment),
        "totalItems": value.total_items,
        "first": value.first,
        "last": value.last,
    }
    if value.items or (value.first is None and not value.counted):
        written["orderedItems" if value.ordered else "items"] = [_write_item(item) for item in value.items]
    return compact(written)


def write_collection_page(value: CollectionPage) -> Json:
    """A page of a collection."""
    return compact(
        {
            "id": value.id,
            "type": "OrderedCollectionPage" if value.ordered else "CollectionPage",
            "partOf": value.part_of,
            "totalItems": value.total_items,
            "next": value.next,
            "prev": value.prev,
            "orderedItems" if value.ordered else "items": [_write_item(item) for item in value.items],
        }
    )


def _write_item(item: Any) -> Any:
    if isinstance(item, PriceDocument):
        return write_price(item)
    if isinstance(item, ListedShop):
        return write_listed_shop(item)
    if isinstance(item, Unavailability):
        return {"type": "Unavailability", "startTime": write_moment(item.start), "endTime": write_moment(item.end)}
    if isinstance(item, Slot):
        return {
            "type": "Slot",
            "startTime": write_moment(item.start),
            "endTime": write_moment(item.end),
            "remainingAttendeeCapacity": item.left,
        }
    return write_relationship(item) if isinstance(item, Relationship) else item


def write_relationship(value: Relationship) -> Json:
    """An entry of a directory."""
    return compact(
        {
            "type": "Relationship",
            "id": value.id,
            "subject": value.subject,
            "relationship": value.relationship,
            "object": value.object,
            "published": optional(value.published, write_moment),
            "updated": optional(value.updated, write_moment),
        }
    )
