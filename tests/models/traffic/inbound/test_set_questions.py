"""What is asked and written for a whole set looks each of them up: it reads no table whole, however many there are."""

from collections.abc import Awaitable, Callable
from uuid import uuid4

import pytest

from models.news.told import Told, notify_many
from models.people.actors import Actor
from models.posts.edits import save_edits
from models.posts.saving import create_many
from models.posts.values import NewPost
from models.relations import follows
from models.store.database import RELAXED, Connection, execute, fetch_records, fetch_value
from models.traffic import answered_follows
from models.traffic.inbound import follow_contexts, incoming_context, reaction_contexts, standing_posts
from models.traffic.inbound.follow_contexts import FollowQuery
from models.traffic.inbound.incoming_context import ContextQuery
from models.traffic.inbound.reaction_contexts import ReactionQuery
from tests.factories import make_local_actor, make_member, make_note, make_remote_actor

Ask = Callable[[Connection, list[Actor], list[tuple[str, int]]], Awaitable[object]]


async def ask_for_contexts(conn: Connection, people: list[Actor], posts: list[tuple[str, int]]) -> object:
    asked = [
        ContextQuery(
            uri=f"https://henin.test/notes/{uuid4()}",
            author_id=one.id,
            author_uri=one.uri,
            author_host=one.host,
            in_reply_to=posts[0][0],
            people=[one.uri],
        )
        for one in people
    ]
    return await incoming_context.load_contexts(conn, asked)


async def ask_for_reactions(conn: Connection, people: list[Actor], posts: list[tuple[str, int]]) -> object:
    asked = [
        ReactionQuery(uri=f"{one.uri}/likes/1", actor_id=one.id, actor_uri=one.uri, post_uri=posts[0][0])
        for one in people
    ]
    return await reaction_contexts.load_posts(conn, asked)


async def ask_for_edited(conn: Connection, people: list[Actor], posts: list[tuple[str, int]]) -> object:
    return await standing_posts.load_edited(conn, posts)


async def lock_them(conn: Connection, people: list[Actor], posts: list[tuple[str, int]]) -> object:
    await standing_posts.lock(conn, posts)
    return True


async def ask_for_deleted(conn: Connection, people: list[Actor], posts: list[tuple[str, int]]) -> object:
    return await standing_posts.load_deleted(conn, posts)


async def keep_new_ones(conn: Connection, people: list[Actor], posts: list[tuple[str, int]]) -> object:
    return await create_many(conn, [_write(one, f"{one.uri}/notes/1", posts[0][0]) for one in people])


async def keep_edited(conn: Connection, people: list[Actor], posts: list[tuple[str, int]]) -> object:
    return await save_edits(conn, {number: _write(people[0], uri, None) for number, (uri, _) in enumerate(posts, 1)})


async def tell_of_them(conn: Connection, people: list[Actor], posts: list[tuple[str, int]]) -> object:
    [post] = await fetch_records(conn, "SELECT author_id, id FROM post WHERE local LIMIT 1")
    news = [Told(recipient_id=post[0], type="favourite", actor_id=one.id, post_id=post[1]) for one in people]
    return await notify_many(conn, news)


def _write(author: Actor, uri: str, in_reply_to_uri: str | None) -> NewPost:
    return NewPost(
        uri=uri,
        kind="note",
        local=False,
        author_id=author.id,
        url=uri,
        audience="network",
        content="<p>Bonjour</p>",
        in_reply_to_uri=in_reply_to_uri,
    )


MOST_READ = 500
"""A hundred posts, each looked up, locked and changed."""

ASKED = [ask_for_contexts, ask_for_reactions, ask_for_edited, ask_for_deleted]
WRITTEN = [lock_them, keep_new_ones, keep_edited, tell_of_them]


@pytest.mark.parametrize("mode", ["force_generic_plan", "force_custom_plan"])
@pytest.mark.parametrize("ask", [*ASKED, *WRITTEN])
async def test_nothing_that_is_done_for_a_set_reads_all_posts(conn: Connection, ask: Ask, mode: str) -> None:
    alice = await make_member(conn)
    people = [await make_remote_actor(conn, f"bob{number}") for number in range(20)]
    for number in range(3):
        await make_note(conn, alice, content=f"<p>{number}</p>")
    posts = [(f"https://henin.test/notes/{number}", people[0].id) for number in range(1, 101)]
    await conn.execute(RELAXED)
    await execute(conn, "ANALYZE post")  # few, so that to read them all seems cheap
    await execute(conn, "SELECT set_config('plan_cache_mode', $1, true)", mode)
    before_there_were_any = conn.transaction()
    await before_there_were_any.start()
    await ask(conn, people, posts)  # what is planned now is kept
    await before_there_were_any.rollback()
    await execute(
        conn,
        """
        INSERT INTO post (id, uri, kind, local, author_id, url, audience, content, published_at)
        SELECT number, 'https://henin.test/notes/' || number, 'note', false, $1, '', 'network', repeat('Bonjour ', 50),
            now()
        FROM generate_series(1, 1000) AS number
        """,
        people[0].id,
    )
    before = await _count_read(conn)

    done = await ask(conn, people, posts)

    assert done
    assert await _count_read(conn) - before <= MOST_READ


async def _count_read(conn: Connection) -> int:
    """Posts that were looked at in this transaction, by an index or one after the other."""
    read = "SELECT seq_tup_read + idx_tup_fetch FROM pg_stat_xact_user_tables WHERE relname = 'post'"
    return int(await fetch_value(conn, read))


async def ask_for_followers(conn: Connection, people: list[Actor], uris: list[str]) -> object:
    asked = [
        FollowQuery(uri=uri, follower_id=one.id, follower_uri=one.uri, followed_id=people[0].id)
        for one, uri in zip(people, uris, strict=False)
    ]
    return await follow_contexts.load(conn, asked)


async def ask_for_asked(conn: Connection, people: list[Actor], uris: list[str]) -> object:
    return await follow_contexts.load_asked(conn, [(uri, people[0].id) for uri in uris])


async def ask_for_kept(conn: Connection, people: list[Actor], uris: list[str]) -> object:
    return await reaction_contexts.load_kept(conn, [(uri, people[0].id) for uri in uris])


async def ask_for_first_followers(conn: Connection, people: list[Actor], uris: list[str]) -> object:
    return await follows.filter_followed_once(conn, [one.id for one in people])


async def ask_for_answered(conn: Connection, people: list[Actor], uris: list[str]) -> None:
    await answered_follows.confirm_many(conn, [(uri, people[0].uri) for uri in uris])


@pytest.mark.parametrize("mode", ["force_generic_plan", "force_custom_plan"])
@pytest.mark.parametrize(
    "ask", [ask_for_followers, ask_for_asked, ask_for_kept, ask_for_first_followers, ask_for_answered]
)
async def test_no_question_of_a_set_reads_all_follows_or_deliveries(
    conn: Connection, ask: Callable[[Connection, list[Actor], list[str]], Awaitable[object]], mode: str
) -> None:
    alice = await make_local_actor(conn)
    people = [await make_remote_actor(conn, f"bob{number}") for number in range(40)]
    uris = [f"https://henin.test/follows/{'x' * 300}/{number}" for number in range(1, 41)]
    await execute(
        conn,
        """
        INSERT INTO follow (id, uri, follower_id, followed_id, state)
        SELECT number, 'https://henin.test/follows/' || repeat('x', 300) || '/' || number, pair.first, pair.second,
            'accepted'
        FROM (SELECT row_number() OVER () AS number, a.id AS first, b.id AS second
            FROM unnest($1::bigint[]) AS a (id), unnest($1::bigint[]) AS b (id) WHERE a.id <> b.id) AS pair
        """,
        [one.id for one in people],
    )
    await execute(
        conn,
        """
        INSERT INTO activity (id, uri, type, actor_id, object_uri, public, body)
        SELECT number, 'https://henin.test/follows/' || repeat('x', 300) || '/' || number, 'Follow', $1, $2, false, '{}'
        FROM generate_series(1, 400) AS number
        """,
        alice.id,
        people[0].uri,
    )
    await execute(
        conn,
        """
        INSERT INTO delivery (activity_id, actor_id, host, inbox, state, due_at)
        SELECT number, $1, number || '.test', 'https://henin.test/inbox' || repeat('x', 300), 'waiting', now()
        FROM generate_series(1, 400) AS number
        """,
        alice.id,
    )
    await conn.execute(RELAXED)
    await execute(conn, "ANALYZE follow, activity, delivery")
    await execute(conn, "SELECT set_config('plan_cache_mode', $1, true)", mode)
    read = "SELECT sum(seq_scan)::int FROM pg_stat_xact_user_tables WHERE relname = ANY($1)"
    tables = ["follow", "activity", "delivery"]
    before = await fetch_value(conn, read, tables)

    await ask(conn, people, uris)

    assert await fetch_value(conn, read, tables) == before
