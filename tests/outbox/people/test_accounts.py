"""Registering a member: actor, keys and account at once."""

from typing import Any

import pytest

from models.errors import Conflict, Invalid
from models.people import accounts, actors, keys
from models.store.database import Connection, fetch_value
from outbox.people.accounts import register
from tests.factories import HERE, make_member
from tests.web.form_client import shared_keys

CAROLE: dict[str, Any] = {
    "username": "carole",
    "email": "carole@example.org",
    "password_hash": "hash",
    "roles": (),
    "language": "fr",
    "key_pairs": shared_keys(),
}


async def test_a_member_has_an_actor_keys_and_an_account(conn: Connection) -> None:
    actor = await register(conn, HERE, **CAROLE, name="Carole")

    account = await accounts.get(conn, actor.id)
    assert (actor.uri, actor.url) == ("https://lomme.test/users/carole", "https://lomme.test/@carole")
    assert (actor.type, actor.name, actor.territory_uri) == ("Person", "Carole", "https://lomme.test/users/coop")
    assert account.confirmed_at is not None and account.email == "carole@example.org"
    assert {key.uri for key in await keys.list_public_keys(conn, actor.id)} == {
        "https://lomme.test/users/carole#main-key",
        "https://lomme.test/users/carole#ed25519-key",
    }


async def test_an_address_may_wait_for_its_confirmation(conn: Connection) -> None:
    actor = await register(conn, HERE, **CAROLE, confirmed=False)

    assert (await accounts.get(conn, actor.id)).confirmed_at is None


async def test_a_name_that_was_ever_used_is_refused(conn: Connection) -> None:
    actor = await register(conn, HERE, **CAROLE)
    await actors.delete(conn, actor.id)

    with pytest.raises(Conflict) as refusal:
        await register(conn, HERE, **CAROLE | {"email": "other@example.org"})

    assert refusal.value.field == "username"


async def test_a_reserved_name_is_refused(conn: Connection) -> None:
    with pytest.raises(Invalid):
        await register(conn, HERE, **CAROLE | {"username": "coop"})


async def test_nothing_is_left_of_a_member_whose_address_is_taken(conn: Connection) -> None:
    await make_member(conn, "alice")

    with pytest.raises(Conflict) as refusal:
        async with conn.transaction():
            await register(conn, HERE, **CAROLE | {"email": "Alice@example.org"})

    assert refusal.value.field == "email"
    assert await actors.find_local(conn, "carole") is None
    assert await fetch_value(conn, "SELECT count(*) FROM used_username WHERE username = 'carole'") == 0
