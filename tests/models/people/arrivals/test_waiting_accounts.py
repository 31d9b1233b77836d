"""The account of somebody who waits: it ends without a trace, and she is told where nobody answered."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from models import preferences
from models.errors import Conflict
from models.people import accounts, phone_numbers, sign_ups
from models.people.arrivals import first_sessions, sign_up_messages, waiting_accounts
from models.people.sign_ups import NewSignUp
from models.preferences import Preferences
from models.store.database import Connection, execute, fetch_column, fetch_value
from outbox.people.accounts import ask_to_join
from tests.factories import HERE, make_listing, make_member

CAROLE = NewSignUp(
    username="carole",
    email="carole@example.org",
    password_hash="x",
    name="Carole",
    language="fr",
    commune_code=None,
)


async def wait(conn: Connection) -> tuple[int, int]:
    """Ids of the request and of the actor."""
    asked = await ask_to_join(conn, HERE, CAROLE, None)
    assert asked.actor_id is not None
    return asked.id, asked.actor_id


async def test_name_and_address_of_whoever_waits_are_taken(conn: Connection) -> None:
    await wait(conn)

    trials: list[tuple[dict[str, Any], str]] = [
        ({"username": "anna"}, "email"),
        ({"email": "anna@example.org"}, "username"),
    ]
    for changes, field in trials:
        with pytest.raises(Conflict) as refused:
            await ask_to_join(conn, HERE, replace(CAROLE, **changes), None)
        assert refused.value.field == field


async def test_only_whoever_waits_is_erased(conn: Connection) -> None:
    alice = await make_member(conn)
    _, carole = await wait(conn)

    await waiting_accounts.erase(conn, [alice.id, carole])

    assert await accounts.find(conn, alice.id) is not None and await accounts.find(conn, carole) is None


async def test_whoever_nobody_answered_for_three_months_is_erased_and_told(conn: Connection) -> None:
    _, carole = await wait(conn)
    await execute(conn, "UPDATE sign_up SET asked_at = now() - interval '89 days'")
    kept = await waiting_accounts.forget_old(conn)
    await execute(conn, "UPDATE sign_up SET asked_at = now() - interval '91 days'")

    assert (kept, await waiting_accounts.forget_old(conn)) == (0, 1)
    assert await accounts.find(conn, carole) is None
    assert await fetch_value(conn, "SELECT count(*) FROM used_username WHERE username = 'carole'") == 0
    [payload] = await fetch_column(conn, "SELECT payload FROM pgqueuer WHERE entrypoint = 'sign_up_mail'")
    assert msgspec.json.decode(payload)["kind"] == "expired"


async def test_whoever_never_confirmed_her_address_is_forgotten_after_a_week_without_a_mail(conn: Connection) -> None:
    id, carole = await wait(conn)
    await execute(conn, "UPDATE sign_up SET to_confirm = true, asked_at = now() - interval '6 days'")
    early = await waiting_accounts.forget_old(conn)
    await execute(conn, "UPDATE sign_up SET asked_at = now() - interval '8 days'")
    await sign_up_messages.write(conn, id, carole, "Bonjour.", role=None)
    talking = await waiting_accounts.forget_old(conn)
    await execute(conn, "DELETE FROM sign_up_message")

    assert (early, talking, await waiting_accounts.forget_old(conn)) == (0, 0, 1)
    assert await accounts.find(conn, carole) is None
    assert await fetch_column(conn, "SELECT payload FROM pgqueuer WHERE entrypoint = 'sign_up_mail'") == []


async def test_whoever_did_not_answer_the_team_is_told_so_and_not_that_nobody_answered(conn: Connection) -> None:
    id, _ = await wait(conn)
    awa = await make_member(conn, "awa", roles=["welcome"])
    await sign_up_messages.write(conn, id, awa.id, "Une question ?", role="welcome")
    await execute(conn, "UPDATE sign_up SET asked_at = now() - interval '91 days'")

    await waiting_accounts.forget_old(conn)

    [payload] = await fetch_column(conn, "SELECT payload FROM pgqueuer WHERE entrypoint = 'sign_up_mail'")
    assert msgspec.json.decode(payload)["asked_back"] is True


async def test_team_is_not_reminded_while_it_waits_for_her(conn: Connection) -> None:
    id, carole = await wait(conn)
    awa = await make_member(conn, "awa", roles=["welcome"])
    await execute(conn, "UPDATE sign_up SET asked_at = now() - interval '4 days'")
    await sign_up_messages.write(conn, id, awa.id, "Une question ?", role="welcome")
    waiting = await sign_ups.claim_forgotten(conn, first=timedelta(days=3), again=timedelta(days=7))
    await sign_up_messages.write(conn, id, carole, "Oui.", role=None)

    assert (waiting, await sign_ups.claim_forgotten(conn, first=timedelta(days=3), again=timedelta(days=7))) == (
        [],
        [id],
    )


async def test_whoever_writes_without_an_answer_has_to_wait_and_may_again_after_one(
    conn: Connection,
) -> None:
    id, carole = await wait(conn)
    awa = await make_member(conn, "awa", roles=["welcome"])
    for _ in range(sign_up_messages.MOST_UNANSWERED):
        await sign_up_messages.write(conn, id, carole, "Bonjour.", role=None)

    with pytest.raises(Conflict):
        await sign_up_messages.write(conn, id, carole, "Bonjour !", role=None)
    await sign_up_messages.write(conn, id, awa.id, "Bonjour Carole.", role="welcome")
    await sign_up_messages.write(conn, id, carole, "Merci.", role=None)

    said = await sign_up_messages.list_of(conn, id)
    assert [(one.author_id, one.role) for one in said][-2:] == [(awa.id, "welcome"), (carole, None)]


async def test_first_session_shows_no_card_for_what_she_has_done(conn: Connection) -> None:
    alice = await make_member(conn)
    assert await first_sessions.list_left(conn, alice.id) == [], "members of before are not new"
    await first_sessions.begin(conn, alice.id)
    shown = [await first_sessions.list_left(conn, alice.id)]

    await execute(conn, "UPDATE account SET default_commune_code = '59355' WHERE actor_id = $1", alice.id)
    shown.append(await first_sessions.list_left(conn, alice.id))
    await make_listing(conn, alice)
    shown.append(await first_sessions.list_left(conn, alice.id))
    await execute(conn, "INSERT INTO mail_choice (actor_id, kind, rhythm) VALUES ($1, 'messages', 'daily')", alice.id)
    shown.append(await first_sessions.list_left(conn, alice.id))

    assert shown == [["commune", "listing", "told"], ["listing", "told"], ["told"], []]


async def test_first_session_asks_for_a_number_where_everybody_has_to_give_one(conn: Connection) -> None:
    alice = await make_member(conn)
    await first_sessions.begin(conn, alice.id)
    await preferences.save(conn, Preferences(phone_required=True))
    shown = [await first_sessions.list_left(conn, alice.id)]

    await first_sessions.skip_all(conn, alice.id)
    shown.append(await first_sessions.list_left(conn, alice.id))
    await phone_numbers.set_phone(conn, alice.id, "06 12 34 56 78")
    shown.append(await first_sessions.list_left(conn, alice.id))

    assert shown == [["phone", "commune", "listing", "told"], ["phone"], []]


@pytest.mark.parametrize("changed", ["UPDATE account SET roles = '{admin}'", "UPDATE actor SET type = 'Organization'"])
async def test_first_session_is_not_for_who_administers_nor_for_places(conn: Connection, changed: str) -> None:
    alice = await make_member(conn)
    await execute(conn, changed)

    await first_sessions.begin(conn, alice.id)

    assert await first_sessions.list_left(conn, alice.id) == []
