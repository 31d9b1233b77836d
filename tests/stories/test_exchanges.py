"""From "je cherche" to "merci": whole exchanges between two cooperatives, and with somebody who has only Mastodon.

After each step both servers hold the same state at once: nobody looks for work there but when it is rung for.
"""

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import aiohttp
import pytest

from federation.discovery.remote import fetch_actor, resolve_handle
from federation.texts.html_cleaner import to_text
from models import posts
from models.exchanges import agreements, exchanges, thanks
from models.exchanges.agreements import Agreement, Terms
from models.listings import listings
from models.listings.listings import Listing, ListingDraft
from models.moments import PARIS
from models.store.database import Connection, connection, transaction
from outbox.exchanges.agreements.agreements import accept, counter, propose, request
from outbox.exchanges.agreements.endings import cancel, refuse, withdraw
from outbox.exchanges.agreements.fulfilment import report
from outbox.exchanges.agreements.thanks import ThanksNote, thank
from outbox.listings import listings as outbox_listings
from outbox.relations import follows
from outbox.threads.agreement_context import Said
from tests.eventually import eventually
from tests.server_pair import same
from tests.servers import Member, RunningServer
from tests.stories.cooperatives import Cooperatives
from tests.stories.peer import Door, running_peer
from web.middlewares.work_signals import notify_work
from web.news.leading_mentions import strip_leading_mentions

DAY = (datetime.now(PARIS) + timedelta(days=40)).replace(hour=0, minute=0, second=0, microsecond=0)


def days(first: int, last: int, **changes: Any) -> Terms:
    """From one day until before another."""
    return Terms(begins_at=DAY + timedelta(days=first), ends_at=DAY + timedelta(days=last), **changes)


@asynccontextmanager
async def acting(server: RunningServer) -> AsyncIterator[Connection]:
    """A transaction like that of a page: when it is committed, the worker is called."""
    async with transaction(server.instance.pool) as conn:
        yield conn
    await notify_work(server.instance.pool)


@dataclass(slots=True, kw_only=True)
class Story:
    """Alice in Lomme has a listing, Bob in Hénin-Carvin answers it."""

    lomme: RunningServer
    henin: RunningServer
    alice: Member
    bob: Member
    uri: str = ""

    async def publish(self, **changes: Any) -> Listing:
        """Alice publishes, and Hénin-Carvin has it."""
        values: dict[str, Any] = {"kind": "offer", "mode": "loan", "title": "Tente quatre places"}
        async with acting(self.lomme) as conn:
            draft = ListingDraft(**(values | changes))
            listing = await outbox_listings.publish(conn, self.lomme.instance.site, self.alice.actor, draft)
        self.uri = listing.uri
        await eventually(lambda: self.find_listing(self.henin))
        return listing

    async def find_listing(self, server: RunningServer) -> Listing | None:
        """The listing as a server has it."""
        async with connection(server.instance.pool) as conn:
            return await listings.find_by_listing_uri(conn, self.uri)

    async def find(self, server: RunningServer) -> Agreement | None:
        """The newest agreement about it as a server has it."""
        async with connection(server.instance.pool) as conn:
            listing = await listings.find_by_listing_uri(conn, self.uri)
            threads = await exchanges.list_by_listing(conn, listing.id) if listing is not None else []
            return await agreements.get_latest(conn, threads[0].id) if threads else None

    async def get(self, server: RunningServer) -> Agreement:
        """The agreement, which is there."""
        found = await self.find(server)
        assert found is not None
        return found

    async def bob_does(self, verb: Callable[..., Awaitable[object]], *more: Any, becomes: str) -> None:
        """Bob acts in Hénin-Carvin."""
        held = await self.get(self.henin)
        async with acting(self.henin) as conn:
            await verb(conn, self.henin.instance.site, self.bob.actor, held, *more)
        await self.stands(becomes)

    async def alice_does(self, verb: Callable[..., Awaitable[object]], *more: Any, becomes: str) -> None:
        """Alice acts in Lomme."""
        held = await self.get(self.lomme)
        async with acting(self.lomme) as conn:
            await verb(conn, self.lomme.instance.site, self.alice.actor, held, *more)
        await self.stands(becomes)

    async def ask(self, terms: Terms, text: str = "") -> None:
        """Bob asks."""
        listing = await self.find_listing(self.henin)
        assert listing is not None
        async with acting(self.henin) as conn:
            await request(conn, self.henin.instance.site, self.bob.actor, listing, terms, Said(text=text))
        await self.stands("requested")

    async def bob_thanks(self, text: str, *, public: bool = False) -> None:
        """Bob says thanks in Hénin-Carvin."""
        said = ThanksNote(text=text, public=public)
        async with acting(self.henin) as conn:
            await thank(conn, self.henin.instance.site, self.bob.actor, await self.get(self.henin), said)
        await self.reads(text)

    async def alice_thanks(self, text: str) -> None:
        """Alice says thanks in Lomme."""
        async with acting(self.lomme) as conn:
            said = ThanksNote(text=text)
            await thank(conn, self.lomme.instance.site, self.alice.actor, await self.get(self.lomme), said)
        await self.reads(text)

    async def reads(self, text: str) -> None:
        """The newest line of both threads are thanks with these words."""

        async def alike() -> bool:
            return all([await self._find_thanks(server) == text for server in (self.lomme, self.henin)])

        await eventually(alike)

    async def _find_thanks(self, server: RunningServer) -> str:
        held = await self.get(server)
        async with connection(server.instance.pool) as conn:
            last = (await exchanges.list_entries(conn, held.exchange_id))[-1]
            notes = await thanks.list_notes(conn, [last.id])
            found = await strip_leading_mentions(conn, await posts.list_by_ids(conn, list(notes.values())))
        return to_text(found[0].content) if found else ""

    async def stands(self, state: str) -> None:
        """Both have it in this state."""

        async def alike() -> bool:
            ours, theirs = await self.find(self.lomme), await self.find(self.henin)
            return bool(ours and theirs and ours.state == state and same(ours, theirs))

        await eventually(alike)


@pytest.fixture
async def story(cooperatives: Cooperatives) -> Story:
    """Both servers, and two people who are in this story alone; Bob follows Alice."""
    lomme, henin = cooperatives.lomme, cooperatives.henin
    alice, bob = await cooperatives.add_members()
    followed = await resolve_handle(henin.instance, f"@{alice.actor.username}@{lomme.host}")
    async with acting(henin) as conn:
        await follows.follow(conn, henin.instance.site, bob.actor, followed)
    sql = "SELECT true FROM follow WHERE follower_id = $1 AND state = 'accepted'"
    await eventually(lambda: henin.instance.pool.fetchval(sql, bob.actor.id))
    return Story(lomme=lomme, henin=henin, alice=alice, bob=bob)


async def test_a_tent_is_asked_for_countered_lent_and_brought_back(story: Story) -> None:
    await story.publish()
    await story.ask(days(0, 5, place="La Remise"), "Bonjour, pour le pont de l’Ascension.")
    await story.alice_does(counter, days(0, 4, place="La Remise"), becomes="countered")
    await story.bob_does(counter, days(0, 4, place="La Remise", note="Retour vers 18 h."), becomes="countered")
    await story.alice_does(accept, becomes="agreed")
    await story.bob_does(report, "out", becomes="agreed")
    await story.bob_does(report, "back", becomes="agreed")
    await story.alice_does(report, "back", becomes="done")

    assert (await story.get(story.lomme)).verified and (await story.get(story.henin)).verified
    listing = await story.find_listing(story.henin)
    assert listing is not None and listing.details.status == "open", "it is lent again and again"
    await story.bob_thanks("Quatre nuits au sec, merci !", public=True)
    await story.alice_thanks("Revenue sèche, merci à vous.")

    async with connection(story.lomme.instance.pool) as conn:
        [received] = await thanks.list_received(conn, story.alice.actor.id, hidden=False, limit=5)
        assert await agreements.count_confirmed(conn, story.alice.actor.id) == 1
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{story.lomme.url}/@{story.alice.actor.username}") as answer,
    ):
        page = await answer.text()
    assert "Quatre nuits au sec, merci !" in page and "Revenue sèche" not in page and received.post_id


@pytest.mark.parametrize(
    ("details", "terms"),
    [
        ({"mode": "gift"}, Terms()),
        ({"mode": "service", "unit": "hour"}, Terms(quantity=Decimal(3), unit="hour", begins_at=DAY)),
        ({"mode": "swap", "wants": "des confitures"}, Terms(in_return="six pots de mûres")),
        ({"kind": "request", "mode": "loan"}, days(1, 3)),
        ({"kind": "request", "mode": "service"}, Terms()),
        (
            {"kind": "repair_call", "mode": "repair", "repair": {"bike_type": "cargo", "interventions": ["flat-tyre"]}},
            Terms(begins_at=DAY + timedelta(hours=18)),
        ),
    ],
    ids=["gift", "service", "swap", "need-loan", "need-service", "repair"],
)
async def test_everything_else_that_is_exchanged(story: Story, details: dict[str, Any], terms: Terms) -> None:
    await story.publish(title="Ce qu’il faut", **details)
    step = "back" if details["mode"] == "loan" else "done"
    await story.ask(terms, "Je peux !")
    await story.alice_does(accept, becomes="agreed")
    await story.alice_does(report, step, becomes="done")
    await story.bob_does(report, step, becomes="done")

    async def verified() -> bool:
        return (await story.get(story.lomme)).verified and (await story.get(story.henin)).verified

    await eventually(verified)
    listing = await story.find_listing(story.lomme)
    assert listing is not None
    over = details["mode"] in ("gift", "swap", "repair")
    assert listing.details.status == ("fulfilled" if over else "open")


async def test_every_way_out_is_known_on_both_sides(story: Story) -> None:
    await story.publish()
    await story.ask(days(0, 2))
    await story.bob_does(withdraw, Said(text="Finalement non."), becomes="withdrawn")
    await story.ask(days(0, 2))
    await story.alice_does(refuse, Said(text="Elle est promise."), becomes="refused")
    await story.ask(days(0, 2))
    await story.alice_does(accept, becomes="agreed")
    await story.bob_does(cancel, Said(text="Il pleut."), becomes="cancelled")
    await story.ask(days(0, 2))
    await story.alice_does(counter, days(5, 6), becomes="countered")
    await story.bob_does(accept, becomes="agreed")
    await story.alice_does(cancel, Said(text="Elle est cassée."), becomes="cancelled")

    assert (await story.get(story.henin)).reason == "Elle est cassée."


async def test_strangers_are_told_nothing_of_it(story: Story) -> None:
    await story.publish()
    await story.ask(days(0, 2))
    uri = (await story.get(story.lomme)).uri
    assert uri is not None

    async with aiohttp.ClientSession() as session:
        for accept_type in ("application/activity+json", "text/html"):
            async with session.get(uri, headers={"Accept": accept_type}) as answer:
                assert answer.status in (404, 200)
                assert "Bob" not in await answer.text() and "requested" not in await answer.text()
        async with session.get(uri, headers={"Accept": "application/activity+json"}) as answer:
            assert answer.status == 404


async def test_somebody_with_a_mastodon_account_borrows_by_plain_replies(cooperatives: Cooperatives) -> None:
    lomme, (alice, _) = cooperatives.lomme, await cooperatives.add_members()
    async with (
        running_peer() as peer,
        aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session,
    ):
        door = Door(here=lomme, session=session)
        dora = peer.add_person("dora")
        await fetch_actor(lomme.instance, dora.uri)
        async with acting(lomme) as conn:
            draft = ListingDraft(kind="offer", mode="loan", title="Tente")
            listing = await outbox_listings.publish(conn, lomme.instance.site, alice.actor, draft)

        await _write(door, dora, alice, listing.uri, "Bonjour, elle est libre en mai ?")
        thread = await eventually(lambda: _find_thread(lomme, listing.id))
        async with acting(lomme) as conn:
            held = await propose(conn, lomme.instance.site, alice.actor, thread, days(0, 3, place="La Remise"))
        question = await eventually(lambda: _last_note(lomme, alice))
        sent = await door.value("SELECT body FROM activity WHERE object_uri = $1", question.uri)
        assert "La Remise" in question.content and "/accord/" in sent
        assert "/accord/" not in question.content, "the link says yes for Dora: Alice does not get to read it"
        await _write(door, dora, alice, question.uri, "Ok je vous rappelle ce soir")

        async def explained() -> Any:
            note = await _last_note(lomme, alice)
            return note if "exactement « oui » ou « non »" in note.content else None

        hint = await eventually(explained)
        async with connection(lomme.instance.pool) as conn:
            assert (await agreements.get(conn, held.id)).state == "countered", "she did not say yes"
        went = "SELECT d.state FROM delivery d JOIN activity a ON a.id = d.activity_id WHERE a.object_uri = $1"
        await eventually(lambda: _is(door, "done", went, hint.uri))
        await _write(door, dora, alice, hint.uri, "Oui merci !")

        async def agreed() -> bool:
            async with connection(lomme.instance.pool) as conn:
                return (await agreements.get(conn, held.id)).state == "agreed"

        await eventually(agreed)
        await _write(door, dora, alice, None, "Me revoilà, vous êtes là ?")
        again = "SELECT count(*) FROM notification n JOIN post p ON p.id = n.post_id WHERE p.content LIKE '%revoilà%'"
        assert await door.value(again) == 1, "whoever has an exchange with her is no stranger to her"
        sent = "SELECT count(*) FROM delivery d JOIN activity a ON a.id = d.activity_id WHERE a.type <> 'Create'"
        assert await door.value(sent + " AND d.host = $1", peer.server.host) == 0, "nothing that Mastodon cannot read"


async def _write(door: Door, person: Any, alice: Member, parent: str | None, text: str) -> None:
    number, name = time.monotonic_ns(), f"@{alice.actor.username}"
    note = {
        "id": f"{person.uri}/notes/{number}",
        "type": "Note",
        "attributedTo": person.uri,
        "to": [alice.actor.uri],
        "inReplyTo": parent,
        "tag": [{"type": "Mention", "href": alice.actor.uri, "name": name}],
        "content": f"<p>{name} {text}</p>",
    }
    create = {"id": f"{note['id']}/activity", "type": "Create", "actor": person.uri, "to": note["to"], "object": note}
    assert await door.send(person, {"@context": "https://www.w3.org/ns/activitystreams"} | create) == 202
    await door.settle()


async def _find_thread(server: RunningServer, listing_id: int) -> exchanges.Exchange | None:
    async with connection(server.instance.pool) as conn:
        found = await exchanges.list_by_listing(conn, listing_id)
        return found[0] if found else None


async def _is(door: Door, wanted: str, sql: str, *values: Any) -> bool:
    return bool(await door.value(sql, *values) == wanted)


async def _last_note(server: RunningServer, author: Member) -> Any:
    sql = "SELECT uri, content FROM post WHERE author_id = $1 AND audience = 'direct' ORDER BY id DESC LIMIT 1"
    row = await server.instance.pool.fetchrow(sql, author.actor.id)
    return None if row is None else type("Note", (), dict(row))
