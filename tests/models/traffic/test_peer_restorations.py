"""What is sent again to a server that lost it: in steps, once, and nothing that nobody should have any more."""

from datetime import UTC, datetime, timedelta

import pytest

from models.people import actors
from models.store.database import Connection, execute, fetch_column, fetch_value
from models.traffic import peer_restorations
from models.traffic.outbound import activities, deliveries
from models.traffic.outbound.activities import NewActivity
from tests.factories import make_follow, make_member, make_note, make_remote_actor

NOW = datetime.now(UTC)
LOST = {"lost_from": NOW - timedelta(hours=20), "restored_at": NOW}


async def deliver(
    conn: Connection, hours: float, *, type: str = "Create", object: str = "", body: str = "{}", public: bool = True
) -> int:
    """Something of Alice's that Bob's server took so many hours ago; the id of its activity."""
    alice = await fetch_value(conn, "SELECT id FROM actor WHERE username = 'alice'")
    number = await fetch_value(conn, "SELECT count(*) FROM activity")
    uri = f"https://lomme.test/users/alice/activities/{number}"
    new = NewActivity(uri=uri, type=type, actor_id=alice, object_uri=object or uri, public=public, body=body)
    id = await activities.save(conn, new)
    await deliveries.schedule(conn, activity_id=id, actor_id=alice, named_ids=[], followed_ids=[alice])
    await execute(
        conn,
        "UPDATE delivery SET state = 'done', finished_at = $2 WHERE activity_id = $1",
        id,
        NOW - timedelta(hours=hours),
    )
    return id


@pytest.fixture
async def alice(conn: Connection) -> Connection:
    """Bob of another server follows Alice."""
    await make_follow(conn, await make_remote_actor(conn, "bob", "henin.test"), await make_member(conn, "alice"))
    return conn


async def list_waiting(conn: Connection) -> list[int]:
    return await fetch_column(conn, "SELECT activity_id FROM delivery WHERE state = 'waiting' ORDER BY activity_id")


async def hear(conn: Connection, host: str = "henin.test", *, known: bool = True, **when: datetime) -> int | None:
    """That server says so, and the job does its work: how much was sent again. None where it is not heard."""
    if not await peer_restorations.hear(conn, host, known=known, **(LOST | when)):
        return None
    sent = 0
    while (step := await peer_restorations.send_step(conn, host, known=known)) is not None:
        sent += step
    return sent


async def test_what_arrived_in_what_was_lost_is_sent_again_once_the_oldest_first_and_nothing_else(
    alice: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(peer_restorations, "AT_ONCE", 1)
    await deliver(alice, 30)
    wanted = [await deliver(alice, 2), await deliver(alice, 19)]

    await peer_restorations.hear(alice, "henin.test", known=True, **LOST)
    await peer_restorations.send_step(alice, "henin.test", known=True)
    first = await list_waiting(alice)
    again = await hear(alice)
    await peer_restorations.send_step(alice, "henin.test", known=True)
    await execute(alice, "UPDATE delivery SET state = 'done', finished_at = now() WHERE activity_id = ANY($1)", wanted)
    rest = await peer_restorations.send_step(alice, "henin.test", known=True)

    assert (first, again, rest) == ([wanted[1]], None, None)
    assert await hear(alice, "mallory.test") == 0
    assert (
        await fetch_value(
            alice, "SELECT sent_again FROM peer_restoration WHERE finished_at IS NOT NULL AND host = 'henin.test'"
        )
        == 2
    )


async def test_a_second_loss_within_the_hour_waits_for_its_turn_and_is_not_forgotten(alice: Connection) -> None:
    await hear(alice)
    late = await deliver(alice, 0)

    soon = await hear(alice, restored_at=NOW + timedelta(minutes=5))
    waiting = await list_waiting(alice)
    await execute(alice, "UPDATE peer_restoration SET due_at = now()")
    await peer_restorations.send_step(alice, "henin.test", known=True)

    assert (soon, waiting) == (0, [])
    assert await list_waiting(alice) == [late]
    jobs = "SELECT count(*) FROM pgqueuer WHERE entrypoint = 'send_lost_again'"
    assert await fetch_value(alice, jobs) == 2


async def test_of_a_backup_older_than_what_is_kept_as_much_is_sent_again_as_there_is(alice: Connection) -> None:
    wanted = await deliver(alice, 19)

    assert await hear(alice, lost_from=NOW - timedelta(days=90)) == 1
    assert await list_waiting(alice) == [wanted]


async def test_what_was_deleted_or_taken_back_since_is_not_brought_to_life(alice: Connection) -> None:
    gone = "https://lomme.test/users/alice/notes/1"
    await deliver(alice, 10, object=gone)
    deleted = await deliver(alice, 9, type="Delete", object=gone)
    follow = await deliver(alice, 8, type="Follow", object="https://henin.test/users/bob")
    uri = await fetch_value(alice, "SELECT uri FROM activity WHERE id = $1", follow)
    undo = await deliver(alice, 7, type="Undo", object=uri, body=f'{{"object": "{uri}"}}')

    assert await hear(alice) == 2
    assert await list_waiting(alice) == [deleted, undo]


async def test_who_is_not_known_has_what_is_public_alone_and_keeps_nobody_else_from_hers(alice: Connection) -> None:
    public = await deliver(alice, 10)
    letter = await deliver(alice, 9, public=False)

    stranger = await hear(alice, known=False, restored_at=NOW + timedelta(minutes=4))
    first = await list_waiting(alice)
    own = await hear(alice)

    assert (stranger, first, own) == (1, [public], 1)
    assert await list_waiting(alice) == [public, letter]
    assert await peer_restorations.list_unknown(alice) == ["henin.test"]


async def test_what_the_team_hid_stays_away_and_that_it_was_deleted_is_said(alice: Connection) -> None:
    author = await actors.get_local(alice, "alice")
    hidden, shown = await make_note(alice, author), await make_note(alice, author)
    for type in ("Create", "Update", "Announce"):
        await deliver(alice, 10, type=type, object=hidden.uri)
    wanted = [await deliver(alice, 9, object=shown.uri), await deliver(alice, 8, type="Delete", object=hidden.uri)]
    await execute(alice, "UPDATE post SET hidden_at = now() WHERE id = $1", hidden.id)

    assert await hear(alice) == 2
    assert await list_waiting(alice) == wanted


async def test_of_who_left_her_farewell_alone_is_said_again_and_nothing_without_its_words(alice: Connection) -> None:
    emptied = await deliver(alice, 10)
    await activities.forget_words(alice, await fetch_value(alice, "SELECT uri FROM activity WHERE id = $1", emptied))
    first = await hear(alice)
    await deliver(alice, 9)
    farewell = await deliver(alice, 8, type="Delete", object="https://lomme.test/users/alice")
    await execute(alice, "UPDATE actor SET deleted_at = now() WHERE username = 'alice'")
    await execute(alice, "DELETE FROM peer_restoration")

    assert (first, await hear(alice)) == (0, 1)
    assert await list_waiting(alice) == [farewell]
