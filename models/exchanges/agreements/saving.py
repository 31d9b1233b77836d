"""Keep agreements, the Offers that were made on the way, and what is reported as done."""

from datetime import datetime

from models.exchanges.agreements.reading import get
from models.exchanges.agreements.values import Agreement, NewAgreement, Step, Terms
from models.ids import make_id
from models.store.database import Connection, execute, fetch_value
from models.store.statements import name_values

_CREATE = name_values(
    """
    INSERT INTO agreement (id, exchange_id, listing_id, owner_id, partner_id, uri, request_uri, offer_uri,
        proposed_by, state, quantity, unit, begins_at, ends_at, place, in_return, amount, currency, points, note,
        held_until, updated_at)
    VALUES (:id, :exchange_id, :listing_id, :owner_id, :partner_id, :uri, :request_uri, :request_uri, :proposed_by,
        CASE WHEN :proposed_by::bigint = :partner_id::bigint THEN 'requested' ELSE 'countered' END, :quantity,
        :unit, :begins_at, :ends_at, :place, :in_return, :amount, :currency, :points, :note, :held_until, :updated_at)
    ON CONFLICT (request_uri) DO NOTHING RETURNING id
    """,
    NewAgreement,
    Terms,
    also=["id"],
)


async def create(conn: Connection, new: NewAgreement) -> Agreement | None:
    """Somebody asks or proposes; None when an Offer with this id has come already."""
    id = await fetch_value(
        conn,
        _CREATE.sql,
        *_CREATE.args(new, new.terms, id=make_id()),
    )
    if id is None:
        return None
    await save_offer(conn, id, new.request_uri, new.proposed_by)
    return await get(conn, id)


_SAVE = name_values(
    """
    UPDATE agreement SET uri = :uri, offer_uri = :offer_uri, proposed_by = :proposed_by, state = :state,
        quantity = :quantity, unit = :unit, begins_at = :begins_at, ends_at = :ends_at, place = :place,
        in_return = :in_return, amount = :amount, currency = :currency, points = :points, note = :note,
        reason = :reason, accepted_uri = :accepted_uri, held_until = :held_until,
        owner_reported_at = :owner_reported_at, partner_reported_at = :partner_reported_at,
        updated_at = :updated_at, agreed_at = :agreed_at, ended_at = :ended_at
    WHERE id = :id
    """,
    Agreement,
)


async def save(conn: Connection, agreement: Agreement) -> None:
    """Write what may change of an agreement; who the two are and how it began never does."""
    await execute(
        conn,
        _SAVE.sql,
        *_SAVE.args(agreement),
    )


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


async def remove_report(conn: Connection, id: int) -> None:
    """One side takes back what it reported; it may be reported again."""
    await execute(conn, "DELETE FROM economic_event WHERE id = $1", id)


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
