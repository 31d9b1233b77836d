"""Threads of private notes, as Conversation."""

from collections.abc import Mapping, Sequence
from itertools import chain

from models import posts
from models.posts.conversations import Conversation
from models.store.database import Connection
from web.api.entities.notifications import load_people
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
    there = {one.id: one.participant_ids or [reader_id] for one in found}
    accounts = await load_people(conn, look, list(set(chain.from_iterable(there.values()))))
    return [
        {
            "id": str(one.id),
            "unread": one.unread,
            "accounts": _pick(accounts, there[one.id]),
            "last_status": statuses[str(one.last_post_id)],
        }
        for one in found
        if str(one.last_post_id) in statuses
    ]


def _pick(accounts: Mapping[int, Json], ids: Sequence[int]) -> list[Json]:
    return [accounts[id] for id in ids if id in accounts]
