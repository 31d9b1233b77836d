"""What stands between somebody and a request: one list for the verb that asks and for the page that offers it."""

from datetime import UTC, datetime

from models import posts
from models.errors import Conflict, Forbidden, Invalid, NotFound
from models.exchanges import agreements
from models.exchanges.exchanges import Exchange
from models.limits import REQUESTS
from models.listings import unavailabilities
from models.listings.listings import Listing, has_calendar
from models.listings.unavailabilities import AHEAD, Range
from models.people import actors
from models.people.actors import Actor
from models.relations.blocking import blocks
from models.store.database import Connection
from outbox.builders.objects.agreement import speaks
from outbox.exchanges.agreements.terms import AGAIN_AND_AGAIN, require_left, require_stands
from outbox.listings.house_rules import require_may_borrow
from outbox.presence import require_at_home, require_seen_there
from outbox.threads.messages import may_write

Pair = tuple[Actor, Actor]
"""The owner of a listing and somebody else."""

WAITING_EACH = 3
"""So many requests of one person may wait for an answer about one listing…"""

WAITING_ALL = 30
"""…and about all listings: each one holds its days."""

WAITING_HOST_EACH, WAITING_HOST_ALL = 30, 300
"""The same for all people of another domain, which makes as many as it likes."""


async def require_askable(
    conn: Connection, partner: Actor, listing: Listing, owner: Actor | None = None, *, seen: bool = False
) -> None:
    """Raise, with a sentence for her, whatever would keep this person from asking now, whichever terms she proposes.

    NotFound, Forbidden, Invalid or Conflict. Nothing is locked: asking looks again. Pass `owner` where she is at hand,
    `seen` where it was just found that this person may read the listing.
    """
    owner = owner or await actors.get(conn, listing.post.author_id)
    await require_may_ask(conn, partner, owner, listing, seen=seen)
    require_stands(listing)
    require_seen_there(listing, owner, at=datetime.now(UTC))
    await require_left(conn, listing)
    if not listing.post.local and listing.details.status == "reserved" and listing.details.mode not in AGAIN_AND_AGAIN:
        raise Conflict("listing_reserved")
    await require_few_waiting(conn, partner, listing)
    await require_free_day(conn, listing, at=datetime.now(UTC))


async def require_may_ask(
    conn: Connection, partner: Actor, owner: Actor, listing: Listing, *, seen: bool = False
) -> None:
    """Let two people who see each other begin something; whether she sees the listing was asked already if `seen`."""
    if partner.local:
        require_at_home(partner)
    if owner.id == partner.id:
        raise Invalid("own_listing")
    if not seen and listing.id not in await posts.filter_visible(conn, [listing.id], partner.id):
        raise NotFound
    _require_owner(owner, listing)
    if await blocks.between(conn, partner.id, owner.id):
        raise Forbidden("request_not_accepted")
    await require_may_borrow(conn, partner, listing.details)


def _require_owner(owner: Actor, listing: Listing) -> None:
    if listing.details.meeting and listing.post.local:
        raise Conflict("meeting_not_asked")
    if owner.deleted_at is not None or owner.suspended_at is not None or owner.moved_to is not None:
        raise Conflict("owner_gone")


async def require_few_waiting(conn: Connection, partner: Actor, listing: Listing) -> None:
    """Raise Conflict for whoever has asked for so much that others could not any more."""
    asked = await agreements.count_asked(conn, partner.id, listing.id, within=REQUESTS.within)
    if asked.waiting_here >= WAITING_EACH:
        raise Conflict("too_many_requests_here")
    if asked.waiting >= WAITING_ALL:
        raise Conflict("too_many_requests_waiting")
    if asked.lately >= REQUESTS.most:
        raise Conflict("too_many_requests_today")
    if not partner.local and not partner.guest and await _is_crowded(conn, partner.host, listing):
        raise Conflict("too_many_requests_from_server")


async def _is_crowded(conn: Connection, host: str, listing: Listing) -> bool:
    """Whether people of one server wait for as many answers as all of them together may."""
    return (
        await agreements.count_live_of_host(conn, host, listing_id=listing.id) >= WAITING_HOST_EACH
        or await agreements.count_live_of_host(conn, host) >= WAITING_HOST_ALL
    )


async def require_free_day(conn: Connection, listing: Listing, *, at: datetime) -> None:
    """Raise Conflict where no day is left of those on which it is to be had, or of the year that a calendar tells."""
    details = listing.details
    if not has_calendar(details):
        return
    begin = max(at, details.begins_at or at)
    end = min(details.ends_at or at + AHEAD, at + AHEAD)
    calendar = await unavailabilities.load_calendar(conn, listing, at=at)
    if begin < end and any(covers(one, begin, end) for one in calendar.ranges):
        raise Conflict("all_days_taken")


async def require_may_propose(conn: Connection, exchange: Exchange, listing: Listing, people: Pair) -> None:
    """Let the owner propose terms in a thread where nothing is asked for: to a person here, or who answers in words.

    Raises Invalid and Conflict.
    """
    owner, partner = people
    require_at_home(owner)
    require_stands(listing)
    if not partner.local and speaks(partner):
        raise Conflict("proposal_not_possible")
    if not await may_write(conn, owner, partner):
        raise Conflict("messaging_blocked")
    latest = await agreements.get_latest(conn, exchange.id)
    if latest is not None and latest.state in agreements.LIVE:
        raise Conflict("proposal_already_open")
    await require_left(conn, listing)


async def may_propose(conn: Connection, exchange: Exchange, listing: Listing, people: Pair) -> bool:
    """Whether nothing keeps the owner from it."""
    try:
        await require_may_propose(conn, exchange, listing, people)
    except (Conflict, Invalid):
        return False
    return True


def covers(taken: Range, begin: datetime, end: datetime) -> bool:
    """Whether everything from one moment until before another is taken."""
    return taken.begins_at <= begin and taken.ends_at >= end
