"""Asking to come in, and being let in."""

from dataclasses import replace

from federation.instance import Instance
from models import preferences
from models.people import accounts, actors
from models.preferences import Registration
from models.store.database import connection, execute, fetch_value, transaction
from tests.web.form_client import Doorbell, Visitor, add_member, list_mails
from web.server.worker.jobs import watch_sign_ups

CAROLE = {"name": "Carole", "username": "carole", "email": "carole@example.org", "password": "trois vélos et demi"}

WAITS = "lit chaque demande avant d’ouvrir le compte"


async def choose(instance: Instance, registration: Registration) -> None:
    async with transaction(instance.pool) as conn:
        await preferences.save(conn, replace(await preferences.load(conn), registration=registration))


async def leave(instance: Instance) -> None:
    """Nobody came by for eight days."""
    async with transaction(instance.pool) as conn:
        await execute(
            conn, "UPDATE account SET last_seen_at = now() - interval '8 days', created_at = now() - interval '1 year'"
        )


async def ask(door: Doorbell, **changes: str) -> Visitor:
    visitor = await door.ring()
    await visitor.open("/inscription?retour=/compte")
    return await visitor.send("/inscription", CAROLE | changes)


async def enter_as(door: Doorbell, username: str) -> Visitor:
    visitor = await door.ring()
    return await visitor.log_in(username)


async def test_carole_asks_and_is_nobody_yet(door: Doorbell) -> None:
    await choose(door.instance, "approval")

    visitor = await ask(door, commune="59160 Lomme")

    assert visitor.status == 200 and "Votre demande est partie" in visitor.text
    async with connection(door.instance.pool) as conn:
        assert await accounts.find_by_username(conn, "carole") is None
        assert await actors.find_local(conn, "carole") is None
    assert (await visitor.open("/@carole")).status == 404


async def test_carole_is_told_at_the_door_that_she_waits(door: Doorbell) -> None:
    await choose(door.instance, "approval")
    visitor = await ask(door)

    await visitor.log_in("carole", CAROLE["password"])
    right = visitor.text
    await visitor.log_in("carole", "quatre vélos et demi")

    assert "Votre demande attend encore" in right
    assert "ne vont pas ensemble" in visitor.text


async def test_carole_is_let_in_with_what_she_had_typed(door: Doorbell) -> None:
    await choose(door.instance, "approval")
    visitor = await ask(door, commune="59160 Lomme")
    await add_member(door.instance, "awa", roles=["welcome"])
    awa = await enter_as(door, "awa")

    await awa.open("/coop/demandes")
    assert "carole@example.org" in awa.text and "Lomme" in awa.text
    await awa.send("/coop/demandes", {"act": "welcome"})

    assert "la personne peut entrer" in awa.text and "Personne n’attend." in awa.text
    await visitor.log_in("carole", CAROLE["password"])
    assert visitor.path == "/"
    async with connection(door.instance.pool) as conn:
        account = await accounts.find_by_username(conn, "carole")
    assert account and (account.roles, account.default_commune_code) == ([], "59355")


async def test_carole_is_refused_and_may_ask_again(door: Doorbell) -> None:
    await choose(door.instance, "approval")
    await ask(door)
    await add_member(door.instance, "nadia", roles=["admin"])
    nadia = await enter_as(door, "nadia")

    await nadia.open("/coop/demandes")
    await nadia.send("/coop/demandes", {"act": "refuse"})

    assert "Personne n’attend." in nadia.text
    assert "Votre demande est partie" in (await ask(door)).text


async def test_name_that_was_taken_meanwhile_keeps_the_request(door: Doorbell) -> None:
    await choose(door.instance, "approval")
    await ask(door)
    await add_member(door.instance, "carole")
    await add_member(door.instance, "nadia", roles=["admin"])
    async with transaction(door.instance.pool) as conn:
        await execute(conn, "UPDATE account SET email = 'autre@example.org' WHERE email = 'carole@example.org'")
    nadia = await enter_as(door, "nadia")

    await nadia.open("/coop/demandes")
    await nadia.send("/coop/demandes", {"act": "welcome"})

    assert nadia.status == 409
    assert "Ce nom de membre a été pris entre-temps" in nadia.text and "carole@example.org" in nadia.text


async def test_members_do_not_see_who_waits(door: Doorbell) -> None:
    alice = await enter_as(door, "alice")

    assert (await alice.open("/coop/demandes")).status == 404


async def test_request_answered_by_somebody_else_is_not_found(door: Doorbell) -> None:
    await choose(door.instance, "approval")
    await ask(door)
    await add_member(door.instance, "nadia", roles=["admin"])
    nadia = await enter_as(door, "nadia")
    await nadia.open("/coop/demandes")
    async with transaction(door.instance.pool) as conn:
        await execute(conn, "DELETE FROM sign_up")

    await nadia.send("/coop/demandes", {"act": "welcome"})

    assert nadia.status == 404


async def test_b57_visitor_is_told_in_one_sentence_while_nobody_moderates(door: Doorbell) -> None:
    await choose(door.instance, "open")
    await add_member(door.instance, "nadia", roles=["admin"])
    visitor = await door.ring()

    before = (await visitor.open("/inscription")).text
    await leave(door.instance)
    meanwhile = (await visitor.open("/inscription")).text
    await enter_as(door, "nadia")
    after = (await visitor.open("/inscription")).text

    assert [WAITS in text for text in (before, meanwhile, after)] == [False, True, False]


async def test_b57_moderators_are_told_once_and_read_it_when_they_are_back(door: Doorbell) -> None:
    await choose(door.instance, "open")
    await add_member(door.instance, "nadia", roles=["admin"])
    await add_member(door.instance, "mona", roles=["moderator"])  # who answers nobody that asks to join
    await leave(door.instance)

    await watch_sign_ups(door.instance)
    await watch_sign_ups(door.instance)
    await ask(door)
    nadia = await enter_as(door, "nadia")
    await watch_sign_ups(door.instance)
    await nadia.open("/coop/demandes")

    assert [mail["kind"] for mail in await list_mails(door.instance)] == ["unattended"]
    assert "personne qui modère n’est passé" in nadia.text
    await nadia.open("/coop")
    assert "attend d’entrer dans la coop" in nadia.text
    async with connection(door.instance.pool) as conn:
        assert await fetch_value(conn, "SELECT count(*) FROM unattended WHERE until IS NOT NULL") == 1
