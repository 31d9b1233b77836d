"""A Reject ends what was accepted, and only its own."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from inbox.errors import Ignored
from inbox.handlers.accept import handle_accept
from inbox.handlers.reject import handle_reject
from inbox.processing.dispatch import Handler
from models.exchanges import agreements
from models.exchanges.agreements import State, Terms
from models.relations import follows
from models.store.database import Connection
from outbox.exchanges.agreements.agreements import request
from tests.factories import HERE, make_follow, make_listing, make_member, make_remote_actor
from tests.inbox.handlers.activities import by


async def test_ax03_whoever_accepted_may_still_refuse(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    await make_follow(conn, alice, bob)

    await handle_reject(conn, HERE, bob, by(bob, "Reject", by_follow(alice.uri, bob.uri)))

    assert not await follows.is_follower(conn, follower_id=alice.id, followed_id=bob.id)


async def test_ax03_nobody_refuses_for_somebody_else(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    mallory = await make_remote_actor(conn, "mallory")
    await make_follow(conn, alice, bob)

    with pytest.raises(Ignored):
        await handle_reject(conn, HERE, mallory, by(mallory, "Reject", by_follow(alice.uri, bob.uri)))

    assert await follows.is_follower(conn, follower_id=alice.id, followed_id=bob.id)


def by_follow(actor: str, object: str) -> dict[str, str]:
    """A Follow whose id was lost."""
    return {"type": "Follow", "actor": actor, "object": object}


@pytest.mark.parametrize(
    ("before", "named", "state"),
    [("requested", "request", "refused"), ("requested", "agreement", "cancelled"), ("agreed", "request", "cancelled")],
)
async def test_an_owner_refuses_what_was_asked_and_cancels_what_was_agreed_or_has_an_id_of_hers(
    conn: Connection, before: State, named: str, state: str
) -> None:
    dora = await make_remote_actor(conn, "dora", territory_uri="https://henin.test/users/coop")
    listing = await make_listing(conn, dora, mode="gift")
    held = await request(conn, HERE, await make_member(conn), listing, Terms())
    uri = f"{dora.uri}/agreements/1"
    await agreements.save(conn, replace(held, uri=uri, state=before))
    published = (datetime.now(UTC) + timedelta(minutes=1)).isoformat()

    said = by(dora, "Reject", uri if named == "agreement" else held.request_uri, published=published)
    await handle_reject(conn, HERE, dora, said)

    assert (await agreements.get(conn, held.id)).state == state


@pytest.mark.parametrize("handle", [handle_accept, handle_reject])
@pytest.mark.parametrize("type", ["QuoteRequest", "Offer"])
async def test_no_answer_counts_to_what_nobody_here_asked(conn: Connection, handle: Handler, type: str) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    asked: dict[str, Any] = {"id": f"{alice.uri}/activities/1", "type": type, "actor": alice.uri}
    promise = {"type": "Commitment", "satisfies": f"{bob.uri}/items/1#primary"}
    asked |= (
        {"object": f"{bob.uri}/notes/1", "instrument": f"{alice.uri}/notes/1"}
        if type == "QuoteRequest"
        else {"object": {"type": "Agreement", "stipulates": promise}}
    )

    with pytest.raises(Ignored):
        await handle(conn, HERE, bob, by(bob, "Accept" if handle is handle_accept else "Reject", asked))
