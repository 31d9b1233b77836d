"""What came, taken in sets and then one by one: both have to leave the same in every table."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from inbox.processing import sets
from inbox.processing.prepared import Prepared
from inbox.processing.process import process_due
from inbox.processing.sets import take_effect
from models.access import tokens
from models.news import push_subscriptions
from models.news.push_subscriptions import NewPush
from models.people.actors import Actor
from models.settings import Site
from models.store.database import Connection, transaction
from tests.fediverse import Person
from tests.inbox.desk import Desk

Scene = Sequence[tuple[Person, Mapping[str, Any]]]
"""What is there when the worker begins: who sent it, and what."""

DUMP = {
    "post": """
        SELECT p.uri, p.audience, p.content, p.warning, p.sensitive, p.language, p.url, p.in_reply_to_uri, parent.uri,
            root.uri, p.to_uris, p.cc_uris, p.raw::text, p.published_at, p.updated_at, p.hidden_at IS NULL,
            p.deleted_at IS NULL
        FROM post p LEFT JOIN post parent ON parent.id = p.in_reply_to_id LEFT JOIN post root ON root.id = p.root_id
        ORDER BY p.author_id, p.id
    """,
    "listing": """
        SELECT p.uri, l.kind, l.mode, l.title, l.description, l.category, l.latitude, l.longitude, l.radius,
            l.place_name, l.deposit, l.status, l.commune_code
        FROM listing l JOIN post p ON p.id = l.post_id ORDER BY p.author_id, p.id
    """,
    "tag": """
        SELECT p.uri, t.tag, t.name FROM post_tag t JOIN post p ON p.id = t.post_id ORDER BY p.author_id, p.id, t.tag
    """,
    "mention": """
        SELECT p.uri, a.uri, m.silent FROM mention m JOIN post p ON p.id = m.post_id JOIN actor a ON a.id = m.actor_id
        ORDER BY p.author_id, p.id, a.uri
    """,
    "media": """
        SELECT p.uri, m.remote_url, m.description, m.position, m.mime_type, m.width FROM media m
        JOIN post p ON p.id = m.post_id ORDER BY p.author_id, p.id, m.position
    """,
    "poll": """
        SELECT p.uri, q.multiple, q.options, q.votes, q.ends_at FROM poll q JOIN post p ON p.id = q.post_id
        ORDER BY p.author_id, p.id
    """,
    "quote": "SELECT quoting_uri, quoted_uri, state FROM quote ORDER BY quoting_uri",
    "waiting": """
        SELECT p.uri, w.host, w.audience, w.wanted FROM waiting_post w JOIN post p ON p.id = w.post_id ORDER BY p.uri
    """,
    "job": "SELECT entrypoint, count(*) FROM pgqueuer GROUP BY entrypoint ORDER BY entrypoint",
    "stream": "SELECT e.kind, p.uri FROM stream_event e JOIN post p ON p.id = e.object_id ORDER BY p.author_id, e.id",
    "happened": "SELECT kind, count(*) FROM stream_event GROUP BY kind ORDER BY kind",
    "told": """
        SELECT n.type, a.uri, p.uri FROM notification n JOIN actor a ON a.id = n.actor_id
        LEFT JOIN post p ON p.id = n.post_id ORDER BY n.type, p.uri, a.uri
    """,
    "liked": """
        SELECT f.uri, a.uri, p.uri FROM favourite f JOIN actor a ON a.id = f.actor_id JOIN post p ON p.id = f.post_id
        ORDER BY f.uri
    """,
    "shared": """
        SELECT s.uri, a.uri, p.uri FROM share s JOIN actor a ON a.id = s.actor_id JOIN post p ON p.id = s.post_id
        ORDER BY s.uri
    """,
    "version": """
        SELECT p.uri, v.content, v.warning, jsonb_array_length(v.media), v.written_at FROM post_version v
        JOIN post p ON p.id = v.post_id ORDER BY p.uri, v.id
    """,
    "follow": """
        SELECT f.uri, a.uri, b.uri, f.state, f.shares, f.notify, f.answered_at IS NULL FROM follow f
        JOIN actor a ON a.id = f.follower_id JOIN actor b ON b.id = f.followed_id ORDER BY a.uri, b.uri
    """,
    "said": """
        SELECT c.uri, a.type, a.object_uri, a.public, a.body::jsonb - 'id' FROM activity a
        JOIN actor c ON c.id = a.actor_id ORDER BY c.uri, (a.body::jsonb - 'id')::text
    """,
    "leaves": """
        SELECT d.inbox, d.personal_inbox, d.host, d.private, d.priority, d.state, d.error, d.cause,
            d.actor_id = a.actor_id, a.body::jsonb - 'id'
        FROM delivery d JOIN activity a ON a.id = d.activity_id ORDER BY d.inbox, d.id
    """,
    "past": "SELECT a.uri, b.state FROM backfill b JOIN actor a ON a.id = b.actor_id ORDER BY a.uri",
    "void": "SELECT uri, actor_uri, reason FROM tombstone ORDER BY uri, actor_uri",
    "received": "SELECT activity_uri, state, error, length(body) FROM received ORDER BY id",
}
"""All that posts and reactions change, without numbers and moments of ours; what one person sent in its order."""


FORGOTTEN = (
    "received",
    "tombstone",
    "notification",
    "stream_event",
    "moderation_case",
    "message_request",
    "message_request_news",
    "favourite",
    "share",
    "backfill",
    "pgqueuer",
)
"""What is emptied between the two ways, beside the posts of others; their reactions are all that there are."""


async def let_her_app_be_told(desk: Desk, reader: Actor) -> None:
    """What the reader is told of makes a job of each."""
    async with transaction(desk.instance.pool) as conn:
        token = await tokens.find_by_bearer(conn, await tokens.create(conn, actor_id=reader.id, scopes=["push"]))
        assert token is not None
        new = NewPush(endpoint="https://push.test/1", p256dh="", auth="", standard=True, policy="all", alerts=())
        await push_subscriptions.save(conn, token.id, reader.id, new)


async def dump(desk: Desk) -> dict[str, list[tuple[Any, ...]]]:
    """Everything that came, as it is kept."""
    return {name: [tuple(row) for row in await desk.instance.pool.fetch(sql)] for name, sql in DUMP.items()}


async def _begin_anew(desk: Desk, ours: list[tuple[int, str]]) -> None:
    """Follows are what they were; what we answered is not said, and what we asked waits to leave."""
    pool = desk.instance.pool
    await pool.execute("DELETE FROM follow WHERE id <> ALL($1)", [id for id, _ in ours])
    for id, state in ours:
        await pool.execute("UPDATE follow SET state = $2, answered_at = NULL WHERE id = $1", id, state)
    await pool.execute("DELETE FROM activity WHERE type IN ('Accept', 'Reject')")
    await pool.execute("UPDATE delivery SET state = 'waiting', finished_at = NULL")


async def compare_ways(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, scenes: Sequence[Scene]
) -> dict[str, list[tuple[Any, ...]]]:
    """What is kept in the end, and `together`: what took effect in sets, by its type. Fails where the ways differ."""
    found = []
    together: list[tuple[Any, ...]] = []

    async def watch(conn: Connection, site: Site, items: Sequence[Prepared], late: set[str]) -> list[sets.Ended]:
        ended = await take_effect(conn, site, items, late)
        together.extend((one.item.type,) for one, end in zip(items, ended, strict=True) if end == "done")
        return ended

    monkeypatch.setattr(sets, "take_effect", watch)
    ours = [tuple(row) for row in await desk.instance.pool.fetch("SELECT id, state FROM follow")]
    for in_sets in (True, False):
        for table in FORGOTTEN:
            await desk.instance.pool.execute(f"DELETE FROM {table}")
        await desk.instance.pool.execute("DELETE FROM post WHERE NOT local")
        await _begin_anew(desk, ours)
        with monkeypatch.context() as patch:
            if not in_sets:
                patch.setattr(Prepared, "may_be_in_set", False)
            for scene in scenes:
                for person, activity in scene:
                    assert (await desk.post(person, activity)).status == 202
                await process_due(desk.instance)
        found.append(await dump(desk))
    for name, rows in found[0].items():
        assert rows == found[1][name], name
    return found[0] | {"together": together}
