"""Exchanges that both sides have confirmed, on one server or between two, and what each has of the thanks for them."""

from typing import Any

from models import posts
from models.exchanges import exchanges, thanks
from models.exchanges.agreements import Agreement, Terms, final_step
from models.exchanges.exchanges import Event
from models.posts import Post
from models.store.database import Connection
from outbox.exchanges.agreements.agreements import accept, request
from outbox.exchanges.agreements.fulfilment import report
from tests.factories import HERE, make_listing, make_member
from tests.server_pair import Pair, Side


async def confirm_here(conn: Connection, **details: Any) -> Agreement:
    """Carol had something of Alice, both of Lomme."""
    alice, carol = await make_member(conn), await make_member(conn, "carol")
    listing = await make_listing(conn, alice, mode="gift", **details)
    held = await accept(conn, HERE, alice, await request(conn, HERE, carol, listing, Terms()))
    await report(conn, HERE, carol, held, "done")
    return await report(conn, HERE, alice, held, "done")


async def exchange(pair: Pair, terms: Terms | None = None, *, confirmed: bool = True) -> None:
    """Bob asks, Alice says yes, and both say that it is done; or only Alice does."""
    here, there = pair.here, pair.there
    step = final_step(here.listing.details.mode)
    await request(there.conn, there.site, there.partner, there.listing, terms or Terms())
    await pair.carry()
    await accept(here.conn, here.site, here.owner, await here.get())
    await report(here.conn, here.site, here.owner, await here.get(), step)
    await pair.carry()
    if confirmed:
        await report(there.conn, there.site, there.partner, await there.get(), step)
        await pair.carry()


async def list_lines(side: Side) -> list[tuple[str, Event, Post]]:
    """Who thanks in the thread, as this server has it: the username, the line, the note with the words."""
    held = await side.get()
    entries = await exchanges.list_entries(side.conn, held.exchange_id)
    events = await exchanges.list_events(side.conn, [one.id for one in entries])
    notes = await thanks.list_notes(side.conn, [one.id for one in events])
    found = {post.id: post for post in await posts.list_by_ids(side.conn, list(notes.values()))}
    names = {side.owner.id: side.owner.username, side.partner.id: side.partner.username}
    return [
        (names[event.actor_id or 0], event, found[notes[event.id]])
        for event in events
        if event.kind == "thanked" and event.id in notes
    ]
