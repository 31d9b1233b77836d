"""Whoever is in a community no longer: what she shared inside rests, and copies of it, and of others' things, go."""

from dataclasses import replace
from datetime import UTC, datetime

from models import posts
from models.communities import insiders, members, memberships
from models.communities.memberships import Change
from models.listings import listings
from models.listings.listings import OPEN
from models.people import actors
from models.people.actors import Actor
from models.posts import Post
from models.settings import Site
from models.store.database import Connection
from models.traffic.outbound import deliveries
from outbox.builders.activities.delete import build_delete
from outbox.meetings.registrations import leave_inside
from outbox.threads.listing_endings import note_in_copies
from outbox.threads.waiting_requests import end_copies
from outbox.traffic.audience import find_recipients
from outbox.traffic.send import send


async def follow_departure(conn: Connection, site: Site, community_id: int, person: Actor) -> None:
    """She was in it until now, whoever ended it. Call it where it was said that she is so no longer.

    What one of ours shared is paused, never shown to more people than before, and taken back everywhere else: nobody
    inside may read it any more; her seats at its meetings go to others. Where nobody of this server is left in it,
    copies of what others shared go too.
    """
    await leave_inside(conn, site, person.id, community_id)
    if not person.local:
        return
    for post in await posts.list_by_ids(conn, await insiders.list_shared_by(conn, community_id, person.id)):
        await _take_back(conn, site, person, post)
    await drop_unread(conn, site, community_id)


async def _take_back(conn: Connection, site: Site, author: Actor, post: Post) -> None:
    """It stays here for its author alone; whoever holds a copy is told that it is gone."""
    await deliveries.cancel(conn, post.uri)
    recipients = replace(await find_recipients(conn, author, post), holders_of=post.uri)
    await send(conn, author, build_delete(site, author, post, datetime.now(UTC)), recipients, about=post.uri)
    listing = await listings.find_by_post(conn, post.id)
    if listing is not None and listing.details.status in OPEN:
        await listings.save_details(conn, post.id, replace(listing.details, status="paused"))


async def drop_unread(conn: Connection, site: Site, community_id: int) -> int:
    """Remove what other servers shared inside a community in which nobody of this one is; how much it was."""
    if await insiders.has_any_here(conn, community_id):
        return 0
    copies = await posts.list_by_ids(conn, await insiders.list_copies(conn, community_id))
    authors = {actor.id: actor for actor in await actors.list_by_ids(conn, [copy.author_id for copy in copies])}
    for copy in copies:
        await end_copies(conn, site, authors[copy.author_id], copy.id)
        await note_in_copies(conn, copy.id, told=False)
        await posts.delete(conn, copy.id)
    return len(copies)


async def follow_end(conn: Connection, site: Site, group: Actor) -> None:
    """A community elsewhere is no more, as its home says: what our people shared inside rests, what others did goes."""
    for person in await actors.list_by_ids(conn, await members.list_member_ids(conn, group.id, local=True)):
        await memberships.save(conn, group.id, person.id, Change(state="left"))
        await follow_departure(conn, site, group.id, person)
    await drop_unread(conn, site, group.id)
