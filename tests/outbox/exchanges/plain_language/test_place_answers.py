"""Somebody with a plain Mastodon account stays on the list, and takes what is free again, by "oui" alone."""

from typing import Any

import pytest

from inbox.processing.dispatch import apply
from models.exchanges import agreements, exchanges, reserves
from models.exchanges.agreements import Terms
from models.listings.listings import Listing
from models.people.actors import Actor
from models.store.database import Connection
from outbox.exchanges.agreements.agreements import accept, propose, request
from outbox.exchanges.agreements.endings import cancel
from tests.factories import HERE, make_listing, make_member, make_remote_actor
from tests.inbox.handlers.activities import by, note_by
from tests.outbox.sent_activities import list_sent


class Sofa:
    """Alice gives a sofa; Bob of mastodon.test said that he likes it, and Amina has it."""

    def __init__(self, conn: Connection, alice: Actor, bob: Actor, amina: Actor, listing: Listing) -> None:
        self.conn, self.alice, self.bob, self.amina, self.listing = conn, alice, bob, amina, listing

    async def list_notes(self) -> list[dict[str, Any]]:
        """What Bob was sent."""
        return [one.activity["object"] for one in await list_sent(self.conn) if one.type == "Create"]

    async def write(self, content: str) -> None:
        """Bob answers the last note that he got."""
        parent = (await self.list_notes())[-1]["id"]
        mention = {"type": "Mention", "href": self.alice.uri, "name": f"@{self.alice.username}@lomme.test"}
        to = [self.alice.uri]
        note = note_by(self.bob, to=to, tag=[mention], inReplyTo=parent, content=f"<p>@alice {content}</p>")
        await apply(self.conn, HERE, self.bob, by(self.bob, "Create", note, to=to))

    async def place(self) -> str:
        """How he stands on the list."""
        found = await reserves.find(self.conn, self.listing.id, self.bob.id)
        return "" if found is None else found.state


@pytest.fixture
async def sofa(conn: Connection) -> Sofa:
    """Bob was told that somebody else was chosen."""
    alice, amina = await make_member(conn, "alice"), await make_member(conn, "amina")
    bob = await make_remote_actor(conn, "bob", "mastodon.test")
    listing = await make_listing(conn, alice, mode="gift", title="Canapé")
    thread = await exchanges.open(conn, listing_id=listing.id, owner_id=alice.id, partner_id=bob.id)
    await propose(conn, HERE, alice, thread, Terms())
    await accept(conn, HERE, alice, await request(conn, HERE, amina, listing, Terms()))
    return Sofa(conn, alice, bob, amina, listing)


async def test_a_yes_keeps_a_place_and_the_next_yes_is_to_the_sofa(sofa: Sofa) -> None:
    assert "répondez « oui »" in (await sofa.list_notes())[-1]["content"] and await sofa.place() == "offered"
    await sofa.write("Oui, merci !")
    assert await sofa.place() == "waiting"
    assert "vous êtes sur la liste de réserve pour « Canapé »" in (await sofa.list_notes())[-1]["content"]

    [held] = await agreements.list_live_by_listing(sofa.conn, sofa.listing.id)
    await cancel(sofa.conn, HERE, sofa.amina, held)
    assert "est de nouveau libre : le voulez-vous toujours ?" in (await sofa.list_notes())[-1]["content"]
    await sofa.write("Oui !")

    [taken] = await agreements.list_live_by_listing(sofa.conn, sofa.listing.id)
    assert (taken.partner_id, taken.state) == (sofa.bob.id, "agreed")
    assert await sofa.place() == ""


@pytest.mark.parametrize(("words", "place"), [("Non merci", ""), ("Oui, si je trouve une camionnette", "offered")])
async def test_a_no_gives_it_up_and_anything_else_is_for_a_person_to_read(sofa: Sofa, words: str, place: str) -> None:
    await sofa.write(words)

    assert await sofa.place() == place
