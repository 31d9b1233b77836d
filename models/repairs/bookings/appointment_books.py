"""Shops of ours that take appointments: by which rules, at which times, and who comes."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import islice

from models.errors import NotFound
from models.exchanges.agreements import State
from models.ids import make_id
from models.listings import listings
from models.listings.availability import list_taken
from models.listings.listings import Listing, find_stock
from models.people import actors
from models.people.opening_hours import read_hours
from models.repairs.bookings.slots import MOST_SLOTS, Slot, SlotRules, follow_free, is_slot
from models.store.database import Connection, execute, fetch_all, fetch_one, fetch_records, fetch_value

MOST_HELD = 20_000
"""Ranges that are looked at for the slots of a shop: ten at once, half a year, ten times a day."""

MOST_ENTRIES = 1_000
"""Lines of one look at an agenda."""

WALK_INS_KEPT = timedelta(days=30)
"""So long after the day a shop still reads who walked in; /mentions-legales says it."""

MOST_WALK_INS = 10_000
"""Lines of one file of them: a shop takes ten at once, half a year ahead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AppointmentBook:
    """How a shop takes appointments, about which listing of its own."""

    listing_id: int
    actor_id: int
    slot_minutes: int
    notice_hours: int
    ahead_days: int

    @property
    def rules(self) -> SlotRules:
        """The rules alone."""
        return SlotRules(slot_minutes=self.slot_minutes, notice_hours=self.notice_hours, ahead_days=self.ahead_days)


@dataclass(frozen=True, slots=True, kw_only=True)
class WalkIn:
    """Somebody who came by or rang up; the shop alone reads it. `place` is where the shop goes, if it does."""

    begins_at: datetime
    ends_at: datetime
    name: str
    phone: str = ""
    note: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopVisit:
    """A line of the shop's agenda: of somebody who asked, an agreement; of who walked in, `walk_in_id`.

    `waits`: the terms on the table are the other side's, and the shop is asked for an answer. `place` is the commune to
    which the shop comes, `address` where exactly, once both said yes; of who walked in `place` is all that was noted.
    """

    begins_at: datetime
    ends_at: datetime
    name: str
    state: State | None
    agreement_id: int | None
    offer_uri: str
    waits: bool
    quantity: Decimal
    walk_in_id: int | None
    phone: str
    note: str
    place: str
    address: str


async def find_of_actor(conn: Connection, actor_id: int) -> AppointmentBook | None:
    """The book of this shop, if it takes appointments."""
    return await fetch_one(
        conn,
        AppointmentBook,
        "SELECT listing_id, actor_id, slot_minutes, notice_hours, ahead_days FROM appointment_book WHERE actor_id = $1",
        actor_id,
    )


async def find(conn: Connection, listing_id: int) -> AppointmentBook | None:
    """The book that this listing is of."""
    return await fetch_one(
        conn,
        AppointmentBook,
        """
        SELECT listing_id, actor_id, slot_minutes, notice_hours, ahead_days FROM appointment_book WHERE listing_id = $1
        """,
        listing_id,
    )


async def map_of_actors(conn: Connection, actor_ids: Collection[int]) -> dict[int, AppointmentBook]:
    """The books of those of these shops that have one."""
    found = await fetch_all(
        conn,
        AppointmentBook,
        """
        SELECT listing_id, actor_id, slot_minutes, notice_hours, ahead_days FROM appointment_book
        WHERE actor_id = ANY($1)
        """,
        list(actor_ids),
    )
    return {one.actor_id: one for one in found}


async def find_listing_of(conn: Connection, actor_uri: str) -> Listing | None:
    """The listing of the appointments of this shop, as an Offer may name it by its actor."""
    listing_id = await fetch_value(
        conn,
        "SELECT b.listing_id FROM appointment_book b JOIN actor a ON a.id = b.actor_id WHERE a.uri = $1",
        actor_uri,
    )
    return await listings.find_by_post(conn, listing_id) if listing_id is not None else None


async def find_standing(conn: Connection, actor_id: int) -> str | None:
    """The id of the listing by which one asks this shop of ours for an appointment, while it takes any."""
    found: str | None = await fetch_value(
        conn,
        """
        SELECT p.uri FROM appointment_book b JOIN listing l ON l.post_id = b.listing_id JOIN post p ON p.id = l.post_id
        WHERE b.actor_id = $1 AND is_open_status(l.status) AND p.deleted_at IS NULL AND p.audience = 'network'
        """,
        actor_id,
    )
    return found


async def save(conn: Connection, listing_id: int, actor_id: int, rules: SlotRules) -> None:
    """This shop takes appointments by these rules, about this listing. A book that it had about another one ends."""
    await execute(conn, "DELETE FROM appointment_book WHERE actor_id = $1 AND listing_id <> $2", actor_id, listing_id)
    await execute(
        conn,
        """
        INSERT INTO appointment_book (listing_id, actor_id, slot_minutes, notice_hours, ahead_days)
        VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (listing_id) DO UPDATE SET slot_minutes = excluded.slot_minutes,
            notice_hours = excluded.notice_hours, ahead_days = excluded.ahead_days
        """,
        listing_id,
        actor_id,
        rules.slot_minutes,
        rules.notice_hours,
        rules.ahead_days,
    )


async def list_slots(conn: Connection, listing: Listing, *, at: datetime) -> list[Slot]:
    """The slots of a listing of ours that may be asked for now and have room, by time; none where it has no book."""
    return list(islice(await _follow_free(conn, listing, at), MOST_SLOTS))


async def find_first_slot(conn: Connection, listing: Listing, *, at: datetime) -> Slot | None:
    """The first of them."""
    return next(await _follow_free(conn, listing, at), None)


async def _follow_free(conn: Connection, listing: Listing, at: datetime) -> Iterator[Slot]:
    book = await find(conn, listing.id)
    if book is None:
        return iter(())
    shop = await actors.get(conn, book.actor_id)
    until = at + timedelta(days=book.ahead_days + 1)
    taken = await list_taken(conn, listing.id, at, until, most=MOST_HELD)
    capacity = int(find_stock(listing.details) or 0)
    return follow_free(read_hours(shop.hours), book.rules, taken, capacity, at=at)


async def is_offered(
    conn: Connection, listing_id: int, begins_at: datetime | None, ends_at: datetime | None, *, at: datetime
) -> bool:
    """Whether these are a slot of the shop, full or not; True for a listing without a book."""
    book = await find(conn, listing_id)
    if book is None:
        return True
    if begins_at is None or ends_at is None:
        return False
    shop = await actors.get(conn, book.actor_id)
    return is_slot(read_hours(shop.hours), book.rules, begins_at, ends_at, at=at)


async def add_walk_in(conn: Connection, listing_id: int, walk_in: WalkIn) -> None:
    """She comes then. Whether there is room is looked at before; the listing is locked."""
    await execute(
        conn,
        """
        INSERT INTO walk_in (id, listing_id, begins_at, ends_at, name, phone, note, place)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        """,
        make_id(),
        listing_id,
        walk_in.begins_at,
        walk_in.ends_at,
        walk_in.name,
        walk_in.phone,
        walk_in.note,
        walk_in.place,
    )


async def remove_walk_in(conn: Connection, listing_id: int, walk_in_id: int) -> None:
    """She does not come, and nothing came out of it. Raises NotFound for what is not in this book."""
    gone = await fetch_records(
        conn, "DELETE FROM walk_in WHERE listing_id = $1 AND id = $2 RETURNING result_id", listing_id, walk_in_id
    )
    if not gone:
        raise NotFound
    await execute(conn, "DELETE FROM repair_result WHERE id = $1", gone[0]["result_id"])


async def forget_over(conn: Connection) -> int:
    """Who walked in a month ago is nobody's business any more; how many."""
    return await execute(conn, "DELETE FROM walk_in WHERE ends_at < now() - $1::interval", WALK_INS_KEPT)


async def list_entries(conn: Connection, listing_id: int, begins_at: datetime, ends_at: datetime) -> list[ShopVisit]:
    """Who comes between two moments or asks to, by time: MOST_ENTRIES at most."""
    return await fetch_all(
        conn,
        ShopVisit,
        """
        SELECT g.begins_at, coalesce(g.ends_at, g.begins_at) AS ends_at,
            coalesce(nullif(a.name, ''), a.username) AS name, g.state, g.id AS agreement_id, g.offer_uri,
            is_open_state(g.state) AND g.proposed_by = g.partner_id AS waits, g.quantity, NULL::bigint AS walk_in_id,
            '' AS phone, g.note, g.place,
            CASE WHEN is_bound_state(g.state) THEN coalesce(v.address, '') ELSE '' END AS address
        FROM agreement g JOIN actor a ON a.id = g.partner_id LEFT JOIN visit_address v ON v.agreement_id = g.id
        WHERE g.listing_id = $1 AND (is_live_state(g.state) OR g.state = 'done') AND g.begins_at < $3
            AND coalesce(g.ends_at, g.begins_at) >= $2
        UNION ALL
        SELECT begins_at, ends_at, name, NULL, NULL, '', false, 1, id, phone, note, place, '' FROM walk_in
        WHERE listing_id = $1 AND begins_at < $3 AND ends_at > greatest($2, now() - $5::interval)
        ORDER BY 1, 3 LIMIT $4
        """,
        listing_id,
        begins_at,
        ends_at,
        MOST_ENTRIES,
        WALK_INS_KEPT,
    )


async def list_walk_ins(conn: Connection, listing_id: int, begins_at: datetime, ends_at: datetime) -> list[WalkIn]:
    """Who walked in or rang up between two moments, by time, as far as that is kept: MOST_WALK_INS at most."""
    return await fetch_all(
        conn,
        WalkIn,
        """
        SELECT begins_at, ends_at, name, phone, note, place FROM walk_in
        WHERE listing_id = $1 AND begins_at < $3 AND ends_at > greatest($2, now() - $5::interval)
        ORDER BY begins_at, id LIMIT $4
        """,
        listing_id,
        begins_at,
        ends_at,
        MOST_WALK_INS,
        WALK_INS_KEPT,
    )


async def list_waiting(conn: Connection, listing_id: int, *, at: datetime) -> list[ShopVisit]:
    """Who asks for an appointment to come and waits for the shop's answer, by time."""
    coming = await list_entries(conn, listing_id, at, at + timedelta(days=366))
    return [one for one in coming if one.waits]


async def count_coming(conn: Connection, listing_id: int) -> int:
    """How many have an appointment still to come, or ask for one."""
    return int(
        await fetch_value(
            conn,
            """
            SELECT (SELECT count(*) FROM agreement
                    WHERE listing_id = $1 AND is_live_state(state) AND coalesce(ends_at, begins_at) > now())
                + (SELECT count(*) FROM walk_in WHERE listing_id = $1 AND ends_at > now())
            """,
            listing_id,
        )
    )
