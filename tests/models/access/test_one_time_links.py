"""One-time links: once, for one purpose, for a while."""

import pytest

from models.access import one_time_links
from models.errors import Gone
from models.store.database import Connection, execute, fetch_value
from tests.factories import make_member


async def test_a_link_works_once(conn: Connection) -> None:
    alice = await make_member(conn)
    token = await one_time_links.create(conn, "login", actor_id=alice.id)

    used = await one_time_links.use(conn, token, "login")

    assert used.actor_id == alice.id
    with pytest.raises(Gone):
        await one_time_links.use(conn, token, "login")


async def test_looking_at_a_link_does_not_use_it(conn: Connection) -> None:
    token = await one_time_links.create(conn, "password", actor_id=(await make_member(conn)).id)

    first, second = await one_time_links.find(conn, token), await one_time_links.find(conn, token)

    assert first is not None and first == second and first.used_at is None


async def test_a_link_serves_its_purpose_only(conn: Connection) -> None:
    token = await one_time_links.create(conn, "confirm", actor_id=(await make_member(conn)).id)

    with pytest.raises(Gone):
        await one_time_links.use(conn, token, "login", "password")

    assert await one_time_links.find(conn, token) is not None


async def test_an_old_link_does_nothing(conn: Connection) -> None:
    token = await one_time_links.create(conn, "login", actor_id=(await make_member(conn)).id)
    await execute(conn, "UPDATE one_time_link SET expires_at = now()")

    assert await one_time_links.find(conn, token) is None
    with pytest.raises(Gone):
        await one_time_links.use(conn, token, "login")


async def test_revoking_set_up_links_spares_the_others(conn: Connection) -> None:
    setup = await one_time_links.create(conn, "setup")
    login = await one_time_links.create(conn, "login", actor_id=(await make_member(conn)).id)

    await one_time_links.revoke_all(conn, "setup", None)

    assert await one_time_links.find(conn, setup) is None
    assert await one_time_links.find(conn, login) is not None


async def test_the_token_itself_is_not_stored(conn: Connection) -> None:
    token = await one_time_links.create(conn, "setup")

    row = await fetch_value(conn, "SELECT one_time_link::text FROM one_time_link")

    assert token not in row and token.encode().hex() not in row


async def test_links_are_forgotten_a_week_after_their_end(conn: Connection) -> None:
    await one_time_links.create(conn, "setup")
    await execute(conn, "UPDATE one_time_link SET expires_at = now() - interval '8 days'")
    await one_time_links.create(conn, "setup")

    assert await one_time_links.forget_expired(conn) == 1
