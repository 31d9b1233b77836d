"""The ledger: movements of two lines that sum to zero, written once and for all; a balance is their sum."""

from models.exchanges.points.values import NewMovement
from models.ids import make_id
from models.store.database import Connection, execute, fetch_value
from models.store.statements import name_values

_RECORD = name_values(
    """
    WITH movement AS (
        INSERT INTO points_movement (id, kind, member_id, month, listing_id, listing_key, agreement_id, reason,
            by_id, created_at)
        VALUES (:id, :kind, CASE WHEN :kind <> 'exchange' THEN coalesce(:giver_id::bigint, :taker_id::bigint) END,
            :month, :listing_id, sha256(convert_to(fold(:listing_title), 'UTF8')), :agreement_id, :reason, :by_id,
            coalesce(:at, now()))
        ON CONFLICT DO NOTHING
        RETURNING id
    )
    INSERT INTO points_line (movement_id, member_id, amount)
    SELECT movement.id, side.member_id, side.amount FROM movement
    CROSS JOIN (VALUES (:giver_id::bigint, -:amount::integer), (:taker_id::bigint, :amount::integer))
        AS side (member_id, amount)
    """,
    NewMovement,
    also=["id"],
)


async def record(conn: Connection, new: NewMovement) -> bool:
    """Write a movement with both its lines. False, and nothing, where one like it was written before."""
    written = await execute(
        conn,
        _RECORD.sql,
        *_RECORD.args(new, id=make_id()),
    )
    return written > 0


async def find_balance(conn: Connection, member_id: int) -> int:
    """What a member has, by all that came and went."""
    found: int = await fetch_value(
        conn, "SELECT coalesce(sum(amount), 0)::bigint FROM points_line WHERE member_id = $1", member_id
    )
    return found


async def lock(conn: Connection, member_id: int) -> bool:
    """Let nobody else spend of this member's until the transaction ends. False where she is no member (yet, any more).

    Whoever never confirmed her address may be removed whole, so that the ledger must not know her.
    """
    found = await fetch_value(
        conn,
        "SELECT actor_id FROM account WHERE actor_id = $1 AND confirmed_at IS NOT NULL FOR NO KEY UPDATE",
        member_id,
    )
    return found is not None
