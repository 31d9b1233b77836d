"""When a listing is taken: by its owner's own days, by agreements that are asked for or settled, by who walked in, and
where a shop's own calendar says that it is busy.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from models.store.database import Connection, fetch_all


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A range from `begins_at` until before `ends_at`; `quantity` is None where the owner keeps all of it."""

    begins_at: datetime
    ends_at: datetime
    quantity: Decimal | None
    agreement_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """A range that waits for an answer, proposed by the partner; `host` is that of the partner."""

    partner_id: int
    host: str
    begins_at: datetime
    ends_at: datetime


async def list_holds(conn: Connection, listing_id: int, *, but: int | None = None) -> list[Hold]:
    """All ranges of a listing that its partners asked for and nobody answered; the agreement `but` does not count."""
    return await fetch_all(
        conn,
        Hold,
        """
        SELECT a.partner_id, p.host, a.begins_at, a.ends_at FROM agreement a JOIN actor p ON p.id = a.partner_id
        WHERE a.listing_id = $1 AND is_open_state(a.state) AND a.proposed_by = a.partner_id
            AND a.begins_at IS NOT NULL AND a.ends_at IS NOT NULL AND a.id IS DISTINCT FROM $2
        """,
        listing_id,
        but,
    )


MOST_TAKEN = 1_000
"""Ranges that are read at once, where nobody says otherwise."""


async def list_taken(
    conn: Connection,
    listing_id: int,
    begins_at: datetime,
    ends_at: datetime,
    *,
    but: int | None = None,
    most: int = MOST_TAKEN,
) -> list[Taken]:
    """All that touches the range, by its beginning, at most so many; the agreement `but` does not count."""
    return await fetch_all(
        conn,
        Taken,
        """
        SELECT begins_at, ends_at, NULL::numeric AS quantity, NULL::bigint AS agreement_id FROM unavailability
        WHERE listing_id = $1 AND begins_at < $3 AND ends_at > $2
        UNION ALL
        SELECT begins_at, ends_at, 1, NULL FROM walk_in WHERE listing_id = $1 AND begins_at < $3 AND ends_at > $2
        UNION ALL
        SELECT x.begins_at, x.ends_at, NULL, NULL FROM appointment_book b JOIN shop_busy x ON x.actor_id = b.actor_id
        WHERE b.listing_id = $1 AND x.begins_at < $3 AND x.ends_at > $2
        UNION ALL
        SELECT begins_at, ends_at, quantity, id FROM agreement
        WHERE listing_id = $1 AND is_live_state(state) AND begins_at < $3 AND ends_at > $2
            AND id IS DISTINCT FROM $4
        ORDER BY 1 LIMIT $5
        """,
        listing_id,
        begins_at,
        ends_at,
        but,
        most,
    )


def is_free(taken: Iterable[Taken], begins_at: datetime, ends_at: datetime, *, wanted: Decimal, there: Decimal) -> bool:
    """Whether `wanted` of the `there` things are free during the whole range."""
    ranges = [one for one in taken if one.begins_at < ends_at and one.ends_at > begins_at]
    beginnings = {begins_at, *(one.begins_at for one in ranges if one.begins_at > begins_at)}
    return all(_is_enough(ranges, moment, wanted=wanted, there=there) for moment in beginnings)


def _is_enough(ranges: Iterable[Taken], moment: datetime, *, wanted: Decimal, there: Decimal) -> bool:
    """Whether `wanted` things are left at this moment: more are never taken than when one of the ranges begins."""
    held = [one.quantity for one in ranges if one.begins_at <= moment < one.ends_at]
    return None not in held and sum((quantity for quantity in held if quantity is not None), wanted) <= there
