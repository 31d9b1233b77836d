"""Searches leave out for a reader whom her other lists leave out, though they look them up in a way of their own."""

from datetime import timedelta

from models.relations.blocking import blocks, mutes
from models.searches.network import HIDDEN
from models.store.database import Connection, fetch_column
from models.store.statements import fragment, name_optional
from tests.factories import make_local_actor, make_remote_actor

_IN_SEARCHES = name_optional(
    "SELECT a.username FROM actor a WHERE {hidden} ORDER BY a.username",
    also=["reader_id"],
    hidden=fragment(HIDDEN, author="a.id"),
)

_IN_LISTS = """
    SELECT DISTINCT a.username FROM hidden h JOIN actor a ON a.id = h.author_id WHERE h.reader_id = $1
    ORDER BY a.username
"""


async def test_searches_leave_out_whom_all_lists_leave_out(conn: Connection) -> None:
    alice, muted, unmuted, blocked, blocking, other = [
        await make_local_actor(conn, name) for name in ("alice", "muted", "unmuted", "blocked", "blocking", "other")
    ]
    hosts = {"there": "far.test", "below": "a.far.test", "beside": "notfar.test"}
    beside = [await make_remote_actor(conn, name, host) for name, host in hosts.items()][-1]
    await mutes.save(conn, actor_id=alice.id, target_id=muted.id)
    await mutes.save(conn, actor_id=alice.id, target_id=unmuted.id, duration=timedelta(minutes=-1))
    await mutes.save(conn, actor_id=other.id, target_id=beside.id)
    await blocks.save(conn, uri="https://lomme.test/1", actor_id=alice.id, target_id=blocked.id)
    await blocks.save(conn, uri="https://lomme.test/2", actor_id=blocking.id, target_id=alice.id)
    await blocks.save_domain(conn, alice.id, "far.test")

    asked = _IN_SEARCHES.ask(reader_id=alice.id)
    searched = await fetch_column(conn, asked.sql, *asked.values)
    listed = await fetch_column(conn, _IN_LISTS, alice.id)

    assert searched == listed == ["below", "blocked", "blocking", "muted", "there"]
