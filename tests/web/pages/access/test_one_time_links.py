"""One-time links, as people and mail scanners open them."""

import pytest

from models.access import one_time_links
from models.access.one_time_links import Purpose
from models.people import accounts
from models.store.database import connection, execute, fetch_value, transaction
from tests.web.form_client import PASSWORD, Doorbell, add_member

NEW = "trente-deux vélos bleus"


async def make_link(door: Doorbell, purpose: Purpose, username: str = "alice") -> str:
    async with transaction(door.instance.pool) as conn:
        account = await accounts.find_by_username(conn, username)
        assert account is not None
        return f"/lien/{await one_time_links.create(conn, purpose, actor_id=account.actor_id)}"


async def test_a_log_in_link_enters_after_a_click(door: Doorbell) -> None:
    link = await make_link(door, "login")
    visitor = await door.ring()
    await visitor.open(f"{link}?retour=/compte")
    assert "Bonjour Alice" in visitor.text

    await visitor.send(link)

    assert (visitor.status, visitor.path) == (200, "/compte")


async def test_opening_a_link_changes_nothing(door: Doorbell) -> None:
    link = await make_link(door, "login")
    scanner, visitor = await door.ring(), await door.ring()
    for _ in range(3):
        assert (await scanner.open(link)).status == 200
    assert (await scanner.open("/compte")).path.startswith("/connexion")

    await (await visitor.open(link)).send(link)

    assert (await visitor.open("/compte")).status == 200


async def test_a_link_is_used_once(door: Doorbell) -> None:
    link = await make_link(door, "login")
    first, second = await door.ring(), await door.ring()
    await first.open(link)
    await second.open(link)
    await first.send(link)

    await second.send(link)

    assert second.status == 410 and "Ce lien ne sert plus" in second.text
    assert (await second.open("/compte")).path.startswith("/connexion")
    assert (await second.open(link)).status == 410


async def test_a_link_that_was_never_made_or_is_too_old_leads_on(door: Doorbell) -> None:
    link = await make_link(door, "login")
    async with transaction(door.instance.pool) as conn:
        await execute(conn, "UPDATE one_time_link SET expires_at = now()")
    visitor = await door.ring()

    for path in (link, f"/lien/{'x' * 43}"):
        await visitor.open(path)
        assert visitor.status == 410 and 'href="/connexion"' in visitor.text


async def test_a_link_sent_from_another_page_does_nothing(door: Doorbell) -> None:
    link = await make_link(door, "login")
    visitor = await door.ring()
    await visitor.open("/connexion")

    answer = await visitor.client.post(link, data={"csrf_token": "x"}, headers={"Origin": "http://evil.test"})

    assert answer.status == 403
    assert (await visitor.open(link)).status == 200


async def test_a_confirmed_address_lets_in(mailing: Doorbell) -> None:
    async with transaction(mailing.instance.pool) as conn:
        await execute(conn, "UPDATE account SET confirmed_at = NULL")
    link = await make_link(mailing, "confirm")
    visitor = await mailing.ring()

    await (await visitor.open(link)).send(link)

    assert (visitor.status, visitor.path) == (200, "/")
    async with connection(mailing.instance.pool) as conn:
        assert await fetch_value(conn, "SELECT confirmed_at IS NOT NULL FROM account")


async def test_a_new_password_takes_the_place_of_the_old_one_everywhere(door: Doorbell) -> None:
    elsewhere, visitor = await door.ring(), await door.ring()
    await elsewhere.log_in("alice")
    link, other_link = await make_link(door, "password"), await make_link(door, "login")

    await visitor.open(link)
    assert "Vos autres appareils devront se reconnecter." in visitor.text
    await visitor.send(link, {"password": NEW})

    assert (visitor.status, visitor.path) == (200, "/")
    assert (await elsewhere.open("/compte")).path.startswith("/connexion")
    assert (await elsewhere.open(other_link)).status == 410
    assert (await elsewhere.log_in("alice", PASSWORD)).status == 422
    assert (await elsewhere.log_in("alice", NEW)).path == "/"


async def test_who_was_never_here_has_no_other_devices(door: Doorbell) -> None:
    link = await make_link(door, "password")

    assert "Vos autres appareils" not in (await (await door.ring()).open(link)).text


@pytest.mark.parametrize("password", ["", "court", "motdepasse2026", "alice-alice", "x" * 201])
async def test_a_password_that_is_no_good_leaves_the_link_alive(door: Doorbell, password: str) -> None:
    link = await make_link(door, "password")
    visitor = await door.ring()
    await visitor.open(link)

    await visitor.send(link, {"password": password})

    assert visitor.status == 422 and 'href="#password"' in visitor.text
    await visitor.send(link, {"password": NEW})
    assert visitor.path == "/"


async def test_the_link_of_a_disabled_account_does_nothing(door: Doorbell) -> None:
    link = await make_link(door, "login")
    async with transaction(door.instance.pool) as conn:
        await execute(conn, "UPDATE account SET disabled_at = now()")

    assert (await (await door.ring()).open(link)).status == 410


async def test_whoever_was_logged_in_here_is_not_any_more(door: Doorbell) -> None:
    await add_member(door.instance, "carole")
    visitor = await door.ring()
    await visitor.log_in("carole")
    link = await make_link(door, "login", "alice")

    await (await visitor.open(link)).send(link)

    async with connection(door.instance.pool) as conn:
        names = await fetch_value(
            conn, "SELECT array_agg(username) FROM session JOIN actor ON actor.id = session.actor_id"
        )
    assert names == ["alice"]


async def test_who_registered_the_address_of_another_does_not_share_her_account(mailing: Doorbell) -> None:
    async with transaction(mailing.instance.pool) as conn:
        await execute(conn, "UPDATE account SET confirmed_at = NULL")
    link = await make_link(mailing, "login")
    owner, squatter = await mailing.ring(), await mailing.ring()

    await (await owner.open(link)).send(link)

    assert owner.path == "/" and (await squatter.log_in("alice", PASSWORD)).status == 422
    await owner.open("/compte/mot-de-passe")
    await owner.send("/compte/mot-de-passe", {"password": NEW})
    assert owner.path == "/compte?fait=password"
