"""Somebody elsewhere says that a thing went out, or is back: a partner of ours, or an owner of theirs."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from inbox.errors import Ignored
from inbox.processing.dispatch import apply
from models.exchanges import agreements
from models.exchanges.agreements import Agreement, Terms
from models.listings.listings import Listing
from models.people.actors import Actor
from models.store.database import Connection, fetch_column
from tests.factories import HERE, make_agreement, make_listing, make_member, make_remote_actor
from tests.inbox.handlers.activities import by

START = datetime(2026, 8, 3, 10, tzinfo=UTC)

TERMS = Terms(begins_at=START, ends_at=START + timedelta(days=2))


async def make_loan(conn: Connection) -> tuple[Listing, Actor, Agreement]:
    """Alice, who is ours, lends her tent to Bob of another server."""
    listing = await make_listing(conn, await make_member(conn))
    bob = await make_remote_actor(conn)
    uri = "https://lomme.test/agreements/1"
    return listing, bob, await make_agreement(conn, listing, bob, terms=TERMS, state="agreed", uri=uri)


async def hear(conn: Connection, sender: Actor, held: Agreement, **changes: Any) -> None:
    event = {
        "type": "EconomicEvent",
        "id": f"{sender.uri}/events/{len(changes)}",
        "attributedTo": sender.uri,
        "context": held.uri,
    } | changes
    await apply(conn, HERE, sender, by(sender, "Create", event))


async def list_steps(conn: Connection) -> list[str]:
    return await fetch_column(conn, "SELECT step FROM economic_event ORDER BY happened_at, id")


async def test_that_it_went_out_and_is_back_is_kept_and_only_the_owner_ends_it(conn: Connection) -> None:
    listing, bob, held = await make_loan(conn)
    owner = listing.post.author_id
    alice_uri = "https://lomme.test/users/alice"

    await hear(conn, bob, held, id=f"{bob.uri}/events/out", provider=alice_uri, receiver=bob.uri)
    out = await list_steps(conn)
    await hear(conn, bob, held, id=f"{bob.uri}/events/back", provider=bob.uri, receiver=alice_uri)
    again = await agreements.get(conn, held.id)

    assert (out, await list_steps(conn)) == (["out"], ["out", "back"])
    assert (again.state, again.partner_reported_at is not None, again.owner_reported_at) == ("agreed", True, None)
    told = await fetch_column(conn, "SELECT recipient_id FROM notification WHERE recipient_id = $1", owner)
    assert told, "its owner hears of it"


async def test_nobody_else_and_nobody_for_another_says_so(conn: Connection) -> None:
    _, bob, held = await make_loan(conn)
    eve = await make_remote_actor(conn, "eve", "neu.test")

    for sender, changes in (
        (eve, {}),
        (bob, {"attributedTo": eve.uri}),
        (bob, {"context": "https://lomme.test/agreements/other"}),
        (bob, {"provider": eve.uri, "receiver": bob.uri}),
    ):
        with pytest.raises(Ignored):
            await hear(conn, sender, held, **changes)

    assert await list_steps(conn) == []


async def test_what_an_owner_elsewhere_reports_stands_in_the_thread_once(conn: Connection) -> None:
    dora, bruno = await make_remote_actor(conn, "dora"), await make_member(conn, "bruno")
    uri = f"{dora.uri}/agreements/1"
    held = await make_agreement(conn, await make_listing(conn, dora), bruno, terms=TERMS, state="agreed", uri=uri)

    for _ in range(2):
        await hear(conn, dora, held, provider=dora.uri, receiver=bruno.uri)
    out = await fetch_column(conn, "SELECT kind FROM exchange_event WHERE actor_id = $1", dora.id)
    await hear(conn, dora, held, id=f"{dora.uri}/events/back", provider=bruno.uri, receiver=dora.uri)

    assert (out, await list_steps(conn)) == (["out"], ["out", "back"])
    assert (await agreements.get(conn, held.id)).owner_reported_at is not None
