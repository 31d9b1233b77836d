"""Keep agreements, the Offers that were made on the way, and what is reported as done."""

from dataclasses import asdict
from datetime import datetime

from models.agreements.reading import get
from models.agreements.values import Agreement, NewAgreement, Step
from models.database import Connection, execute, fetch_value
from models.ids import make_id


async def create(conn: Connection, new: NewAgreement) -> Agreement | None:
    """Somebody asks or proposes; None when an Offer with this id has come already."""
    terms = new.terms
    id = await fetch_value(
        conn,
        """
        INSERT INTO agreement (id, exchange_id, listing_id, owner_id, partner_id, uri, request_uri, offer_uri,
            proposed_by, state, quantity, unit, begins_at, ends_at, place, in_return, amount, currency, points, note,
            held_until, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $20,
            CASE WHEN $20::bigint = $5::bigint THEN 'requested' ELSE 'countered' END, $8, $9, $10, $11, $12, $13, $14,
            $15, $16, $17, $18, $19)
        ON CONFLICT (request_uri) DO NOTHING RETURNING id
        """,
        make_id(),
        new.exchange_id,
        new.listing_id,
        new.owner_id,
        new.partner_id,
        new.uri,
        new.request_uri,
        terms.quantity,
        terms.unit,
        terms.begins_at,
        terms.ends_at,
        terms.place,
        terms.in_return,
        terms.amount,
        terms.currency,
        terms.points,
        terms.note,
        new.held_until,
        new.updated_at,
        new.proposed_by,
    )
    if id is None:
        return None
    await save_offer(conn, id, new.request_uri, new.proposed_by)
    return await get(conn, id)


async def save(conn: Connection, agreement: Agreement) -> None:
    """Write what may change of an agreement; who the two are and how it began never does."""
    held = asdict(agreement)
    await execute(
        conn,
        """
        UPDATE agreement SET uri = $2, offer_uri = $3, proposed_by = $4, state = $5, quantity = $6, unit = $7,
            begins_at = $8, ends_at = $9, place = $10, in_return = $11, amount = $12, currency = $13, points = $14,
            note = $15, reason = $16, accepted_uri = $17, held_until = $18, owner_reported_at = $19,
            partner_reported_at = $20, updated_at = $21, agreed_at = $22, ended_at = $23
        WHERE id = $1
        """,
        *(held[name] for name in ("id", *CHANGING)),
    )


CHANGING = (
    "uri", "offer_uri", "proposed_by", "state", "quantity", "unit", "begins_at", "ends_at", "place", "in_return",
    "amount", "currency", "points", "note", "reason", "accepted_uri", "held_until", "owner_reported_at",
    "partner_reported_at", "updated_at", "agreed_at", "ended_at",
)  # fmt: skip
"""In the order of the statement above."""


async def save_offer(conn: Connection, agreement_id: int, uri: str, actor_id: int) -> bool:
    """Remember that this Offer belongs to this agreement; False when it has come already."""
    return bool(
        await execute(
            conn,
            """
            INSERT INTO agreement_offer (uri, agreement_id, actor_id) VALUES ($1, $2, $3) ON CONFLICT (uri) DO NOTHING
            """,
            uri,
            agreement_id,
            actor_id,
        )
    )


async def save_report(
    conn: Connection, agreement_id: int, uri: str, *, actor_id: int, step: Step, happened_at: datetime
) -> bool:
    """Keep what one side reports; False when it said so already."""
    return bool(
        await execute(
            conn,
            """
            INSERT INTO economic_event (id, uri, agreement_id, actor_id, step, happened_at)
            VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING
            """,
            make_id(),
            uri,
            agreement_id,
            actor_id,
            step,
            happened_at,
        )
    )
