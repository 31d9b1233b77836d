"""Somebody elsewhere wants what one of ours lends once it is free: a place on its list, by the verb that pages call."""

from dataclasses import replace

from federation.vocabulary.activities.participation import Join, Leave
from inbox.errors import Ignored
from models import posts
from models.errors import Conflict, Refusal
from models.exchanges import agreements, reserves
from models.exchanges.reserves import Span
from models.listings import listings
from models.listings.listings import Listing
from models.people import actors
from models.people.actors import Actor
from models.settings import Site
from models.store.database import Connection
from outbox.builders.texts.reasons import REFUSALS, write_reason
from outbox.exchanges.agreements.reserve import join, leave
from outbox.threads.place_answers import refuse, tell_standing, tell_turn


async def process_join(conn: Connection, site: Site, sender: Actor, activity: Join) -> bool:
    """Whether it asks for a place on the list of a listing of ours: it is answered with the place, or why not.

    What is not for her is answered like what does not exist. Raises Ignored.
    """
    listing = await _find_ours(conn, activity.object)
    if listing is None:
        return False
    known = await reserves.find_by_join(conn, activity.id)
    if known is not None and (known.actor_id, known.listing_id) != (sender.id, listing.id):
        raise Ignored("join_of_others")
    await agreements.lock_listing(conn, listing.id)
    held = await reserves.find(conn, listing.id, sender.id)
    if held is not None and held.state == "called":
        await reserves.rename(conn, listing.id, sender.id, activity.id)
        owner = await actors.get(conn, listing.post.author_id)
        await tell_turn(conn, site, owner, listing, replace(held, join_uri=activity.id))
    else:
        await _join(conn, site, sender, listing, activity)
    return True


async def _join(conn: Connection, site: Site, sender: Actor, listing: Listing, activity: Join) -> None:
    """Give her a place, and answer with it; or say why not, which takes back one that she had."""
    owner = await actors.get(conn, listing.post.author_id)
    try:
        await join(conn, site, sender, listing, _read_span(activity), join_uri=activity.id)
    except Refusal as refused:
        if refused.code not in REFUSALS:
            raise Ignored("joins_nobody") from None
        await leave(conn, site, sender, listing.id)
        await refuse(conn, site, owner, sender, activity, write_reason(refused))
        return
    standing = await reserves.list_places(conn, listing.id)
    number = next(n for n, one in enumerate(standing, 1) if one.actor_id == sender.id)
    await tell_standing(conn, site, owner, listing, standing[number - 1], number)


def _read_span(activity: Join) -> Span | None:
    """The days; none where any will do."""
    if activity.begins_at is None or activity.ends_at is None:
        return None
    return Span(begins_at=activity.begins_at, ends_at=activity.ends_at)


async def process_leave(conn: Connection, site: Site, sender: Actor, activity: Leave) -> bool:
    """Whether it gives up a place on the list of a listing of ours. Raises Ignored where she had none."""
    listing = await _find_ours(conn, activity.object)
    if listing is None:
        return False
    try:
        left = await leave(conn, site, sender, listing.id)
    except Conflict:
        left = False
    if not left:
        raise Ignored("joins_nobody")
    return True


async def _find_ours(conn: Connection, uri: str) -> Listing | None:
    post = await posts.find_by_uri(conn, uri)
    if post is None or not post.local or post.deleted_at is not None:
        return None
    return await listings.find_by_post(conn, post.id)
