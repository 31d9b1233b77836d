"""Who may join how, and the people who wait for a yes."""

from dataclasses import replace
from typing import Any

import pytest

from models import preferences
from models.errors import Conflict
from models.people import accounts, roles, sign_ups
from models.people.arrivals import waiting_accounts
from models.people.sign_ups import NewSignUp
from models.preferences import Registration
from models.store.database import Connection, execute
from tests.factories import make_member

CAROLE = NewSignUp(
    username="carole",
    email="carole@example.org",
    password_hash="x",
    name="Carole",
    language="fr",
    commune_code=None,
)


async def open_up(conn: Connection, registration: Registration = "open") -> None:
    await preferences.save(conn, replace(await preferences.load(conn), registration=registration))


async def leave(conn: Connection, days: int) -> None:
    """Everybody was last seen so many days ago, and joined before that."""
    await execute(
        conn,
        """
        UPDATE account SET last_seen_at = now() - make_interval(days => $1),
            created_at = now() - make_interval(days => 100)
        """,
        days,
    )


@pytest.mark.parametrize(
    ("role", "days", "registration"),
    [
        ("admin", 6, "open"),
        ("moderator", 6, "open"),
        ("admin", 8, "approval"),
        ("welcome", 6, "open"),
        ("keeper", 0, "approval"),
    ],
)
async def test_b57_sign_ups_wait_when_no_moderator_came_by_for_seven_days(
    conn: Connection, role: accounts.Role, days: int, registration: str
) -> None:
    await open_up(conn)
    nadia = await make_member(conn, "nadia")
    await execute(conn, "UPDATE account SET roles = $2 WHERE actor_id = $1", nadia.id, [role])
    await leave(conn, days)

    assert await sign_ups.find_registration(conn) == registration


async def test_b57_sign_ups_open_again_with_the_first_moderator_who_comes_by(conn: Connection) -> None:
    await open_up(conn)
    nadia = await make_member(conn, "nadia")
    await roles.set_roles(conn, nadia.id, ["admin"])
    await leave(conn, 8)

    told = [await sign_ups.watch(conn), await sign_ups.watch(conn)]
    away = await sign_ups.find_absence(conn)
    await accounts.touch(conn, nadia.id)
    told.append(await sign_ups.watch(conn))
    back = await sign_ups.find_absence(conn)

    assert told == [True, False, False]
    assert away and away.until is None
    assert back and back.until is not None
    assert await sign_ups.find_registration(conn) == "open"


async def test_new_server_has_seven_days_before_its_moderators_are_missed(conn: Connection) -> None:
    await open_up(conn)
    nadia = await make_member(conn, "nadia")
    await roles.set_roles(conn, nadia.id, ["admin"])

    assert await sign_ups.find_registration(conn) == "open"


@pytest.mark.parametrize("registration", ["approval", "closed"])
async def test_what_the_cooperative_chose_is_not_changed_by_absence(
    conn: Connection, registration: Registration
) -> None:
    await open_up(conn, registration)

    assert await sign_ups.find_registration(conn) == registration
    assert not await sign_ups.watch(conn)
    assert await sign_ups.find_absence(conn) is None


async def test_who_waits_is_found_by_name_and_address_and_taken_off_once(conn: Connection) -> None:
    asked = await sign_ups.save(conn, CAROLE)

    assert await sign_ups.find_by_login(conn, " @Carole ") == asked
    assert await sign_ups.find_by_login(conn, "Carole@Example.org") == asked
    assert [await sign_ups.remove(conn, asked.id, welcome=False) for _ in range(2)] == [True, False]
    assert await sign_ups.list_waiting(conn) == []


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"username": "anna", "email": "carole@example.org"}, "email"),
        ({"email": "autre@example.org"}, "username"),
        ({"username": "alice"}, "username"),
        ({"username": "anna", "email": "ALICE@example.org"}, "email"),
    ],
)
async def test_name_and_address_are_asked_for_once(conn: Connection, changed: dict[str, Any], field: str) -> None:
    alice = await make_member(conn)
    await execute(conn, "UPDATE account SET email = 'alice@example.org' WHERE actor_id = $1", alice.id)
    await execute(conn, "INSERT INTO used_username (username) VALUES ('alice') ON CONFLICT DO NOTHING")
    await sign_ups.save(conn, CAROLE)

    with pytest.raises(Conflict) as refused:
        await sign_ups.save(conn, replace(CAROLE, **changed))

    assert refused.value.field == field


async def test_list_of_who_waits_has_an_end(conn: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sign_ups, "MOST_WAITING", 1)
    await sign_ups.save(conn, CAROLE)

    with pytest.raises(Conflict) as refused:
        await sign_ups.save(conn, replace(CAROLE, username="anna", email="anna@example.org"))

    assert refused.value.field == ""


async def test_a_flood_of_addresses_that_nobody_confirms_keeps_nobody_else_out(
    conn: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sign_ups, "MOST_WAITING", 1)
    monkeypatch.setattr(sign_ups, "MOST_UNCONFIRMED", 3)
    for number in range(2):
        bot = replace(CAROLE, username=f"bot{number}", email=f"bot{number}@example.org", to_confirm=True)
        await sign_ups.save(conn, bot)

    await sign_ups.save(conn, replace(CAROLE, to_confirm=True))
    await execute(conn, "UPDATE sign_up SET confirmed_at = now() WHERE username = 'carole'")

    assert [one.username for one in await sign_ups.list_waiting(conn)] == ["carole", "bot0", "bot1"]
    await sign_ups.save(conn, replace(CAROLE, username="bot2", email="bot2@example.org", to_confirm=True))
    with pytest.raises(Conflict) as refused:
        await sign_ups.save(conn, replace(CAROLE, username="bot3", email="bot3@example.org", to_confirm=True))
    assert refused.value.field == ""


async def test_nobody_waits_for_ever(conn: Connection) -> None:
    asked = await sign_ups.save(conn, CAROLE)
    await execute(conn, "UPDATE sign_up SET asked_at = now() - interval '91 days' WHERE id = $1", asked.id)

    assert await waiting_accounts.forget_old(conn) == 1
