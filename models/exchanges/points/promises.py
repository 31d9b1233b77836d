"""What agreements promise: who pays, whether she may, and what is spoken for until they are done."""

from models import preferences
from models.errors import Conflict, Invalid
from models.exchanges.points.ledger import find_balance, lock
from models.exchanges.points.values import MOST, Means
from models.listings.listings import ListingKind
from models.store.database import Connection, fetch_value


class TooFew(Conflict):
    """This account has not enough points."""

    code = "account_lacks_points"


def who_pays(kind: ListingKind, owner_id: int, partner_id: int) -> tuple[int, int]:
    """Payer and payee of an agreement about a listing of this kind: whoever gets something pays who gives it."""
    return (partner_id, owner_id) if kind == "offer" else (owner_id, partner_id)


async def find_means(conn: Connection, member_id: int, *, but: int | None = None) -> Means:
    """What a member has and may spend; what she promised in the agreement `but` is not counted."""
    chosen = await preferences.load(conn)
    promised: int = await fetch_value(
        conn,
        """
        SELECT coalesce(sum(a.points), 0)::bigint FROM agreement a JOIN listing l ON l.post_id = a.listing_id
        WHERE a.state = 'agreed' AND a.points > 0 AND a.id IS DISTINCT FROM $2
            AND (a.partner_id = $1 AND l.kind = 'offer' OR a.owner_id = $1 AND l.kind <> 'offer')
            AND NOT EXISTS (SELECT FROM points_movement m WHERE m.agreement_id = a.id AND m.kind = 'exchange')
        """,
        member_id,
        but,
    )
    return Means(balance=await find_balance(conn, member_id), promised=promised, overdraft=chosen.points_overdraft)


async def are_kept_between(conn: Connection, one_id: int, other_id: int) -> bool:
    """Whether points count between these two: the cooperative keeps some, and both are members."""
    if not (await preferences.load(conn)).points or one_id == other_id:
        return False
    members: int = await fetch_value(
        conn, "SELECT count(*) FROM account WHERE actor_id IN ($1, $2) AND confirmed_at IS NOT NULL", one_id, other_id
    )
    return members == 2


async def require_means(conn: Connection, payer_id: int, amount: int, *, but: int | None = None) -> None:
    """Let her promise this much. She is locked: until the transaction ends, nobody promises or spends hers besides.

    Called when terms are proposed and again when they are agreed; `but` is the agreement itself. Raises Invalid for no
    amount at all, TooFew.
    """
    if not 0 <= amount <= MOST:
        raise Invalid("points_out_of_range", least=0, most=MOST, field="points")
    if not await lock(conn, payer_id) or (await find_means(conn, payer_id, but=but)).free < amount:
        raise TooFew(field="points")
