"""One of ours wants what somebody of another cooperative lends: a place on the list there, and what becomes of it."""

from datetime import UTC, datetime, timedelta

from federation.vocabulary.activities.participation import Join, Leave
from models.exchanges import agreements, exchanges, reserves
from models.exchanges.exchanges import Exchange
from models.exchanges.reserves import PlaceWish, ReservePlace, Span
from models.listings import listings
from models.listings.listings import Listing
from models.news import notifications
from models.people import actors
from models.people.actors import Actor
from models.settings import Site
from models.store.database import Connection
from outbox.builders.activities.join import build_join_of_list, build_leave
from outbox.threads.messages import may_write
from outbox.threads.notices import write_notice
from outbox.traffic.send import Recipients, send

TO_ANSWER = timedelta(hours=48)
"""So long the next one may say whether she still wants it, before the one behind her is asked."""

Asked = tuple[ReservePlace, Listing, Exchange]
"""A place of one of ours on the list of a listing elsewhere, and the thread about it."""


def find_turn_end(place: ReservePlace, at: datetime) -> datetime:
    """How long it is somebody's turn whose turn begins now: no longer than the days that she wants."""
    return min(at + TO_ANSWER, place.ends_at or at + TO_ANSWER)


async def notify_turn(conn: Connection, owner: Actor, partner: Actor, listing_id: int) -> None:
    """It is free again, and her turn: news of the listing, once."""
    await notifications.forget_turns(conn, recipient_id=partner.id, post_id=listing_id)
    await notifications.notify(
        conn, type="reserve_next", recipient_id=partner.id, actor_id=owner.id, post_id=listing_id
    )


async def ask(
    conn: Connection, site: Site, people: tuple[Actor, Actor], listing: Listing, thread: Exchange, span: Span | None
) -> None:
    """Ask the server of the owner, the first of the two, for a place, on these days or on any; again for other days."""
    owner, partner = people
    held = await reserves.find(conn, listing.id, partner.id)
    if held is not None and held.state == "waiting" and _wants(held) == span:
        return
    days = None if span is None else (span.begins_at, span.ends_at)
    join = build_join_of_list(site, partner, listing.uri, owner, days)
    wanted = PlaceWish(span=span, join_uri=join.id, asked=True)
    if await reserves.wait(conn, listing.id, partner.id, wanted, at=datetime.now(UTC)):
        await exchanges.add_event(conn, thread.id, "reserve_asked", actor_id=partner.id)
    await _send(conn, partner, join, owner)


def _wants(place: ReservePlace) -> Span | None:
    if place.begins_at is None or place.ends_at is None:
        return None
    return Span(begins_at=place.begins_at, ends_at=place.ends_at)


async def give_up(conn: Connection, site: Site, partner: Actor, listing: Listing) -> None:
    """She waits there no more."""
    owner = await actors.get(conn, listing.post.author_id)
    await _send(conn, partner, build_leave(site, partner, listing.uri, owner), owner)


async def _send(conn: Connection, partner: Actor, activity: Join | Leave, owner: Actor) -> None:
    await send(conn, partner, activity, Recipients(named_ids=(owner.id,)), about=activity.id, listed=False)


async def find_asked(conn: Connection, sender: Actor, join_uri: str) -> Asked | None:
    """What this Join of ours asked for, locked, where the sender is whose listing it is; None for everybody else."""
    place = await reserves.find_by_join(conn, join_uri)
    listing = await listings.find_by_post(conn, place.listing_id) if place is not None else None
    if place is None or listing is None or listing.post.local or listing.post.author_id != sender.id:
        return None
    await agreements.lock_listing(conn, listing.id)
    held = await reserves.find_by_join(conn, join_uri)  # as whoever held the lock left it
    thread = await exchanges.find(conn, listing_id=listing.id, partner_id=place.actor_id)
    return (held, listing, thread) if held is not None and thread is not None else None


async def process_standing(conn: Connection, asked: Asked) -> None:
    """She stands on the list there; said once."""
    place, _, thread = asked
    if place.state == "asked":
        await reserves.wait_on(conn, place.id)
        await exchanges.add_event(conn, thread.id, "reserve_joined", actor_id=place.actor_id)


async def process_turn(conn: Connection, owner: Actor, asked: Asked) -> None:
    """It is free there, and her turn; said once."""
    place, listing, _ = asked
    if place.state in ("asked", "waiting"):
        before = await reserves.find_called(conn, listing.id)
        if before is not None:  # her time is over there, which is still to be heard
            await reserves.wait_on(conn, before.id)
        until = find_turn_end(place, datetime.now(UTC))
        await reserves.call(conn, place.id, until=until, agreement_id=None)
        await notify_turn(conn, owner, await actors.get(conn, place.actor_id), listing.id)


async def process_end(conn: Connection, site: Site, asked: Asked, reason: str) -> None:
    """There is no place for her, or no longer; why is said in the thread, and in her apps."""
    place, listing, thread = asked
    await reserves.remove(conn, listing.id, place.actor_id)
    event_id = await exchanges.add_event(conn, thread.id, "reserve_refused", details={"text": reason})
    owner, partner = await actors.get(conn, listing.post.author_id), await actors.get(conn, place.actor_id)
    if event_id is not None and not thread.partner_muted and await may_write(conn, owner, partner):
        page = f"{site.url}/echanges/{thread.id}"
        words = {
            "fr": f"« {listing.details.title} » : vous n’attendez plus. {reason} {page}",
            "en": f"“{listing.details.title}”: you are no longer waiting. {reason} {page}",
        }
        await write_notice(conn, site, partner, thread, event_id, words)
