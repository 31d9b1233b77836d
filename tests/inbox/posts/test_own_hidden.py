"""What the team put away in the time that was lost comes back for them alone, whoever gives it back in which order."""

from typing import Any

import pytest

from federation.proofs import add_proof
from models import posts
from models.people.actors import Actor
from models.store.database import Connection, execute, fetch_column, fetch_value
from models.traffic import returned_posts
from outbox.moderation import held_posts, sanctions
from outbox.posts import notes
from tests.factories import HERE
from tests.inbox.posts.lost_time import (
    NOW,
    SIGNER,
    give_back,
    is_shown,
    list_said,
    lose,
    make_alice,
    pass_seconds,
    say,
    without_proof,
)
from tests.rulings import rule


@pytest.fixture
async def alice(conn: Connection) -> Actor:
    """Alice, of whom everything is lost since twenty hours."""
    return await make_alice(conn)


async def hide_and_lose(conn: Connection, alice: Actor, *, shown_again: bool = False) -> tuple[str, list[Any]]:
    """A note that the team hid, and perhaps showed again, and all that was said of it."""
    note = await say(conn, "Une insulte")
    await pass_seconds(conn)
    decision = await rule(conn, alice, "hide", posts=(note.id,))
    if shown_again:
        await pass_seconds(conn)
        await sanctions.take_back(conn, HERE, decision, by=None)
    return note.uri, await lose(conn)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
@pytest.mark.parametrize("proven", [True, False])
async def test_what_the_team_hid_waits_for_their_look_and_nobody_else_reads_it(
    conn: Connection, alice: Actor, order: tuple[int, int], proven: bool
) -> None:
    uri, said = await hide_and_lose(conn, alice)
    assert ["proof" in one for one in said] == [True, True]
    if not proven:
        said[1] = without_proof(said[1])

    for number in order:
        await give_back(conn, said[number])

    assert await is_shown(conn, uri) is False
    assert await fetch_column(conn, "SELECT p.uri FROM held_post h JOIN post p ON p.id = h.post_id") == [uri]
    assert await fetch_value(conn, "SELECT count(*) FROM delivery") == 0


async def test_released_by_the_team_it_is_whole_again_for_those_who_have_it_and_new_to_nobody(
    conn: Connection, alice: Actor
) -> None:
    uri, said = await hide_and_lose(conn, alice)
    for document in said:
        await give_back(conn, document)
    held = await posts.find_by_uri(conn, uri)
    assert held is not None

    await held_posts.release(conn, HERE, held.id, None)
    await sanctions.apply_decisions(conn, HERE, alice.id)
    await give_back(conn, without_proof(said[1]))

    assert await is_shown(conn, uri) is True
    assert await fetch_value(conn, "SELECT published_at FROM post WHERE id = $1", held.id) == held.published_at
    assert await fetch_column(conn, "SELECT type FROM activity ORDER BY id") == ["Create", "Update", "Update"]


async def test_deleted_by_its_author_while_it_waits_it_is_deleted_where_others_have_it(
    conn: Connection, alice: Actor
) -> None:
    uri, said = await hide_and_lose(conn, alice)
    for document in said:
        await give_back(conn, document)
    held = await posts.find_by_uri(conn, uri)
    assert held is not None

    await notes.delete(conn, HERE, alice, held)

    assert await fetch_value(conn, "SELECT type FROM activity ORDER BY id DESC LIMIT 1") == "Delete"
    assert await fetch_value(conn, "SELECT count(*) FROM held_post") == 0


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2)])
async def test_what_was_shown_again_before_the_loss_comes_back_for_everybody(
    conn: Connection, alice: Actor, order: tuple[int, ...]
) -> None:
    uri, said = await hide_and_lose(conn, alice, shown_again=True)

    for number in order:
        await give_back(conn, said[number])

    assert await is_shown(conn, uri) is True
    assert await fetch_value(conn, "SELECT count(*) FROM held_post") == 0


async def test_without_a_proof_nothing_hides_what_was_not_lost_or_is_in_use_since(
    conn: Connection, alice: Actor
) -> None:
    uri, said = await hide_and_lose(conn, alice)
    await give_back(conn, said[0])
    await execute(conn, "UPDATE restoration SET restored_at = now() - interval '1 minute'")
    await execute(conn, "UPDATE post SET updated_at = now()")
    await give_back(conn, without_proof(said[1]))
    in_use = await is_shown(conn, uri)
    await execute(conn, "DELETE FROM returned_post")
    await execute(conn, "UPDATE post SET updated_at = NULL")

    await give_back(conn, without_proof(said[1]))

    assert (in_use, await is_shown(conn, uri)) == (True, True)


async def test_one_server_says_so_much_without_a_proof_of_what_is_not_here(
    conn: Connection, alice: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(returned_posts, "MOST_UNPROVEN", 0)
    _, said = await hide_and_lose(conn, alice)

    await give_back(conn, without_proof(said[1]))

    assert await fetch_value(conn, "SELECT count(*) FROM returned_post") == 0


async def test_of_who_deleted_her_account_nothing_comes_back_and_the_team_is_told(
    conn: Connection, alice: Actor
) -> None:
    first, second = await say(conn, "Une"), await say(conn, "Deux")
    creates = await list_said(conn)
    farewell = {
        "@context": ["https://www.w3.org/ns/activitystreams"],
        "id": f"{alice.uri}/activities/6f3a1c52-0000-4000-8000-00000000abcd",
        "type": "Delete",
        "actor": alice.uri,
        "object": alice.uri,
        "to": ["https://www.w3.org/ns/activitystreams#Public"],
    }
    await lose(conn)

    for document in (creates[0], add_proof(farewell, SIGNER, NOW), creates[1]):
        await give_back(conn, document)

    assert (await is_shown(conn, first.uri), await is_shown(conn, second.uri)) == (False, None)
    assert await fetch_value(conn, "SELECT count(*) FROM held_post") == 1
    assert "supprimé son compte" in await fetch_value(conn, "SELECT words FROM moderation_note")
    assert await fetch_value(conn, "SELECT count(*) FROM activity WHERE type = 'Delete'") == 0
