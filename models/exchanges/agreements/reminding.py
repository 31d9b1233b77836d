"""Which agreements somebody should be reminded of, and which nobody has said anything about for too long."""

from dataclasses import dataclass
from datetime import datetime

from models.exchanges.exchanges import EventKind
from models.store.database import Connection, fetch_all, fetch_column


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminder:
    """One thing to say in a thread, once."""

    agreement_id: int
    exchange_id: int
    kind: EventKind


async def list_reminders(conn: Connection, *, at: datetime, limit: int) -> list[Reminder]:
    """What is due at this moment and was not said yet.

    The day before it begins; the day before a loan ends that lasts longer than a day; at the end; and while the owner
    has not said that it is done, a week and three weeks later. Nobody is reminded of what was settled within the last
    hour, nor of an end that one side has reported; of several questions that are due at once only the last is asked.
    """
    return await fetch_all(
        conn,
        Reminder,
        """
        WITH going AS (
            SELECT a.id, a.exchange_id, a.begins_at, a.ends_at, a.agreed_at, l.mode, moment.at,
                moment.at + interval '24 hours' AS soon,
                coalesce(a.ends_at, a.begins_at + interval '1 day', a.agreed_at + interval '30 days') AS over_at,
                a.owner_reported_at IS NULL AND a.partner_reported_at IS NULL AS unreported,
                a.owner_reported_at IS NULL AS unclosed
            FROM agreement a JOIN listing l ON l.post_id = a.listing_id
            CROSS JOIN (VALUES ($1::timestamptz)) AS moment (at)
            WHERE a.state = 'agreed'
        ), due AS (
            SELECT id, exchange_id, 'begins_soon' AS kind FROM going
            WHERE begins_at > at AND begins_at <= soon AND agreed_at < at - interval '1 hour'
            UNION ALL
            SELECT id, exchange_id, 'ends_soon' FROM going
            WHERE mode = 'loan' AND ends_at > at AND ends_at <= soon AND ends_at - begins_at > interval '24 hours'
                AND unreported
            UNION ALL
            SELECT id, exchange_id, 'returned' FROM going
            WHERE over_at <= at AND over_at > at - interval '7 days' AND unreported
            UNION ALL
            SELECT id, exchange_id, 'forgotten' FROM going
            WHERE over_at <= at - interval '7 days' AND over_at > at - interval '21 days' AND unclosed
            UNION ALL
            SELECT id, exchange_id, 'last_call' FROM going WHERE over_at <= at - interval '21 days' AND unclosed
        )
        SELECT id AS agreement_id, exchange_id, kind FROM due
        WHERE NOT EXISTS (SELECT FROM exchange_event e WHERE e.agreement_id = due.id AND e.kind = due.kind)
        LIMIT $2
        """,
        at,
        limit,
    )


async def list_forgotten(conn: Connection, *, at: datetime, limit: int) -> list[int]:
    """Agreements that were not closed four weeks after their end; copies wait one day longer."""
    return await fetch_column(
        conn,
        """
        SELECT a.id FROM agreement a JOIN actor o ON o.id = a.owner_id
        WHERE a.state = 'agreed'
            AND coalesce(a.ends_at, a.begins_at + interval '1 day', a.agreed_at + interval '30 days')
                <= $1::timestamptz - CASE WHEN o.local THEN interval '28 days' ELSE interval '29 days' END
            AND NOT EXISTS (SELECT FROM exchange_event e WHERE e.agreement_id = a.id AND e.kind = 'last_call'
                AND e.created_at > $1 - interval '6 days')  -- the clock may have stood still
        ORDER BY a.id LIMIT $2
        """,
        at,
        limit,
    )
