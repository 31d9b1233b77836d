"""Moving to another e-mail address."""

from models.access import one_time_links
from models.people import accounts
from models.store.database import connection, execute, transaction
from tests.web.form_client import PASSWORD, Doorbell, Visitor, add_member, list_mails

CHANGE = {"email": "alice@example.net", "current": PASSWORD}


async def enter(door: Doorbell, username: str = "alice") -> Visitor:
    visitor = await door.ring()
    await visitor.log_in(username)
    return await visitor.open("/compte/courriel")


async def read_address(door: Doorbell) -> str:
    async with connection(door.instance.pool) as conn:
        account = await accounts.find_by_username(conn, "alice")
        assert account is not None
        return account.email


async def make_address_link(door: Doorbell, email: str) -> str:
    async with transaction(door.instance.pool) as conn:
        account = await accounts.find_by_username(conn, "alice")
        assert account is not None
        return f"/lien/{await one_time_links.create(conn, 'confirm', actor_id=account.actor_id, email=email)}"


async def test_without_mails_the_address_changes_at_once(door: Doorbell) -> None:
    visitor = await enter(door)

    await visitor.send("/compte/courriel", CHANGE)

    assert visitor.path == "/compte?fait=email" and await read_address(door) == "alice@example.net"


async def test_the_password_is_needed(door: Doorbell) -> None:
    visitor = await enter(door)

    await visitor.send("/compte/courriel", CHANGE | {"current": "faux"})

    assert visitor.status == 422 and 'href="#current"' in visitor.text
    assert 'value="alice@example.net"' in visitor.text and await read_address(door) == "alice@example.org"


async def test_the_address_of_somebody_else_stays_hers(door: Doorbell) -> None:
    await add_member(door.instance, "carole")
    visitor = await enter(door)

    await visitor.send("/compte/courriel", CHANGE | {"email": "CAROLE@example.org"})

    assert visitor.status == 422 and 'href="#email"' in visitor.text


async def test_with_mails_the_address_changes_when_its_link_is_followed(mailing: Doorbell) -> None:
    visitor = await enter(mailing)
    await visitor.send("/compte/courriel", CHANGE)
    assert [(mail["kind"], mail["email"]) for mail in await list_mails(mailing.instance)] == [
        ("address", "alice@example.net")
    ]
    assert await read_address(mailing) == "alice@example.org"
    link = await make_address_link(mailing, "alice@example.net")

    await visitor.open(link)
    assert "alice@example.net" in visitor.text
    await visitor.send(link)

    assert await read_address(mailing) == "alice@example.net"


async def test_with_mails_nobody_learns_whose_an_address_is(mailing: Doorbell) -> None:
    await add_member(mailing.instance, "carole")
    visitor = await enter(mailing)

    await visitor.send("/compte/courriel", CHANGE | {"email": "carole@example.org"})

    assert visitor.status == 200 and "carole@example.org" in visitor.text
    assert await list_mails(mailing.instance) == []


async def test_a_mistyped_address_gives_the_account_to_nobody(mailing: Doorbell) -> None:
    await add_member(mailing.instance, "stranger")
    link = await make_address_link(mailing, "stranger@example.net")
    anybody, stranger = await mailing.ring(), await enter(mailing, "stranger")

    await anybody.open(link)
    await stranger.open(link)

    assert anybody.path == f"/connexion?retour={link}" and stranger.status == 403
    assert await read_address(mailing) == "alice@example.org"


async def test_an_address_that_was_taken_meanwhile_is_not_taken_away(mailing: Doorbell) -> None:
    link = await make_address_link(mailing, "alice@example.net")
    await add_member(mailing.instance, "carole")
    async with transaction(mailing.instance.pool) as conn:
        await execute(conn, "UPDATE account SET email = 'alice@example.net' WHERE email LIKE 'carole%'")
    visitor = await enter(mailing)
    await visitor.open(link)

    await visitor.send(link)

    assert visitor.status == 410 and await read_address(mailing) == "alice@example.org"
