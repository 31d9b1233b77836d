"""What is asked for a whole set looks each of them up: it reads no table whole, however many posts there are."""

from collections.abc import Awaitable, Callable
from uuid import uuid4

import pytest

from models.people.actors import Actor
from models.store.database import Connection, execute, fetch_value
from models.traffic.inbound import incoming_context, reaction_contexts, standing_posts
from models.traffic.inbound.incoming_context import ContextQuery
from models.traffic.inbound.reaction_contexts import ReactionQuery
from tests.factories import make_local_actor, make_note, make_remote_actor

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


async def ask_for_deleted(conn: Connection, people: list[Actor], posts: list[tuple[str, int]]) -> object:
    return await standing_posts.load_deleted(conn, posts)


@pytest.mark.parametrize("mode", ["force_generic_plan", "force_custom_plan"])
@pytest.mark.parametrize("ask", [ask_for_contexts, ask_for_reactions, ask_for_edited, ask_for_deleted])
async def test_no_question_of_a_set_reads_all_posts(conn: Connection, ask: Ask, mode: str) -> None:
    alice = await make_local_actor(conn)
    people = [await make_remote_actor(conn, f"bob{number}") for number in range(20)]
    for number in range(3):
        await make_note(conn, alice, content=f"<p>{number}</p>")
    await execute(
        conn,
        """
        INSERT INTO post (id, uri, kind, local, author_id, url, audience, content, published_at)
        SELECT number, 'https://henin.test/notes/' || number, 'note', false, $1, '', 'network', repeat('Bonjour ', 50),
            now()
        FROM generate_series(1, 400) AS number
        """,
        people[0].id,
    )
    await execute(conn, "SELECT set_config('plan_cache_mode', $1, true)", mode)
    posts = [(f"https://henin.test/notes/{number}", people[0].id) for number in range(1, 101)]
    read = "SELECT seq_scan FROM pg_stat_xact_user_tables WHERE relname = 'post'"
    before = await fetch_value(conn, read)

    await ask(conn, people, posts)

    assert await fetch_value(conn, read) == before
