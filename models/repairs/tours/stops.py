"""What is agreed for a day at somebody's place: appointments of a shop that goes there, calls, and who walked in."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any, Literal

from models.moments import PARIS
from models.repairs.shops.shops import RepairShop
from models.store.database import Connection, execute, fetch_all, fetch_records

MOST_STOPS = 60
"""Of one day: nobody makes so many."""

LONGEST_FIXED = timedelta(hours=4)
"""What lasts longer is no hour to be somewhere, but a time within which one comes."""

PHONE = r"(?:\+33[ .-]?|\m0)[1-9](?:[ .-]?\d{2}){4}\M"
"""A French telephone number in words, as PostgreSQL reads expressions."""

How = Literal["appointment", "call", "walk_in"]

StopState = Literal["agreed", "said", "done", "missed"]
"""`said`: this side reports that it is done, and the other one has not yet. `missed`: it was called off once its hour
had come, or nobody came."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TourStop:
    """Where somebody goes on a day. `id` is the agreement's, or that of who walked in.

    `uri` names it in calendars, `sequence` rises with each change. `note` are the terms' own words; `title`, `repair`
    and `listing_place` are the listing's. `latitude`, `longitude` and `radius` are where a call is, as everybody may
    know it. `place` is what both agreed on.
    """

    how: How
    id: int
    exchange_id: int | None
    name: str
    begins_at: datetime | None
    ends_at: datetime | None
    state: StopState
    place: str
    note: str
    title: str
    repair: dict[str, Any] | None
    quantity: Decimal
    listing_place: str
    latitude: float | None
    longitude: float | None
    radius: int | None
    phone: str
    uri: str
    sequence: int
    changed_at: datetime

    @property
    def key(self) -> str:
        """By which the order of a day knows it."""
        return f"{'w' if self.how == 'walk_in' else 'a'}{self.id}"

    @property
    def fixed(self) -> bool:
        """Whether one has to be there at an hour: not on a whole day, nor within a long time."""
        if self.begins_at is None or self.begins_at.astimezone(PARIS).time() == time():
            return False
        return self.ends_at is None or self.ends_at - self.begins_at <= LONGEST_FIXED


_AGREED = """
    SELECT CASE WHEN g.partner_id = $1 THEN 'call' ELSE 'appointment' END AS how, g.id, g.exchange_id,
        coalesce(nullif(other.name, ''), other.username) AS name, g.begins_at, g.ends_at,
        CASE WHEN g.state = 'cancelled' THEN 'missed' WHEN g.state = 'done' THEN 'done'
            WHEN g.partner_id = $1 AND g.partner_reported_at IS NOT NULL THEN 'said' ELSE 'agreed' END AS state,
        CASE WHEN is_bound_state(g.state) THEN concat_ws(', ', nullif(v.address, ''), nullif(g.place, ''))
            ELSE g.place END AS place,
        g.note, l.title, CASE WHEN l.kind = 'repair_call' THEN l.repair END AS repair, g.quantity,
        CASE WHEN l.kind = 'repair_call' THEN coalesce(l.place_name, '') ELSE '' END AS listing_place,
        CASE WHEN l.kind = 'repair_call' THEN l.latitude END AS latitude,
        CASE WHEN l.kind = 'repair_call' THEN l.longitude END AS longitude,
        CASE WHEN l.kind = 'repair_call' THEN l.radius END AS radius, '' AS phone,
        g.request_uri AS uri, greatest(extract(epoch FROM g.updated_at - g.created_at), 0)::integer AS sequence,
        g.updated_at AS changed_at
    FROM (
        SELECT id FROM agreement WHERE owner_id = $1 UNION ALL SELECT id FROM agreement WHERE partner_id = $1
    ) AS mine
    JOIN agreement g ON g.id = mine.id JOIN listing l ON l.post_id = g.listing_id
    LEFT JOIN visit_address v ON v.agreement_id = g.id
    JOIN actor other ON other.id = CASE WHEN g.owner_id = $1 THEN g.partner_id ELSE g.owner_id END
    WHERE (g.partner_id = $1 AND l.kind = 'repair_call'
            OR g.owner_id = $1 AND l.kind = 'offer' AND l.mode = 'service' AND l.category = 'velo-reparation'
                AND (g.place <> '' OR $4))
        AND (is_bound_state(g.state) OR g.state = 'cancelled' AND g.agreed_at IS NOT NULL
            AND g.ended_at >= g.begins_at)
        AND (g.begins_at < $3 AND (coalesce(g.ends_at, g.begins_at) > $2 OR g.begins_at >= $2)
            OR g.begins_at IS NULL AND (g.state = 'agreed' AND $5 OR g.state = 'done' AND g.ended_at >= $2
                AND g.ended_at < $3))
    ORDER BY g.begins_at NULLS LAST, g.id LIMIT $6
"""

_WALKED_IN = """
    SELECT 'walk_in' AS how, w.id, NULL::bigint AS exchange_id, w.name, w.begins_at, w.ends_at,
        CASE WHEN w.came OR w.result_id IS NOT NULL THEN 'done' WHEN NOT w.came THEN 'missed'
            ELSE 'agreed' END AS state,
        w.place, w.note,
        '' AS title, NULL::jsonb AS repair, 1::numeric AS quantity, '' AS listing_place,
        NULL::float8 AS latitude, NULL::float8 AS longitude, NULL::integer AS radius, w.phone,
        '' AS uri, 0 AS sequence, w.begins_at AS changed_at
    FROM appointment_book b JOIN walk_in w ON w.listing_id = b.listing_id
    WHERE b.actor_id = $1 AND w.begins_at < $3 AND w.ends_at > $2 AND (w.place <> '' OR $4)
    ORDER BY w.begins_at, w.id LIMIT $5
"""


async def list_stops(
    conn: Connection,
    actor_id: int,
    shop: RepairShop | None,
    span: tuple[datetime, datetime],
    *,
    undated: bool = False,
    most: int = MOST_STOPS,
) -> list[TourStop]:
    """Where this shop, or who repairs alone (`shop` is None), goes between two moments, by time; so many at most.

    To a workshop people come: of its appointments only those are stops that were agreed elsewhere. With `undated` also
    what is agreed and has no day.
    """
    goes = shop is None or not shop.workshop
    agreed = await fetch_all(conn, TourStop, _AGREED, actor_id, *span, goes, undated, most)
    walked_in = await fetch_all(conn, TourStop, _WALKED_IN, actor_id, *span, goes, most)
    found = sorted([*agreed, *walked_in], key=lambda one: (one.begins_at is None, one.begins_at or span[1], one.key))
    return found[:most]


async def map_phones(conn: Connection, actor_id: int, exchange_ids: list[int]) -> dict[int, str]:
    """The telephone numbers that the others wrote into these threads of this side, the last one of each, by thread."""
    rows = await fetch_records(
        conn,
        """
        SELECT DISTINCT ON (e.id) e.id, substring(said.text FROM $3) AS phone
        FROM exchange e CROSS JOIN LATERAL (
            SELECT m.post_id AS at,
                coalesce(nullif(p.source, ''), regexp_replace(p.content, '<[^>]*>', ' ', 'g')) AS text
            FROM exchange_message m JOIN post p ON p.id = m.post_id
            WHERE m.exchange_id = e.id AND p.author_id IN (e.owner_id, e.partner_id) AND p.author_id <> $1
                AND p.deleted_at IS NULL AND p.hidden_at IS NULL AND p.kind <> 'notice'
            UNION ALL
            SELECT v.id, v.details->>'text' FROM exchange_event v
            WHERE v.exchange_id = e.id AND v.actor_id IN (e.owner_id, e.partner_id) AND v.actor_id <> $1
        ) AS said
        WHERE e.id = ANY($2) AND $1 IN (e.owner_id, e.partner_id) AND said.text ~ $3
        ORDER BY e.id, said.at DESC
        """,
        actor_id,
        exchange_ids,
        PHONE,
    )
    return {row["id"]: row["phone"] for row in rows}


async def save_came(conn: Connection, actor_id: int, walk_in_id: int, *, came: bool | None) -> bool:
    """Whether who was noted without an account was met, None where nobody says; False for what is not this shop's."""
    return bool(
        await execute(
            conn,
            """
            UPDATE walk_in SET came = $3
            WHERE id = $2 AND listing_id IN (SELECT listing_id FROM appointment_book WHERE actor_id = $1)
            """,
            actor_id,
            walk_in_id,
            came,
        )
    )
