"""Who can act at all: members who live here still and are not suspended, and owners who are not away."""

from datetime import datetime

from models.errors import AccountSuspended, Conflict, Invalid
from models.listings.listings import Listing
from models.people import absences
from models.people.actors import Actor
from models.store.database import Connection


def require_active(author: Actor) -> None:
    """Raise AccountSuspended, whichever way something in her name came: nothing of hers begins meanwhile.

    Guests and people elsewhere come by the addresses in our mails and messages.
    """
    if author.suspended_at is not None:
        raise AccountSuspended


def require_at_home(author: Actor) -> None:
    """Raise Invalid for one of ours who moved away: her account says so and nothing else any more.

    Raises AccountSuspended too.
    """
    require_active(author)
    if author.moved_to is not None:
        raise Invalid(
            "account_moved",
            field="text",
        )


async def require_there(conn: Connection, listing: Listing) -> None:
    """Raise Conflict while whoever offers this is away; what somebody looks for can be answered meanwhile."""
    if listing.details.kind == "offer":
        _require_back(await absences.is_away(conn, listing.post.author_id))


def require_seen_there(listing: Listing, owner: Actor, *, at: datetime) -> None:
    """The same for a page, by what was just read of the `owner`."""
    if listing.details.kind == "offer" and owner.away_until is not None and owner.away_until > at:
        _require_back(owner.away_until)


def _require_back(until: datetime | None) -> None:
    if until is not None:
        raise Conflict("owner_away")
