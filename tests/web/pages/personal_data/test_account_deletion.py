"""Deleting one's account by the page: what it says, the proof that it asks for, and changing one's mind."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from federation.instance import Instance
from models.exchanges.agreements import Terms
from models.people import accounts
from models.people.actors import Actor
from models.store.database import connection, execute, fetch_value, transaction
from outbox.exchanges.agreements.agreements import accept, request
from outbox.people.account_deletion import delete_due_accounts
from tests.factories import make_remote_actor
from tests.sample_village import Village
from tests.web.form_client import PASSWORD, Doorbell, Visitor, add_member, list_mails
from tests.web.pages.conftest import SITE, Browser
from web.server.worker.jobs import remind_of_deletion

HERE = "/compte/supprimer"


async def enter(door: Doorbell, username: str = "alice") -> Visitor:
    visitor = await (await door.ring()).log_in(username)
    return await visitor.open(HERE)


async def leaves(door: Doorbell, username: str = "alice") -> bool:
    async with connection(door.instance.pool) as conn:
        account = await accounts.find_by_username(conn, username)
        return account is not None and account.leaves_at is not None


async def test_strangers_are_led_to_the_log_in(door: Doorbell) -> None:
    visitor = await door.ring()

    assert (await visitor.open(HERE)).path == f"/connexion?retour={HERE}"


async def test_she_leaves_with_her_password_is_reminded_on_every_page_and_stays(door: Doorbell) -> None:
    visitor = await enter(door)

    await visitor.send(HERE, {"current": PASSWORD})

    assert visitor.path == "/compte?fait=leaving" and await leaves(door)
    assert "deux semaines pour changer d’avis" in visitor.text
    assert [(mail["kind"], mail["return_to"]) for mail in await list_mails(door.instance)] == [("leaving", HERE)]
    await visitor.open("/annonces")
    assert "Votre compte sera supprimé le" in visitor.text
    await visitor.send(f"{HERE}/rester")
    assert visitor.path == "/compte?fait=stays" and not await leaves(door)
    assert "Votre compte sera supprimé le" not in visitor.text


async def test_nobody_leaves_by_a_screen_left_unlocked(door: Doorbell) -> None:
    visitor = await enter(door)

    await visitor.send(HERE, {"current": "devinette"})

    assert visitor.status == 422 and "Ce n’est pas votre mot de passe actuel" in visitor.text
    assert not await leaves(door)


async def test_who_has_no_password_shows_by_a_new_log_in_that_it_is_she(door: Doorbell) -> None:
    visitor = await enter(door)
    async with transaction(door.instance.pool) as conn:
        await execute(conn, "UPDATE account SET password_hash = NULL")
        await execute(conn, "UPDATE session SET created_at = now() - interval '20 minutes'")
    await visitor.open(HERE)

    await visitor.send(HERE)
    assert visitor.path.startswith("/connexion?encore=1&retour=") and not await leaves(door)

    async with transaction(door.instance.pool) as conn:
        await execute(conn, "UPDATE session SET created_at = now()")
    await visitor.open(HERE)
    await visitor.send(HERE)
    assert await leaves(door)


async def test_the_last_administrator_is_told_to_name_another_one(door: Doorbell) -> None:
    await add_member(door.instance, "odile", roles=["admin"])
    visitor = await enter(door, "odile")

    assert "Personne d’autre n’administre cette coop" in visitor.text and f'action="{HERE}"' not in visitor.text
    token = await door.ring()
    await token.log_in("odile")
    await token.open("/compte/mot-de-passe")
    fields = token.hidden_fields("/compte/mot-de-passe")
    await token._post(HERE, {**fields, "current": PASSWORD})

    assert token.status == 409 and not await leaves(door, "odile")


async def test_a_day_before_she_is_written_to_once(door: Doorbell) -> None:
    visitor = await enter(door)
    await visitor.send(HERE, {"current": PASSWORD})
    await remind_of_deletion(door.instance)
    async with transaction(door.instance.pool) as conn:
        await execute(conn, "UPDATE departure SET due_at = now() + interval '23 hours'")

    await remind_of_deletion(door.instance)
    await remind_of_deletion(door.instance)

    assert [mail["kind"] for mail in await list_mails(door.instance)] == ["leaving", "leaving_soon"]


async def test_once_it_is_done_she_is_nobody_here_and_the_administrators_see_who_knows(door: Doorbell) -> None:
    await add_member(door.instance, "odile", roles=["admin"])
    visitor = await enter(door)
    await visitor.send(HERE, {"current": PASSWORD})
    async with transaction(door.instance.pool) as conn:
        alice = await fetch_value(conn, "SELECT id FROM actor WHERE username = 'alice' AND local")
        bob = await make_remote_actor(conn)
        await execute(
            conn,
            "INSERT INTO follow (id, uri, follower_id, followed_id, state) VALUES (1, 'x', $1, $2, 'accepted')",
            bob.id,
            alice,
        )

    await delete_due_accounts(door.instance, at=datetime.now(UTC) + timedelta(days=15))

    assert (await visitor.open("/compte")).path == "/connexion?retour=/compte"
    odile = await (await door.ring()).log_in("odile")
    await odile.open("/coop/departs")
    assert "@alice" in odile.text and "La plateforme prévenue n’a pas encore confirmé" in odile.text
    assert "henin.test" in odile.text and "En attente" in odile.text
    async with transaction(door.instance.pool) as conn:
        await execute(conn, "UPDATE delivery SET state = 'done', finished_at = now()")
    await odile.open("/coop/departs")
    assert "La seule plateforme prévenue a confirmé" in odile.text and "henin.test" not in odile.text


async def test_members_do_not_see_who_left(alice: Browser) -> None:
    assert (await alice.get("/coop/departs")).status == 404


async def test_what_is_still_going_on_is_named_before(
    open_browser: Callable[[Actor | None], Awaitable[Browser]], instance: Instance, lomme: Village
) -> None:
    begin = datetime(2027, 5, 7, 22, tzinfo=UTC)
    async with transaction(instance.pool) as conn:
        terms = Terms(begins_at=begin, ends_at=begin + timedelta(days=2))
        asked = await request(conn, SITE, lomme.hocine, lomme.tent, terms)
        await accept(conn, SITE, lomme.alice, asked)
        await request(conn, SITE, lomme.hocine, lomme.sewing, Terms(begins_at=begin, ends_at=begin + timedelta(days=1)))

    hers = (await (await open_browser(lomme.alice)).get(HERE)).words()
    his = (await (await open_browser(lomme.hocine)).get(HERE)).words()

    when = "du samedi 8 mai 2027 au dimanche 9 mai 2027"
    assert "Tente 4 places, facile à monter" in hers and f"avec Hocine, d’accord, {when}" in hers
    assert f"avec Maryse, d’accord, {when}" in his and "Machine à coudre" in his and "avec Léonie, demandé" in his
