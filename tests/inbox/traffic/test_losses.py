"""Who says that her server lost something is believed about her own server alone, and within reason."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from inbox.handlers.update import handle_update
from inbox.traffic.losses import MOST_ADDRESSES, list_named, tells_of_loss
from models.people import keys
from models.people.actors import Actor
from models.settings import Settings
from models.store.database import Connection, execute, fetch_value
from tests.factories import HERE, make_remote_actor
from tests.inbox.handlers.activities import by

NOW = datetime.now(UTC)


def describe(actor: Actor, **changes: Any) -> dict[str, Any]:
    """An actor of another server, which was made again a minute ago of the backup of last night."""
    return {
        "id": actor.uri,
        "type": "Application",
        "preferredUsername": actor.username,
        "inbox": actor.inbox,
        "restoredFrom": (NOW - timedelta(hours=20)).isoformat(),
        "restoredAt": (NOW - timedelta(minutes=1)).isoformat(),
    } | changes


async def make_server(conn: Connection, **changes: Any) -> Actor:
    """The actor of henin.test, known for a year with the key that it has."""
    server = await make_remote_actor(
        conn, host="henin.test", **({"username": "instance", "type": "Application"} | changes)
    )
    await keys.replace_public_keys(conn, server.id, [(f"{server.uri}#main-key", "rsa", "ours")])
    await execute(conn, "UPDATE actor SET created_at = $2 WHERE id = $1", server.id, NOW - timedelta(days=365))
    await execute(
        conn, "UPDATE public_key SET held_since = $2 WHERE actor_id = $1", server.id, NOW - timedelta(days=365)
    )
    return server


HEARD = "SELECT known FROM peer_restoration WHERE host = 'henin.test'"


async def tell(conn: Connection, server: Actor, **changes: Any) -> bool | None:
    """It says what it lost. Whether it is known; None where it is not heard."""
    await handle_update(conn, HERE, server, by(server, "Update", describe(server, **changes)))
    known: bool | None = await fetch_value(conn, HEARD)
    return known


async def test_the_actor_of_a_server_says_what_it_lost(conn: Connection) -> None:
    server = await make_server(conn)
    await keys.replace_public_keys(conn, server.id, [(f"{server.uri}#main-key", "rsa", "ours")])  # looked at anew

    assert await tell(conn, server) is True
    assert await fetch_value(conn, "SELECT count(*) FROM pgqueuer WHERE entrypoint = 'send_lost_again'") == 1


async def test_one_that_was_never_seen_before_is_not_known(conn: Connection) -> None:
    server = await make_server(conn)
    await execute(conn, "UPDATE actor SET created_at = now() WHERE id = $1", server.id)

    assert await tell(conn, server) is False


async def test_another_application_of_the_same_server_is_not_known(conn: Connection) -> None:
    assert await tell(conn, await make_server(conn, username="helper")) is False


@pytest.mark.parametrize("shown", [{"#main-key": "theirs"}, {"#main-key": "ours", "#other": "theirs"}, {}])
async def test_one_with_another_key_is_not_known_even_where_it_shows_the_old_one_beside(
    conn: Connection, shown: dict[str, str]
) -> None:
    server = await make_server(conn)

    await keys.replace_public_keys(
        conn, server.id, [(f"{server.uri}{name}", "rsa", pem) for name, pem in shown.items()]
    )

    assert await tell(conn, server) is False


async def test_nor_is_one_that_had_another_key_for_a_moment(conn: Connection) -> None:
    server = await make_server(conn)
    own: tuple[str, keys.Algorithm, str] = (f"{server.uri}#main-key", "rsa", "ours")

    await keys.replace_public_keys(conn, server.id, [own, (f"{server.uri}#other", "rsa", "theirs")])
    await keys.replace_public_keys(conn, server.id, [own])

    assert await tell(conn, server) is False


async def test_a_key_of_before_that_was_noted_counts_from_when_it_was_fetched(conn: Connection) -> None:
    server = await make_server(conn)
    await execute(
        conn,
        "UPDATE public_key SET held_since = NULL, fetched_at = $2 WHERE actor_id = $1",
        server.id,
        NOW - timedelta(days=3),
    )

    await keys.replace_public_keys(conn, server.id, [(f"{server.uri}#main-key", "rsa", "ours")])

    assert await tell(conn, server) is True


async def test_of_a_loss_of_long_ago_it_is_heard_as_well(conn: Connection) -> None:
    assert await tell(conn, await make_server(conn), restoredFrom=(NOW - timedelta(days=61)).isoformat()) is True


@pytest.mark.parametrize(
    "changes",
    [
        {"type": "Person"},
        {"id": "https://lille.test/users/instance"},
        {"restoredFrom": None},
        {"restoredFrom": NOW.isoformat()},
        {"restoredAt": (NOW + timedelta(days=1)).isoformat()},
        {"restoredAt": "yesterday"},
    ],
)
async def test_nobody_else_does_nor_of_any_time(conn: Connection, changes: dict[str, Any]) -> None:
    server = await make_remote_actor(conn, "instance", "henin.test", type="Application")

    await handle_update(conn, HERE, server, by(server, "Update", describe(server, **changes)))

    assert await fetch_value(conn, "SELECT count(*) FROM peer_restoration") == 0


def test_only_the_word_about_itself_tells_of_a_loss() -> None:
    told = {"id": "https://henin.test/users/instance", "restoredAt": "2026-11-29T00:00:00Z"}

    assert tells_of_loss({"actor": told["id"], "object": told})
    assert not tells_of_loss({"actor": "https://lille.test/users/instance", "object": told})
    assert not tells_of_loss({"actor": told["id"], "object": {"id": told["id"]}})
    assert not tells_of_loss({"actor": told["id"], "object": told["id"]})


def test_the_names_of_ours_to_whom_a_document_is_addressed_are_found_and_no_others() -> None:
    site, users = Settings(url="https://lomme.test").site, "https://lomme.test/users"
    document = {
        "to": [f"{users}/carol", "https://lomme.test.evil/users/frank", 7],
        "cc": f"{users}/erin#main-key",
        "object": {
            "id": "https://henin.test/notes/1",
            "inReplyTo": f"{users}/dora/items/1",
            "tag": [{"href": f"{users}/fanny"}, {"href": {}}, "x"],
            "object": f"{users}/hugo",
            "content": f"{users}/nobody {users}/noone",
            "to": [f"{users}/Gustave", f"{users}/hanna-2", f"{users}/{'a' * 31}"],
        },
        "summary": f"{users}/nobody",
    }

    assert list_named(site, document) == {"carol", "erin", "dora", "fanny", "hugo"}
    assert list_named(site, {"object": f"{users}/carol/items/2"}) == {"carol"}
    assert list_named(site, {"to": [f"{users}/name{number}" for number in range(900)]}) == {
        f"name{number}" for number in range(MOST_ADDRESSES)
    }
