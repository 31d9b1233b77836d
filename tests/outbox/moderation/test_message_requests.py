"""What a member decides of what strangers wrote to her: how much comes in, and what the moderators read of it."""

import pytest

from models.errors import NotFound
from models.moderation import reports
from models.moderation.reports import CONTENT_LIMIT
from models.people.actors import Actor
from models.posts.message_requests.values import MOST_OF_ONE
from models.store.database import Connection
from outbox.moderation.message_requests import accept_host, accept_sender, report, send_away
from tests.factories import HERE, make_local_actor, make_member
from tests.sample_message_requests import make_stranger, make_waiting


@pytest.fixture
async def alice(conn: Connection) -> Actor:
    """Alice, and the server's own actor, which reports."""
    await make_local_actor(conn, "instance", type="Application")
    return await make_member(conn)


async def read_report(conn: Connection, alice: Actor, author: Actor) -> str:
    """What the moderators read once Alice reported what this person wrote."""
    await report(conn, HERE, alice, author.id)
    [found] = await reports.list_open(conn)
    assert (found.reporter_id, found.target_id) == (alice.id, author.id)
    return found.content


async def test_moderators_read_all_that_waited_of_one_person_the_newest_first(conn: Connection, alice: Actor) -> None:
    eve, other = await make_stranger(conn), await make_stranger(conn, "mallory")
    uris = [await make_waiting(conn, eve, alice, text=f"Mot {number}") for number in range(MOST_OF_ONE)]
    await make_waiting(conn, other, alice, text="Rien de mal")

    content = await read_report(conn, alice, eve)

    assert content == "\n\n".join(f"{uris[at]}\n\nMot {at}" for at in reversed(range(MOST_OF_ONE)))
    with pytest.raises(NotFound):
        await send_away(conn, alice, eve.id)


async def test_of_a_flood_moderators_read_as_much_as_a_report_holds(conn: Connection, alice: Actor) -> None:
    eve = await make_stranger(conn)
    for number in range(2):
        await make_waiting(conn, eve, alice, text=f"{number}" * CONTENT_LIMIT)

    content = await read_report(conn, alice, eve)

    assert len(content) == CONTENT_LIMIT and content.endswith("1" * 100)


async def test_how_much_came_in_is_said(conn: Connection, alice: Actor) -> None:
    hocine = await make_member(conn, "hocine")
    eve, other, elsewhere = [
        await make_stranger(conn, name, host)
        for name, host in (("eve", "neu.test"), ("ada", "neu.test"), ("zoe", "new.test"))
    ]
    for author, reader in ((eve, alice), (eve, alice), (eve, hocine), (other, alice), (elsewhere, alice)):
        await make_waiting(conn, author, reader)

    assert await accept_sender(conn, hocine, eve.id) == 1
    assert await accept_host(conn, "neu.test") == 3
    with pytest.raises(NotFound):
        await accept_sender(conn, hocine, elsewhere.id)
    assert await accept_sender(conn, alice, elsewhere.id) == 1
