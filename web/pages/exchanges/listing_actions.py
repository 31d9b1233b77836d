"""How somebody gets from a listing into an exchange about it: ask, write, ask all, or go on where she stands."""

from dataclasses import dataclass
from datetime import UTC, datetime

from aiohttp import web

from models.errors import Conflict, Forbidden, Invalid, NotFound
from models.exchanges import reserves
from models.exchanges.reserves import ReservePlace
from models.listings.listings import STANDING, Listing, has_calendar
from models.people.actors import Actor
from models.store.database import Connection
from outbox.exchanges.agreements.request_preconditions import require_askable
from outbox.exchanges.agreements.reserve import may_wait
from outbox.exchanges.agreements.terms import require_stands
from outbox.presence import require_seen_there
from outbox.threads.messages import may_write
from web.pages.exchanges.own_exchanges import ExchangeRow, list_rows_about
from web.pages.exchanges.reserve.answers import NO_ANSWERS, Answers, list_answers
from web.pages.exchanges.reserve.waiting import waiting_path
from web.pages.exchanges.thread.thread_page import locale_of
from web.rendering.render import format_refusal, say


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingActions:
    """What one reader may do about a listing.

    `ask` is where she asks for it; "" where she may not now: `obstacle` says why, unless something she asked for waits
    already. `write` is in private, `question` to all. `threads` are hers about it; its author has one with each person,
    and compares them by `answers`. `wait` is where she asks to be told when it is free; `waits` where she did.
    """

    ask: str = ""
    obstacle: str = ""
    write: bool = False
    question: bool = False
    threads: tuple[ExchangeRow, ...] = ()
    answers: Answers = NO_ANSWERS
    wait: str = ""
    waits: bool = False


def asking_path(listing_id: int) -> str:
    """Where a listing is asked for."""
    return f"/annonces/d/{listing_id}/demander"


async def find_listing_actions(
    conn: Connection, request: web.Request, listing: Listing, author: Actor, me: Actor | None
) -> ListingActions:
    """The ways that are open to whoever is asking for the page, which it was found that she may read: a visitor, or
    `me`, a member.
    """
    if me is None:
        return _find_visitor_actions(listing, author)
    if me.id == author.id:
        answers = await list_answers(conn, locale_of(request), author.id, listing)
        return ListingActions(threads=tuple(one.row for one in answers.people), answers=answers)
    return await _find_reader_actions(conn, request, listing, author, me)


async def _find_reader_actions(
    conn: Connection, request: web.Request, listing: Listing, author: Actor, me: Actor
) -> ListingActions:
    threads = tuple(await list_rows_about(conn, locale_of(request), me.id, listing.id))
    obstacle = await find_obstacle(conn, request, me, listing, author, seen=True)
    asked = any(row.open for row in threads)
    standing = listing.details.status in STANDING
    place = await reserves.find(conn, listing.id, me.id)
    awaitable = place is not None or (not asked and _may_wait(me, listing, author, obstacle))
    return ListingActions(
        ask="" if obstacle or asked else asking_path(listing.id),
        obstacle="" if asked else obstacle,
        write=standing and await _may_begin(conn, me, author, threads),
        question=standing and me.moved_to is None,
        threads=threads,
        wait=waiting_path(listing.id) if awaitable else "",
        waits=_is_waiting(place),
    )


async def _may_begin(conn: Connection, me: Actor, author: Actor, threads: tuple[ExchangeRow, ...]) -> bool:
    """Whether the first message of a thread would be read."""
    return not threads and await may_write(conn, me, author)


def _is_waiting(place: ReservePlace | None) -> bool:
    """Whether she said that she wants it when it is free."""
    return place is not None and place.state != "offered"


def _may_wait(me: Actor, listing: Listing, author: Actor, obstacle: str) -> bool:
    """Whether there is something to wait for: what is lent has days that are taken, what is given is promised."""
    return me.moved_to is None and may_wait(listing, author) and (has_calendar(listing.details) or bool(obstacle))


def _find_visitor_actions(listing: Listing, author: Actor) -> ListingActions:
    return ListingActions(ask=asking_path(listing.id) if _stands(listing, author) else "")


async def find_obstacle(
    conn: Connection,
    request: web.Request,
    me: Actor,
    listing: Listing,
    author: Actor | None = None,
    *,
    seen: bool = False,
) -> str:
    """Why a member cannot ask for a listing now, in her language; nothing where she can."""
    try:
        await require_askable(conn, me, listing, author, seen=seen)
    except NotFound:
        return say(request, "Cette annonce ne prend pas votre demande.")
    except (Conflict, Forbidden, Invalid) as error:
        return format_refusal(request, error)
    return ""


def _stands(listing: Listing, author: Actor) -> bool:
    """Whether somebody who is not logged in may hope to ask for it."""
    try:
        require_stands(listing)
        require_seen_there(listing, author, at=datetime.now(UTC))
    except Conflict:
        return False
    return True
