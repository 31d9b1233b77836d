"""Where an activity goes: once to each server, and to no server that nobody named (AX21)."""

from models.people.actors import Actor
from models.store.database import Connection, fetch_column
from outbox.posts.notes import NoteDraft, publish
from tests.factories import HERE, make_follow, make_member, make_remote_actor


async def _inboxes(conn: Connection) -> list[str]:
    return await fetch_column(conn, "SELECT inbox FROM delivery ORDER BY inbox")


async def _befriend(conn: Connection, alice: Actor) -> None:
    """Three followers at one server, one at another, and one whose server has no shared inbox."""
    for username, host in (
        ("bob", "henin.test"),
        ("eve", "henin.test"),
        ("paul", "henin.test"),
        ("carl", "arras.test"),
    ):
        await make_follow(conn, await make_remote_actor(conn, username, host), alice)
    await make_follow(conn, await make_remote_actor(conn, "solo", "lens.test", shared_inbox=None), alice)


async def test_ax21_a_post_for_many_goes_once_to_each_server(conn: Connection) -> None:
    for audience in ("network", "unlisted", "followers"):
        alice = await make_member(conn, f"alice_{audience}")
        await _befriend(conn, alice)
        await publish(conn, HERE, alice, NoteDraft(text="Bonjour", audience=audience))

        assert await fetch_column(conn, "SELECT inbox FROM delivery WHERE actor_id = $1 ORDER BY inbox", alice.id) == [
            "https://arras.test/inbox",
            "https://henin.test/inbox",
            "https://lens.test/users/solo/inbox",
        ]


async def test_ax21_a_private_message_goes_to_those_named_alone(conn: Connection) -> None:
    alice = await make_member(conn)
    await _befriend(conn, alice)

    await publish(conn, HERE, alice, NoteDraft(text="@bob@henin.test @solo@lens.test bonjour", audience="direct"))

    assert await _inboxes(conn) == ["https://henin.test/users/bob/inbox", "https://lens.test/users/solo/inbox"]


async def test_ax02_nothing_for_followers_goes_to_whoever_only_asked(conn: Connection) -> None:
    alice = await make_member(conn, locked=True)
    await make_follow(conn, await make_remote_actor(conn), alice, state="pending")
    await make_follow(conn, await make_remote_actor(conn, "carl", "arras.test"), alice, state="rejected")

    await publish(conn, HERE, alice, NoteDraft(text="Entre nous", audience="followers"))

    assert await _inboxes(conn) == []
