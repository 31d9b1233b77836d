"""Threads of private notes, as Conversation."""

from collections.abc import Sequence

from models import posts
from models.people import actors
from models.posts.conversations import Conversation
from models.store.database import Connection
from web.api.entities.accounts import is_shown, load_accounts
from web.api.entities.statuses import load_posts
from web.api.entities.values import EntityContext, Json


async def load_conversations(
    conn: Connection, look: EntityContext, found: Sequence[Conversation], reader_id: int
) -> list[Json]:
    """These conversations of the reader's, without those whose last note is not for her to see any more.

    Whoever only wrote to herself stands there alone.
    """
    ids = [one.last_post_id for one in found]
    visible = await posts.filter_wanted(conn, ids, reader_id)
    loaded = await load_posts(conn, look, [id for id in ids if id in visible], reader_id)
    statuses = {status["id"]: status for status in loaded}
    people = {id for one in found for id in one.participant_ids or [reader_id]}
    shown = [actor for actor in await actors.list_by_ids(conn, list(people)) if is_shown(actor)]
    accounts = await load_accounts(conn, look, shown)
    return [
        {
            "id": str(one.id),
            "unread": one.unread,
            "accounts": [accounts[id] for id in one.participant_ids or [reader_id] if id in accounts],
            "last_status": statuses[str(one.last_post_id)],
        }
        for one in found
        if str(one.last_post_id) in statuses
    ]
