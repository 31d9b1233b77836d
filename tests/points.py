"""Points as tests need them: switched on, given, promised, and a believable ledger for the village."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from models import preferences
from models.exchanges import agreements, exchanges, points
from models.exchanges.agreements import Agreement, NewAgreement, State, Terms
from models.listings.listings import Listing
from models.people.actors import Actor
from models.preferences import Preferences
from models.store.database import Connection, execute
from tests.factories import make_listing
from tests.sample_village import Village

KEPT = Preferences(name="La Remise", points=True, points_one="graine", points_many="graines")


async def switch_on(conn: Connection, **changes: Any) -> None:
    """The cooperative keeps points and calls them graines; the rest of its settings stays."""
    chosen = replace(await preferences.load(conn), points=True, points_one="graine", points_many="graines")
    await preferences.save(conn, replace(chosen, **changes))


async def give(conn: Connection, member: Actor, amount: int, reason: str = "pour l’essai") -> None:
    """By hand."""
    await points.correct(conn, member_id=member.id, amount=amount, reason=reason, by_id=member.id)


async def require_balanced(conn: Connection) -> None:
    """What the database looks at when a transaction ends, now."""
    await execute(conn, "SET CONSTRAINTS ALL IMMEDIATE")
    await execute(conn, "SET CONSTRAINTS ALL DEFERRED")


async def make_agreement(
    conn: Connection,
    owner: Actor,
    partner: Actor,
    amount: int,
    *,
    listing: Listing | None = None,
    state: State = "agreed",
    **details: Any,
) -> Agreement:
    """The two settled this; who is paid depends on the listing's kind."""
    listing = listing or await make_listing(conn, owner, **details)
    exchange = await exchanges.open(conn, listing_id=listing.id, owner_id=owner.id, partner_id=partner.id)
    moment = agreements.next_moment()
    made = await agreements.create(
        conn,
        NewAgreement(
            exchange_id=exchange.id,
            listing_id=listing.id,
            owner_id=owner.id,
            partner_id=partner.id,
            uri=None,
            request_uri=f"{partner.uri}/offers/{listing.id}",
            proposed_by=partner.id,
            terms=Terms(points=amount),
            held_until=None,
            updated_at=moment,
        ),
    )
    assert made is not None
    await agreements.save(conn, replace(made, state=state, agreed_at=moment if state in ("agreed", "done") else None))
    return await agreements.get(conn, made.id)


async def fill_ledger(conn: Connection, village: Village) -> None:
    """The village with a few weeks of points behind it."""
    await switch_on(conn)
    await execute(conn, "UPDATE listing SET points = 12 WHERE post_id = $1", village.tent.id)
    await execute(conn, "UPDATE account SET confirmed_at = now() - interval '70 days'")
    members = (village.alice, village.hocine, village.admin)
    for member in members:
        await points.grant_welcome(conn, member.id, at=datetime(2026, 1, 12, 10, tzinfo=UTC))
    await points.grant_due(conn, at=datetime.now(UTC), limit=10)
    await points.grant_deposit(conn, village.tent)
    await points.grant_deposit(conn, village.drill)
    await points.correct(
        conn,
        member_id=village.alice.id,
        amount=10,
        reason="a tenu la buvette de la fête",
        by_id=village.admin.id,
    )
    lent = await make_agreement(conn, village.alice, village.hocine, 12, listing=village.tent)
    await points.settle(conn, agreement_id=lent.id, payer_id=village.hocine.id, payee_id=village.alice.id, amount=12)
    await make_agreement(conn, village.hocine, village.alice, 8, listing=village.drill)
