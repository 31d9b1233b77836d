"""Who says that her server lost something is believed about her own server alone, and within reason."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from inbox.handlers.update import handle_update
from inbox.traffic.losses import list_named, tells_of_loss
from models.people.actors import Actor
from models.settings import Settings
from models.store.database import Connection, fetch_value
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


HEARD = "SELECT count(*) FROM peer_restoration WHERE host = 'henin.test'"


async def test_the_actor_of_a_server_says_what_it_lost(conn: Connection) -> None:
    server = await make_remote_actor(conn, "instance", "henin.test", type="Application")

    await handle_update(conn, HERE, server, by(server, "Update", describe(server)))

    assert await fetch_value(conn, HEARD) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"type": "Person"},
        {"id": "https://lille.test/users/instance"},
        {"restoredFrom": None},
        {"restoredFrom": (NOW - timedelta(days=61)).isoformat()},
        {"restoredFrom": NOW.isoformat()},
        {"restoredAt": (NOW + timedelta(days=2)).isoformat()},
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


def test_the_names_of_ours_that_a_document_speaks_of_are_found_and_no_parts_of_others() -> None:
    site = Settings(url="https://lomme.test").site
    body = b"""{"to": ["https://lomme.test/users/carol"], "object": "https://lomme.test/users/dora/items/1",
        "cc": "https://lomme.test/users/erin#main-key", "x": "https://lomme.test.evil/users/frank",
        "y": "https://lomme.test/users/Gustave", "z": "https://lomme.test/users/hanna-2"}"""

    assert list_named(site, body) == {"carol", "dora", "erin"}
    assert list_named(site, b"https://lomme.test/users/" + b"a" * 31) == set()
