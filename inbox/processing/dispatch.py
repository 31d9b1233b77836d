"""The table from an activity's type to its handler, and the one place that calls them."""

from collections.abc import Awaitable, Callable
from typing import Any

from federation.vocabulary.activities.activities import (
    Accept,
    Activity,
    Add,
    Announce,
    Block,
    Create,
    Delete,
    Flag,
    Follow,
    Like,
    Move,
    Offer,
    QuoteRequest,
    Reject,
    Remove,
    Undo,
    Update,
)
from federation.vocabulary.activities.participation import Invite, Join, Leave, TentativeAccept, View
from inbox.errors import Ignored
from inbox.handlers.accept import handle_accept
from inbox.handlers.add import handle_add
from inbox.handlers.announce import handle_announce
from inbox.handlers.block import handle_block
from inbox.handlers.create import handle_create
from inbox.handlers.delete import handle_delete
from inbox.handlers.flag import handle_flag
from inbox.handlers.follow import handle_follow
from inbox.handlers.invite import handle_invite
from inbox.handlers.join import handle_join
from inbox.handlers.leave import handle_leave
from inbox.handlers.like import handle_like
from inbox.handlers.move import handle_move
from inbox.handlers.offer import handle_offer
from inbox.handlers.quote_request import handle_quote_request
from inbox.handlers.reject import handle_reject
from inbox.handlers.remove import handle_remove
from inbox.handlers.tentative_accept import handle_tentative_accept
from inbox.handlers.undo import handle_undo
from inbox.handlers.update import handle_update
from inbox.handlers.view import handle_view
from models.people.actors import Actor
from models.settings import Site
from models.store.database import Connection
from models.traffic import tombstones

Handler = Callable[..., Awaitable[None]]

HANDLERS: dict[type[Any], Handler] = {
    Accept: handle_accept,
    Add: handle_add,
    Announce: handle_announce,
    Block: handle_block,
    Create: handle_create,
    Delete: handle_delete,
    Flag: handle_flag,
    Follow: handle_follow,
    Invite: handle_invite,
    Join: handle_join,
    Leave: handle_leave,
    Like: handle_like,
    Move: handle_move,
    Offer: handle_offer,
    QuoteRequest: handle_quote_request,
    Reject: handle_reject,
    Remove: handle_remove,
    TentativeAccept: handle_tentative_accept,
    Undo: handle_undo,
    Update: handle_update,
    View: handle_view,
}


UNDOABLE = (Announce, Block, Follow, Join, Like, Offer)
"""What may have been undone before it came (AX4)."""


async def apply(conn: Connection, site: Site, sender: Actor, activity: Activity) -> None:
    """Let the activity take effect, in the caller's transaction. Raises Ignored for what changes nothing."""
    if isinstance(activity, UNDOABLE) and await tombstones.is_gone(conn, activity.id, sender.uri):
        raise Ignored("undone_before")
    await HANDLERS[type(activity)](conn, site, sender, activity)
