"""Sessions: what the browser holds and what is stored."""

from models.access import sessions
from models.store.database import Connection, execute, fetch_value
from tests.factories import make_member


async def test_a_session_is_found_by_its_token_only(conn: Connection) -> None:
    alice = await make_member(conn)
    token = await sessions.create(conn, alice.id, "Firefox")

    session = await sessions.find(conn, token)

    assert session is not None and session.actor_id == alice.id and session.user_agent == "Firefox"
    assert session.csrf_token not in {"", token}
    assert await sessions.find(conn, token + "x") is None


async def test_the_token_itself_is_not_stored(conn: Connection) -> None:
    token = await sessions.create(conn, (await make_member(conn)).id, "Firefox")

    row = await fetch_value(conn, "SELECT session::text FROM session")

    assert token not in row and token.encode().hex() not in row


async def test_an_expired_session_lets_nobody_in(conn: Connection) -> None:
    token = await sessions.create(conn, (await make_member(conn)).id, "")
    await execute(conn, "UPDATE session SET expires_at = now()")

    assert await sessions.find(conn, token) is None


async def test_disabling_an_account_ends_its_sessions(conn: Connection) -> None:
    token = await sessions.create(conn, (await make_member(conn)).id, "")
    await execute(conn, "UPDATE account SET disabled_at = now()")

    assert await sessions.find(conn, token) is None


async def test_using_a_session_slides_its_end_once_an_hour(conn: Connection) -> None:
    token = await sessions.create(conn, (await make_member(conn)).id, "")
    await execute(conn, "UPDATE session SET expires_at = now() + interval '1 day'")
    session = await sessions.find(conn, token)
    assert session is not None and not await sessions.touch(conn, session)

    await execute(conn, "UPDATE session SET seen_at = now() - interval '2 hours'")
    unused = await sessions.find(conn, token)
    assert unused is not None
    touched = await sessions.touch(conn, unused)

    later = await sessions.find(conn, token)
    assert touched and later is not None and later.expires_at > session.expires_at


async def test_one_session_of_mine_is_ended_by_its_handle(conn: Connection) -> None:
    alice, carole = await make_member(conn, "alice"), await make_member(conn, "carole")
    for actor in (alice, alice, carole):
        await sessions.create(conn, actor.id, "")
    mine, hers = await sessions.list_of(conn, alice.id), await sessions.list_of(conn, carole.id)

    stolen = await sessions.end_by_handle(conn, alice.id, hers[0].handle)
    ended = await sessions.end_by_handle(conn, alice.id, mine[0].handle)

    assert (stolen, ended) == (False, True)
    assert await sessions.list_of(conn, alice.id) == mine[1:]
    assert await sessions.list_of(conn, carole.id) == hers


async def test_expired_sessions_are_forgotten(conn: Connection) -> None:
    alice = await make_member(conn)
    await sessions.create(conn, alice.id, "")
    await execute(conn, "UPDATE session SET expires_at = now() - interval '1 second'")
    await sessions.create(conn, alice.id, "")

    assert await sessions.forget_expired(conn) == 1
