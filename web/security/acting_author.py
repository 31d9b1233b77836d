"""For whom somebody publishes: herself, or a place that she runs, where the address names one."""

from dataclasses import dataclass

from aiohttp import web

from models.errors import NotFound
from models.moderation import journal
from models.people.accounts import Account
from models.people.team import place_keepers
from models.store.database import Connection, connection
from web.http.app_keys import INSTANCE
from web.security.session import require_login, require_right


@dataclass(frozen=True, slots=True, kw_only=True)
class ActingAuthor:
    """`account` is the author's, `by` who is logged in; `home` the page of the place, empty where she is the author."""

    account: Account
    by: Account
    home: str


AUTHOR = web.RequestKey("acting_author", ActingAuthor)


async def find_author(request: web.Request) -> ActingAuthor:
    """Whoever is logged in, or the place of hers that the address names.

    Raises NotFound for a place that is another's as for one that does not exist.
    """
    found = request.get(AUTHOR)
    if found is None:
        found = await _find(request)
        request[AUTHOR] = found
    return found


async def _find(request: web.Request) -> ActingAuthor:
    if "place" not in request.match_info:
        account = require_login(request)  # whoever waits prepares hers
        return ActingAuthor(account=account, by=account, home="")
    account = require_right(request, "places")
    async with connection(request.app[INSTANCE].pool) as conn:
        place = await place_keepers.find_place(conn, account, request.match_info["place"])
    if place is None:
        raise NotFound
    return ActingAuthor(account=place, by=account, home=f"/coop/lieux/{place.username}")


async def note_act(conn: Connection, author: ActingAuthor, what: str, listing_uri: str) -> None:
    """What was done for a place stands in the journal; what somebody does for herself does not."""
    if author.home:
        await journal.record(
            conn,
            "place_changed",
            by=author.by,
            right="places",
            about_id=author.account.actor_id,
            what=what,
            listing=listing_uri,
        )
