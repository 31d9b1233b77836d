"""A member leaves for ever: everybody who may know her is told, nothing else of hers is sent, nothing of hers stays."""

import json
from typing import Any

import pytest

from models.access import sessions, tokens
from models.errors import Conflict, NotFound
from models.listings.listings import ListingDraft
from models.people import accounts, actors
from models.people.actors import Actor
from models.relations import reactions
from models.store.database import Connection, fetch_column, fetch_records, fetch_value
from outbox.listings.listings import publish
from outbox.people.accounts import delete, register
from outbox.posts import notes
from outbox.posts.notes import NoteDraft
from outbox.relations import follows
from tests.factories import HERE, make_follow, make_local_actor, make_member, make_note, make_remote_actor
from tests.outbox.sent_activities import make_streams, mark_delivered
from tests.web.form_client import shared_keys


@pytest.fixture
async def alice(conn: Connection) -> Actor:
    """Alice, a member here, and Odile, who administers."""
    await make_member(conn, "odile", roles=["admin"])
    return await make_member(conn)


async def waiting(conn: Connection) -> list[tuple[str, str]]:
    """What is to be sent: type and host."""
    rows = await fetch_records(
        conn,
        """
        SELECT a.type, d.host FROM delivery d JOIN activity a ON a.id = d.activity_id
        WHERE d.state = 'waiting' ORDER BY d.host, d.id
        """,
    )
    return [(row["type"], row["host"]) for row in rows]


async def last_word(conn: Connection) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(await fetch_value(conn, "SELECT body FROM activity WHERE type = 'Delete'"))
    return body


async def test_ax13_everybody_who_may_know_her_gets_one_delete_of_the_actor(conn: Connection, alice: Actor) -> None:
    await make_streams(conn)
    people = {name: await make_remote_actor(conn, name, f"{name}.test") for name in ("fan", "idol", "held", "liker")}
    stranger = await make_remote_actor(conn, "stranger", "stranger.test")
    await make_follow(conn, people["fan"], alice)
    await follows.follow(conn, HERE, alice, people["idol"])
    stream = await actors.get_local(conn, "offres")
    await make_follow(conn, people["held"], stream)
    await publish(conn, HERE, alice, ListingDraft(kind="offer", mode="gift", title="Tente"))
    note = await make_note(conn, alice)
    await reactions.favourite(conn, uri="https://liker.test/1", actor_id=people["liker"].id, post_id=note.id)
    await mark_delivered(conn)

    await delete(conn, HERE, alice)

    assert await waiting(conn) == [("Delete", f"{name}.test") for name in sorted(people)]
    said = await last_word(conn)
    assert (said["actor"], said["object"]) == (alice.uri, alice.uri)
    assert stranger.host not in {host for _, host in await waiting(conn)}


async def test_ht11_what_waited_of_hers_is_not_sent_any_more(conn: Connection, alice: Actor) -> None:
    await make_follow(conn, await make_remote_actor(conn), alice)
    await notes.publish(conn, HERE, alice, NoteDraft(text="Bientôt", audience="network"))

    await delete(conn, HERE, alice)

    assert await waiting(conn) == [("Delete", "henin.test")]


async def test_nothing_of_hers_stays_but_her_name(conn: Connection, alice: Actor) -> None:
    session = await sessions.create(conn, alice.id, "test")
    post = await notes.publish(conn, HERE, alice, NoteDraft(text="Mes mots à moi", audience="network"))

    await delete(conn, HERE, alice)

    left = await actors.get(conn, alice.id)
    bodies = " ".join(await fetch_column(conn, "SELECT body FROM activity WHERE type <> 'Delete'"))
    assert (left.name, left.summary, left.place_name, left.username) == ("", "", None, "alice")
    assert left.deleted_at is not None
    assert "Mes mots" not in bodies
    assert await fetch_value(conn, "SELECT deleted_at IS NOT NULL AND content = '' FROM post WHERE id = $1", post.id)
    assert await sessions.find(conn, session) is None
    assert await accounts.find(conn, alice.id) is None


async def test_her_name_is_never_given_out_again(conn: Connection, alice: Actor) -> None:
    await accounts.reserve_username(conn, "alice")
    await delete(conn, HERE, alice)

    with pytest.raises(Conflict):
        await register(
            conn,
            HERE,
            username="alice",
            email="other@lomme.test",
            password_hash=None,
            roles=(),
            language="fr",
            key_pairs=shared_keys(),
        )


async def test_her_applications_are_at_the_door(conn: Connection, alice: Actor) -> None:
    bearer = await tokens.create(conn, actor_id=alice.id, scopes=["read"])

    await delete(conn, HERE, alice)

    assert await tokens.find_by_bearer(conn, bearer) is None


async def test_the_last_administrator_and_built_in_actors_stay(conn: Connection) -> None:
    odile = await make_member(conn, "odile", roles=["admin"])

    with pytest.raises(Conflict):
        await delete(conn, HERE, odile)
    with pytest.raises(NotFound):
        await delete(conn, HERE, await make_local_actor(conn, "coop", type="Organization"))
