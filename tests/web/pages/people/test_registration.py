"""Joining the cooperative."""

from dataclasses import replace

import pytest

from models import preferences
from models.people import accounts, actors, keys
from models.preferences import Preferences
from models.store.database import connection, execute, fetch_value, transaction
from tests.web.form_client import Doorbell, Visitor, add_member, list_mails
from tests.web.limited_tries import allow

CAROLE = {"name": "Carole", "username": "carole", "email": "carole@example.org", "password": "trois vélos et demi"}


@pytest.fixture
async def opened(door: Doorbell) -> Doorbell:
    """Anybody may join."""
    await open_up(door)
    return door


async def open_up(door: Doorbell) -> None:
    await add_member(door.instance, "nadia", roles=["admin"])
    async with transaction(door.instance.pool) as conn:
        await preferences.save(conn, replace(await preferences.load(conn), registration="open"))


async def join(door: Doorbell, **changes: str) -> Visitor:
    visitor = await door.ring()
    await visitor.open("/inscription")
    return await visitor.send("/inscription", CAROLE | changes)


async def test_carole_joins_and_is_logged_in(opened: Doorbell) -> None:
    visitor = await join(opened, commune="59160 Lomme")

    assert (visitor.status, visitor.path) == (200, "/")
    async with connection(opened.instance.pool) as conn:
        account = await accounts.find_by_username(conn, "carole")
        actor = await actors.find_local(conn, "carole")
        assert account and actor and await keys.find_private_key(conn, actor.id, "rsa")
    assert (account.name, account.email, account.roles) == ("Carole", "carole@example.org", [])
    assert account.confirmed_at is not None and account.default_commune_code == "59355"
    assert (actor.place_name, actor.postcode, actor.uri) == ("Lomme", "59160", "http://lomme.test/users/carole")
    assert actor.radius is not None and actor.radius >= 500


async def test_carole_returns_to_the_page_that_she_came_from(opened: Doorbell) -> None:
    visitor = await opened.ring()
    await visitor.open("/inscription?retour=/compte")

    await visitor.send("/inscription", CAROLE)

    assert visitor.path == "/compte"


async def test_capitals_and_the_sign_before_a_name_are_forgiven(opened: Doorbell) -> None:
    await join(opened, username=" @Carole ")

    async with connection(opened.instance.pool) as conn:
        assert await accounts.find_by_username(conn, "carole")


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        *(("username", typed) for typed in ("", "carole dubois", "élodie", "x" * 31, "admin", "offres", "cаrole")),
        *(("email", typed) for typed in ("", "carole", "carole@", "a b@c.fr")),
        *(("password", typed) for typed in ("", "court", "carolecarole", "1234567890", "carole-59160")),
        *(("name", typed) for typed in ("", " ", "x" * 61)),
        *(("commune", typed) for typed in ("Nulle-Part-les-Bains", "99999")),
    ],
)
async def test_a_mistake_is_said_at_its_field_and_the_rest_is_kept(opened: Doorbell, field: str, typed: str) -> None:
    visitor = await join(
        opened, commune="Lomme" if field != "commune" else typed, **({} if field == "commune" else {field: typed})
    )

    assert visitor.status == 422
    assert f'href="#{field}"' in visitor.text and f'id="{field}-erreur"' in visitor.text
    assert all(f'value="{CAROLE[name]}"' in visitor.text for name in ("name", "username", "email") if name != field)
    kept = f'type="password" value="{CAROLE["password"]}"' in visitor.text
    assert kept is (field != "password"), "a password that was right is not asked for twice"
    async with connection(opened.instance.pool) as conn:
        assert await fetch_value(conn, "SELECT count(*) FROM account") == 2  # Alice and Nadia


async def test_a_name_is_never_given_out_again(opened: Doorbell) -> None:
    async with transaction(opened.instance.pool) as conn:
        alice = await actors.find_local(conn, "alice")
        assert alice is not None
        await actors.delete(conn, alice.id)

    visitor = await join(opened, username="alice")

    assert visitor.status == 422 and "déjà pris" in visitor.text


async def test_after_a_restoration_who_joins_reads_when_to_come_back_and_what_she_typed_stays(opened: Doorbell) -> None:
    async with transaction(opened.instance.pool) as conn:
        await execute(conn, "INSERT INTO restoration (lost_from) VALUES (now() - interval '1 day')")

    visitor = await join(opened)

    assert visitor.status == 422 and "vient d’être restaurée d’une sauvegarde" in visitor.text
    assert "Réessayez dans 60\u00a0minutes" in visitor.text
    assert all(f'value="{CAROLE[name]}"' in visitor.text for name in ("name", "username", "email"))
    async with connection(opened.instance.pool) as conn:
        assert await accounts.find_by_username(conn, "carole") is None


async def test_without_mails_an_address_in_use_is_told(opened: Doorbell) -> None:
    visitor = await join(opened, email="ALICE@example.org")

    assert visitor.status == 422 and 'href="#email"' in visitor.text
    async with connection(opened.instance.pool) as conn:
        assert await accounts.find_by_username(conn, "carole") is None
        assert await fetch_value(conn, "SELECT count(*) FROM used_username WHERE username = 'carole'") == 0


async def test_with_mails_the_address_is_confirmed_first(mailing: Doorbell) -> None:
    await open_up(mailing)

    visitor = await join(mailing)

    assert visitor.status == 200 and "carole@example.org" in visitor.text
    assert (await visitor.open("/compte")).path.startswith("/connexion")
    assert [mail["kind"] for mail in await list_mails(mailing.instance)] == ["confirm"]


async def test_with_mails_only_the_mail_tells_that_an_address_is_in_use(mailing: Doorbell) -> None:
    await open_up(mailing)
    new, known = await join(mailing), await join(mailing, username="carole2", email="alice@example.org")

    same = known.text.replace("alice@example.org", "carole@example.org")

    assert (new.status, new.text) == (known.status, same)
    assert [mail["kind"] for mail in await list_mails(mailing.instance)] == ["confirm", "known"]
    async with connection(mailing.instance.pool) as conn:
        assert await accounts.find_by_username(conn, "carole2") is None


async def test_a_closed_cooperative_says_how_to_come_in(door: Doorbell) -> None:
    async with transaction(door.instance.pool) as conn:
        chosen = Preferences(name="La Remise", address="12 rue des Tisserands", contact_email="bonjour@remise.fr")
        await preferences.save(conn, chosen)
    visitor = await door.ring()

    await visitor.open("/inscription")

    assert visitor.status == 200 and "<form class" not in visitor.text.split("<main", 1)[1].split("</main", 1)[0]
    assert "12 rue des Tisserands" in visitor.text and "bonjour@remise.fr" in visitor.text


async def test_a_form_kept_open_does_not_get_through_a_closed_door(opened: Doorbell) -> None:
    visitor = await opened.ring()
    await visitor.open("/inscription")
    async with transaction(opened.instance.pool) as conn:
        await preferences.save(conn, Preferences(registration="closed"))

    await visitor.send("/inscription", CAROLE)

    assert visitor.status == 403
    async with connection(opened.instance.pool) as conn:
        assert await accounts.find_by_username(conn, "carole") is None


async def test_two_people_who_want_the_same_name_do_not_both_get_it(opened: Doorbell) -> None:
    await join(opened)

    visitor = await join(opened, email="other@example.org")

    assert visitor.status == 422 and "déjà pris" in visitor.text


async def test_a_machine_does_not_create_accounts_without_end(
    opened: Doorbell, monkeypatch: pytest.MonkeyPatch
) -> None:
    allow(monkeypatch, "register", pair=2)

    statuses = [(await join(opened, username=f"carole{n}", email=f"carole{n}@example.org")).status for n in range(3)]

    assert statuses == [200, 200, 429]
    async with connection(opened.instance.pool) as conn:
        assert await accounts.find_by_username(conn, "carole2") is None
