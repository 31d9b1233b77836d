"""An Accept counts only from whom one of ours asked."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from inbox.errors import Ignored
from inbox.handlers.accept import handle_accept
from inbox.handlers.delete import handle_delete
from models.exchanges import agreements
from models.exchanges.agreements import Terms
from models.people.actors import Actor
from models.posts.quotes import quotes
from models.posts.quotes.quotes import Quote
from models.relations import follows
from models.store.database import Connection, fetch_value
from outbox.exchanges.agreements.agreements import counter, request
from outbox.posts.notes import NoteDraft, publish
from outbox.relations import follows as outbox
from outbox.threads.agreement_context import Said
from tests.factories import HERE, make_follow, make_listing, make_member, make_note, make_remote_actor
from tests.inbox.handlers.activities import by
from tests.outbox.sent_activities import list_sent

COOP = "https://henin.test/users/coop"


async def test_ax03_whoever_was_asked_may_accept(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    follow = await make_follow(conn, alice, bob, state="pending")

    asked = {"id": "https://lost.example/1", "type": "Follow", "actor": alice.uri, "object": bob.uri}
    await handle_accept(conn, HERE, bob, by(bob, "Accept", asked))

    found = await follows.find(conn, follower_id=alice.id, followed_id=bob.id)
    assert found is not None
    assert (found.id, found.state) == (follow.id, "accepted")


async def test_ax03_nobody_accepts_for_somebody_else(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    mallory = await make_remote_actor(conn, "mallory")
    follow = await make_follow(conn, alice, bob, state="pending")

    with pytest.raises(Ignored):
        await handle_accept(conn, HERE, mallory, by(mallory, "Accept", follow.uri))

    assert not await follows.is_follower(conn, follower_id=alice.id, followed_id=bob.id)


async def test_an_acceptance_that_comes_after_the_follow_was_taken_back_is_answered_once(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    asked = await outbox.follow(conn, HERE, alice, bob)
    await outbox.unfollow(conn, HERE, alice, bob)
    sql = "SELECT count(*) FROM activity WHERE type = 'Undo' AND body LIKE '%' || $1 || '%'"
    before = await fetch_value(conn, sql, asked.uri)

    await handle_accept(conn, HERE, bob, by(bob, "Accept", asked.uri))
    with pytest.raises(Ignored):
        await handle_accept(conn, HERE, bob, by(bob, "Accept", asked.uri))

    assert (before, await fetch_value(conn, sql, asked.uri)) == (1, 2)


async def test_ax03_an_acceptance_by_somebody_else_is_not_answered(conn: Connection) -> None:
    alice, bob, mallory = (
        await make_member(conn),
        await make_remote_actor(conn),
        await make_remote_actor(conn, "mallory"),
    )
    asked = await outbox.follow(conn, HERE, alice, bob)
    await outbox.unfollow(conn, HERE, alice, bob)

    with pytest.raises(Ignored):
        await handle_accept(conn, HERE, mallory, by(mallory, "Accept", asked.uri))

    assert await fetch_value(conn, "SELECT count(*) FROM activity WHERE type = 'Undo'") == 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Alice quotes a note of Bob's, whose server was asked."""

    conn: Connection
    bob: Actor
    quote: Quote
    request: dict[str, Any]

    async def accept(self, by_whom: Actor, **changes: Any) -> None:
        """Somebody says yes to the request."""
        await handle_accept(self.conn, HERE, by_whom, by(by_whom, "Accept", self.request, **changes))

    async def state(self) -> str:
        """How it stands."""
        found = await quotes.find(self.conn, self.quote.id)
        return "" if found is None else found.state


@pytest.fixture
async def asked(conn: Connection) -> Asked:
    """The request has left."""
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    wish = {"interactionPolicy": {"canQuote": {"automaticApproval": ["https://www.w3.org/ns/activitystreams#Public"]}}}
    quoted = await make_note(conn, bob, audience="network", raw=wish)
    note = await publish(conn, HERE, alice, NoteDraft(text="À lire !", audience="network", quoted_id=quoted.id))
    quote = await quotes.find_by_quoting(conn, note.id)
    assert quote is not None
    [request] = [one.activity for one in await list_sent(conn) if one.type == "QuoteRequest"]
    inner = {"id": request["id"], "type": "QuoteRequest", "actor": alice.uri, "object": quoted.uri}
    return Asked(conn=conn, bob=bob, quote=quote, request=inner | {"instrument": note.uri})


async def test_a_yes_to_a_quote_names_its_stamp_at_the_server_of_whoever_is_quoted(asked: Asked) -> None:
    for stamp in ({}, {"result": "https://evil.test/stamps/1"}):
        with pytest.raises(Ignored):
            await asked.accept(asked.bob, **stamp)
    assert await asked.state() == "pending"

    await asked.accept(asked.bob, result=f"{asked.bob.uri}/stamps/1")

    assert await asked.state() == "accepted"


async def test_nobody_else_says_yes_to_a_quote(asked: Asked) -> None:
    neighbour = await make_remote_actor(asked.conn, "mallory")

    with pytest.raises(Ignored):
        await asked.accept(neighbour, result=f"{asked.bob.uri}/stamps/1")

    assert await asked.state() == "pending"


async def test_the_owners_yes_to_terms_binds_and_is_followed_here(conn: Connection) -> None:
    dora, alice = await make_remote_actor(conn, "dora", territory_uri=COOP), await make_member(conn)
    listing = await make_listing(conn, dora, mode="gift")
    held = await request(conn, HERE, alice, listing, Terms())
    document = {
        "type": "Agreement",
        "id": f"{dora.uri}/agreements/1",
        "attributedTo": dora.uri,
        "request": held.request_uri,
        "stipulates": {"type": "Commitment", "satisfies": f"{listing.uri}#primary"},
    }
    published = (datetime.now(UTC) + timedelta(minutes=1)).isoformat()

    with pytest.raises(Ignored):
        await handle_accept(conn, HERE, dora, by(dora, "Accept", held.request_uri, published=published))
    await handle_accept(conn, HERE, dora, by(dora, "Accept", held.request_uri, result=document, published=published))

    now = await agreements.get(conn, held.id)
    assert (now.state, now.uri) == ("agreed", document["id"])


NONSENSE = {"hasUnit": "one", "hasNumericalValue": "NaN"}


@pytest.mark.parametrize(("wrong", "yes_to"), [({"resourceQuantity": NONSENSE}, "hers"), ({}, "his own")])
async def test_a_partners_yes_that_does_not_fit_is_answered_with_how_it_stands_and_changes_nothing(
    conn: Connection, wrong: dict[str, Any], yes_to: str
) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn, territory_uri=COOP)
    listing = await make_listing(conn, alice, mode="gift")
    held = await request(conn, HERE, bob, listing, Terms(), Said(uri=f"{bob.uri}/offers/1"))
    if yes_to == "hers":
        held = await counter(conn, HERE, alice, held, Terms(note="Demain ?"))
    promise = {"type": "Commitment", "satisfies": f"{listing.uri}#primary", "note": held.note} | wrong
    document = {"type": "Agreement", "attributedTo": bob.uri, "stipulates": promise}
    sent = len(await list_sent(conn))

    await handle_accept(conn, HERE, bob, by(bob, "Accept", held.offer_uri, result=document))

    assert await agreements.get(conn, held.id) == held
    [told] = (await list_sent(conn))[sent:]
    assert (told.type, told.activity["object"]["preview"]["name"]) == (
        "Update",
        "Countered" if yes_to == "hers" else "Requested",
    )


async def test_a_yes_to_a_quote_is_taken_back_by_deleting_its_stamp(asked: Asked) -> None:
    stamp = f"{asked.bob.uri}/stamps/1"
    neighbour = await make_remote_actor(asked.conn, "mallory")
    await asked.accept(asked.bob, result=stamp)

    await handle_delete(asked.conn, HERE, neighbour, by(neighbour, "Delete", stamp))
    assert await asked.state() == "accepted"

    await handle_delete(asked.conn, HERE, asked.bob, by(asked.bob, "Delete", stamp))
    assert await asked.state() == "revoked"
