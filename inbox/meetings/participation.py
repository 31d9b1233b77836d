"""Somebody elsewhere wants to come to a meeting of ours, or comes no more: by the verb that pages call."""

from dataclasses import replace
from datetime import UTC, datetime

from federation.texts.html_cleaner import clean_text
from federation.vocabulary.activities.participation import Join, Leave
from inbox.errors import Ignored
from models import posts
from models.errors import NotFound, Refusal
from models.meetings import meetings, occurrences, registrations
from models.meetings.meetings import FullMeeting
from models.meetings.registrations import Wish
from models.people import actors
from models.people.actors import Actor
from models.settings import Site
from models.store.database import Connection
from outbox.builders.texts.meetings import REASONS
from outbox.meetings.notices import Answer, send_answer
from outbox.meetings.registrations import MESSAGE_LIMIT, get_occurrence, give_up, leave, register


async def process_join(conn: Connection, site: Site, sender: Actor, activity: Join) -> bool:
    """Whether it is a meeting of ours that she wants to come to: she is given a seat, a place in the line, or why not.

    What is not for her is answered like what does not exist. Raises Ignored.
    """
    full = await _find_ours(conn, activity.object)
    if full is None:
        return False
    await _require_name(conn, full, sender, activity)
    organiser = await actors.get(conn, full.listing.post.author_id)
    wish = Wish(
        people=activity.people or 1,
        message=clean_text(activity.content, MESSAGE_LIMIT),
        recurs_at=activity.recurs_at,
        uri=activity.id,
    )
    said = await _ask(conn, site, sender, full, wish)
    await send_answer(conn, site, organiser, sender, replace(activity, people=said.people or activity.people), said)
    return True


async def _require_name(conn: Connection, full: FullMeeting, sender: Actor, activity: Join) -> None:
    """Raise Ignored where the id of this Join is that of another: of somebody else, or for another time."""
    known = await registrations.find_by_uri(conn, activity.id)
    if known is None:
        return
    meant = await occurrences.find_meant(conn, full.id, activity.recurs_at, at=datetime.now(UTC))
    if known.actor_id != sender.id or meant is None or meant.id != known.occurrence_id:
        raise Ignored("join_of_others")


async def _ask(conn: Connection, site: Site, sender: Actor, full: FullMeeting, wish: Wish) -> Answer:
    try:
        taken = await register(conn, site, sender, full.id, wish)
    except Refusal as refused:
        if isinstance(refused, NotFound) and refused.code not in REASONS:
            raise Ignored("joins_nobody") from None
        if refused.code == "meeting_no_room_for_more":
            return await _keep_seat(conn, sender, full, wish)
        return Answer(news="refused", reason=REASONS.get(refused.code, ""))
    if taken.state == "waiting":
        return Answer(news="waiting", place=await registrations.find_place(conn, taken))
    return Answer(news="seat")


async def _keep_seat(conn: Connection, sender: Actor, full: FullMeeting, wish: Wish) -> Answer:
    """She asked for more than there are: the seat that she has stays hers, and is answered by her last Join."""
    occurrence = await get_occurrence(conn, full, wish.recurs_at)
    held = await registrations.find_of(conn, occurrence.id, actor_id=sender.id)
    if held is not None and wish.uri is not None:
        await registrations.rename(conn, held.id, wish.uri)
    return Answer(news="seat", people=held.people if held is not None else None)


async def process_leave(conn: Connection, site: Site, sender: Actor, activity: Leave) -> bool:
    """Whether it is a meeting of ours that she comes to no more. Raises Ignored where she never wanted to."""
    return await process_absence(conn, site, sender, activity.object, activity.recurs_at)


async def process_absence(
    conn: Connection, site: Site, sender: Actor, meeting_uri: str, recurs_at: datetime | None
) -> bool:
    """The same, also where she takes her Join back."""
    full = await _find_ours(conn, meeting_uri)
    if full is None:
        return False
    try:
        await leave(conn, site, sender, full.id, recurs_at=recurs_at)
    except NotFound:
        raise Ignored("joins_nobody") from None
    return True


async def undo_join(conn: Connection, site: Site, sender: Actor, join_uri: str) -> bool:
    """Whether this Join of hers gave her a seat, or a place in the line, which she gives up."""
    held = await registrations.find_by_uri(conn, join_uri)
    if held is None or held.actor_id != sender.id:
        return False
    occurrence = await occurrences.find(conn, held.occurrence_id)
    full = await meetings.find_full(conn, occurrence.meeting_id) if occurrence is not None else None
    if full is not None:
        await give_up(conn, site, full, held)
    return True


async def _find_ours(conn: Connection, uri: str) -> FullMeeting | None:
    post = await posts.find_by_uri(conn, uri)
    if post is None or not post.local or post.deleted_at is not None:
        return None
    return await meetings.find_full(conn, post.id)
