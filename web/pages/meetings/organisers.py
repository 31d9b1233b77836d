"""For whom somebody calls people together: the team for the cooperative and places, who leads it for a community, who
manages it for a repair shop.
"""

from dataclasses import dataclass

from aiohttp import web

from models.communities import communities
from models.errors import NotFound
from models.meetings import meetings
from models.meetings.meetings import FullMeeting
from models.moderation import journal
from models.people import actors
from models.people.accounts import Account
from models.people.actors import Actor
from models.people.roles import has_right
from models.people.team import place_keepers
from models.repairs.shops import appearing, staff
from models.store.database import Connection
from outbox.meetings.organiser_news import LEADING, TEAM
from web.http.row_ids import read_id
from web.security.session import require_account, require_right

COOP = "coop"


@dataclass(frozen=True, slots=True, kw_only=True)
class Organiser:
    """The cooperative, a place, a community or a shop, as a choice of the form. `hidden`: it announces to its members
    alone. What a shop that does not `appear` announced is still looked after, but it announces nothing new.
    """

    actor_id: int
    username: str
    name: str
    community: bool = False
    hidden: bool = False
    appears: bool = True


def find_desk(request: web.Request) -> str:
    """Below which of both addresses this request is."""
    return TEAM if request.path.startswith(f"{TEAM}/") or request.path == TEAM else LEADING


def require_organiser(request: web.Request) -> Account:
    """Who of the team may call people together; elsewhere any member, who may lead a community or manage a shop."""
    return require_right(request, "meetings") if find_desk(request) == TEAM else require_account(request)


async def list_organisers(conn: Connection, account: Account, desk: str) -> list[Organiser]:
    """Those she may call people together for there: the cooperative, then her places; or communities she leads, then
    repair shops she manages.

    None where she has no right to.
    """
    if desk == LEADING:
        led = [
            Organiser(actor_id=one.actor_id, username=one.username, name=one.name, community=True, hidden=one.hidden)
            for one in await communities.list_led(conn, account.actor_id)
        ]
        return led + await _list_shops(conn, account)
    if not has_right(account, "meetings"):
        return []
    coop = await actors.find_local(conn, COOP) if has_right(account, "meetings_of_coop") else None
    found = [Organiser(actor_id=coop.id, username=COOP, name=coop.display_name)] if coop is not None else []
    places = await place_keepers.list_places(conn, account)
    return found + [Organiser(actor_id=one.actor_id, username=one.username, name=one.name) for one in places]


async def _list_shops(conn: Connection, account: Account) -> list[Organiser]:
    """The repair shops that she manages."""
    found = await staff.list_own(conn, account.actor_id) if account.standing == "full" else []
    return [
        Organiser(
            actor_id=one.actor_id,
            username=one.username,
            name=one.name,
            appears=await appearing.find(conn, one.actor_id) is not None,
        )
        for one in found
        if one.role == "manager"
    ]


async def find_organiser(conn: Connection, account: Account, actor_id: int, desk: str) -> Organiser | None:
    """The same of one actor, if she may act for it there."""
    return next((one for one in await list_organisers(conn, account, desk) if one.actor_id == actor_id), None)


async def find_desk_of(conn: Connection, account: Account, actor_id: int) -> str | None:
    """Where she looks after what this actor announces; None where she may not."""
    for desk in (TEAM, LEADING):
        if await find_organiser(conn, account, actor_id, desk) is not None:
            return desk
    return None


async def get_organised(conn: Connection, request: web.Request, account: Account) -> tuple[FullMeeting, Actor]:
    """The living meeting of ours that the address names, and its organiser. Raises NotFound for those of others."""
    full = await meetings.find_full(conn, read_id(request.match_info["id"]))
    if full is None or not full.listing.post.local:
        raise NotFound
    if await find_organiser(conn, account, full.listing.post.author_id, find_desk(request)) is None:
        raise NotFound
    organiser = await actors.get(conn, full.listing.post.author_id)
    return await meetings.get_own(conn, full.id, organiser.id), organiser


async def note_act(conn: Connection, request: web.Request, by: Account, about: tuple[Actor, str], what: str) -> None:
    """What the team did stands in its journal; `about` are the organiser and the meeting's id for others."""
    if find_desk(request) == TEAM:
        organiser, uri = about
        await journal.record(
            conn, "meeting_changed", by=by, right="meetings", about_id=organiser.id, what=what, listing=uri
        )
