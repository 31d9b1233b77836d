"""For whom somebody of the team calls people together: the cooperative, or a place that she runs."""

from dataclasses import dataclass

from aiohttp import web

from models.errors import NotFound
from models.meetings import meetings
from models.meetings.meetings import FullMeeting
from models.moderation import journal
from models.people import actors
from models.people.accounts import Account
from models.people.actors import Actor
from models.people.roles import has_right
from models.people.team import place_keepers
from models.store.database import Connection
from web.http.row_ids import read_id

COOP = "coop"


@dataclass(frozen=True, slots=True, kw_only=True)
class Organiser:
    """The cooperative or a place, as a choice of the form."""

    actor_id: int
    username: str
    name: str


async def list_organisers(conn: Connection, account: Account) -> list[Organiser]:
    """Those she may call people together for: the cooperative first, then her places; none without the right."""
    if not has_right(account, "meetings"):
        return []
    coop = await actors.find_local(conn, COOP) if has_right(account, "meetings_of_coop") else None
    found = [Organiser(actor_id=coop.id, username=COOP, name=coop.display_name)] if coop is not None else []
    places = await place_keepers.list_places(conn, account)
    return found + [Organiser(actor_id=one.actor_id, username=one.username, name=one.name) for one in places]


async def find_organiser(conn: Connection, account: Account, actor_id: int) -> Organiser | None:
    """The same of one actor, if she may act for it."""
    return next((one for one in await list_organisers(conn, account) if one.actor_id == actor_id), None)


async def get_organised(conn: Connection, request: web.Request, account: Account) -> tuple[FullMeeting, Actor]:
    """The living meeting of ours that the address names, and its organiser. Raises NotFound for those of others."""
    full = await meetings.find_full(conn, read_id(request.match_info["id"]))
    if full is None or not full.listing.post.local:
        raise NotFound
    if await find_organiser(conn, account, full.listing.post.author_id) is None:
        raise NotFound
    organiser = await actors.get(conn, full.listing.post.author_id)
    return await meetings.get_own(conn, full.id, organiser.id), organiser


async def note_act(conn: Connection, by: Account, organiser: Actor, what: str, uri: str) -> None:
    """What was done stands in the journal."""
    await journal.record(
        conn, "meeting_changed", by=by, right="meetings", about_id=organiser.id, what=what, listing=uri
    )
