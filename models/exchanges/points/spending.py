"""What members spend: nobody promises or pays more than she may, and an agreement is paid once."""

from models.errors import Invalid, NotFound
from models.exchanges.points.ledger import find_balance, lock, record
from models.exchanges.points.promises import are_kept_between, require_means
from models.exchanges.points.values import MOST, NewMovement
from models.store.database import Connection, fetch_value

REASON_LIMIT = 200


async def settle(conn: Connection, *, agreement_id: int, payer_id: int, payee_id: int, amount: int) -> bool:
    """Move what an agreement costs, when it is done. False where nothing has to move, or it was moved before.

    Nothing moves where the cooperative keeps no points, or where one of the two is no member (any more). What was
    agreed was within the floor then and is paid now, whatever became of settings; for anything else raises TooFew.
    """
    if amount <= 0 or not await are_kept_between(conn, payer_id, payee_id):
        return False
    # Both in the same order, so that two who pay each other at once do not wait for one another.
    members = [await lock(conn, id) for id in sorted((payer_id, payee_id))]
    if not all(members) or await _is_settled(conn, agreement_id):
        return False
    if not await _was_promised(conn, agreement_id, amount):
        await require_means(conn, payer_id, amount)
    return await record(
        conn,
        NewMovement(kind="exchange", amount=amount, giver_id=payer_id, taker_id=payee_id, agreement_id=agreement_id),
    )


async def correct(conn: Connection, *, member_id: int, amount: int, reason: str, by_id: int) -> None:
    """Give a member points, or take some where `amount` is below zero, as an administrator who says why.

    Raises Invalid, NotFound for nobody's id, TooFew rather than take what she does not have.
    """
    reason = " ".join(reason.split())
    if not reason or len(reason) > REASON_LIMIT:
        raise Invalid("reason_invalid", most=REASON_LIMIT, field="reason")
    if not 0 < abs(amount) <= MOST:
        raise Invalid("correction_out_of_range", most=MOST, field="amount")
    if not await lock(conn, member_id):
        raise NotFound
    if amount < 0:
        await require_means(conn, member_id, -amount)
    await record(
        conn,
        NewMovement(
            kind="correction",
            amount=abs(amount),
            giver_id=None if amount > 0 else member_id,
            taker_id=member_id if amount > 0 else None,
            reason=reason,
            by_id=by_id,
        ),
    )


async def give_back_all(conn: Connection, member_id: int) -> None:
    """A member leaves: what she has goes back to the cooperative, and what she owes is let go."""
    await lock(conn, member_id)
    balance = await find_balance(conn, member_id)
    if balance:
        await record(
            conn,
            NewMovement(
                kind="departure",
                amount=abs(balance),
                giver_id=member_id if balance > 0 else None,
                taker_id=None if balance > 0 else member_id,
            ),
        )


async def _is_settled(conn: Connection, agreement_id: int) -> bool:
    found: bool = await fetch_value(
        conn,
        "SELECT EXISTS (SELECT FROM points_movement WHERE agreement_id = $1 AND kind = 'exchange')",
        agreement_id,
    )
    return found


async def _was_promised(conn: Connection, agreement_id: int, amount: int) -> bool:
    found: bool = await fetch_value(
        conn,
        "SELECT EXISTS (SELECT FROM agreement WHERE id = $1 AND agreed_at IS NOT NULL AND points = $2)",
        agreement_id,
        amount,
    )
    return found
