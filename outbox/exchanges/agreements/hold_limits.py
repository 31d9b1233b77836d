"""How many days of one calendar those may hold who wait for an answer: nobody keeps it full of requests."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from models.domains import find_domain
from models.errors import Conflict, Invalid
from models.exchanges import agreements
from models.exchanges.agreements import Hold, Terms
from models.listings.listings import Listing, find_stock
from models.people.actors import Actor
from models.posts.message_requests import known_senders
from models.store.database import Connection

HELD_EACH = timedelta(days=62)
"""So much of one calendar one person may hold, by one request or by several."""

HELD_BY_DOMAIN = timedelta(days=124)
"""So much all people of the other servers of one registrable domain, which makes as many people as it likes."""

HELD_BY_STRANGERS = timedelta(days=21)
"""So much those of a server that nobody here knows yet (B-57)."""


async def require_fair_hold(
    conn: Connection, partner: Actor, listing: Listing, terms: Terms, *, but: int | None = None
) -> None:
    """Raise Invalid or Conflict where the days of these terms are more than the partner may hold until an answer.

    What is settled, and what the owner proposes, counts for nobody. The listing is locked; `but` is this agreement.
    """
    begins_at, ends_at = terms.begins_at, terms.ends_at
    if begins_at is None or ends_at is None or find_stock(listing.details) is None:
        return
    if ends_at - begins_at > HELD_EACH:
        raise Invalid(
            "hold_too_long",
            field="ends_at",
        )
    held = await agreements.list_holds(conn, listing.id, but=but)
    wanted = ends_at - begins_at
    if _sum(one for one in held if one.partner_id == partner.id) + wanted > HELD_EACH:
        raise Conflict("too_many_days_held")
    if not partner.local and not partner.guest:
        await _require_fair_for_server(conn, partner, held, wanted)


async def _require_fair_for_server(conn: Connection, partner: Actor, held: Sequence[Hold], wanted: timedelta) -> None:
    """Raise Conflict where all people of the partner's server together would hold too much."""
    domain = find_domain(partner.host)
    known = (await known_senders.load_sender(conn, partner.id)).known
    most = HELD_BY_DOMAIN if known else HELD_BY_STRANGERS
    if _sum(one for one in held if find_domain(one.host) == domain) + wanted > most:
        raise Conflict("too_many_days_held_by_server")


def _sum(held: Iterable[Hold]) -> timedelta:
    return sum((one.ends_at - one.begins_at for one in held), timedelta())
