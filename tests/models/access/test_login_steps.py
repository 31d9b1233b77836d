"""What is half done at the door."""

from models.access import login_steps, tokens
from models.store.database import Connection, execute
from tests.factories import make_member


async def test_a_step_is_found_by_its_token_and_purpose_and_finished_once(conn: Connection) -> None:
    alice = await make_member(conn)
    token, step = await login_steps.begin(conn, "second", alice.id)

    assert await login_steps.find(conn, "second", token) == step and len(step.challenge) == 32
    assert await login_steps.find(conn, "passkey", token) is None
    assert await login_steps.find(conn, "second", token[:-1]) is None
    assert [await login_steps.finish(conn, step), await login_steps.finish(conn, step)] == [True, False]
    assert await login_steps.find(conn, "second", token) is None


async def test_a_step_lasts_ten_minutes(conn: Connection) -> None:
    token, _ = await login_steps.begin(conn, "passkey")
    await execute(conn, "UPDATE login_step SET expires_at = now() - interval '1 second'")

    assert await login_steps.find(conn, "passkey", token) is None
    assert await login_steps.forget_old(conn) == 1


async def test_a_new_password_ends_what_was_begun_with_the_old_one(conn: Connection) -> None:
    alice = await make_member(conn)
    token, _ = await login_steps.begin(conn, "second", alice.id)

    await tokens.end_access(conn, alice.id)

    assert await login_steps.find(conn, "second", token) is None
