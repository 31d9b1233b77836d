"""Logging in and out, through the pages."""

import re

import pytest

from models.people import accounts
from models.store.database import connection, execute, fetch_value, transaction
from tests.web.form_client import PASSWORD, Doorbell, add_member, list_mails

SAME_ANSWER = "Ce nom et ce mot de passe ne vont pas ensemble"


@pytest.mark.parametrize("login", ["alice", "@Alice", "alice@example.org", "ALICE@EXAMPLE.ORG"])
async def test_alice_enters_by_name_or_address(door: Doorbell, login: str) -> None:
    visitor = await door.ring()

    await visitor.log_in(login)

    assert (visitor.status, visitor.path) == (200, "/")
    assert (await visitor.open("/compte")).status == 200


async def test_after_logging_in_the_page_asked_for_is_shown(door: Doorbell) -> None:
    visitor = await door.ring()
    await visitor.open("/compte/appareils?a=1")

    await visitor.send("/connexion", {"login": "alice", "password": PASSWORD})

    assert visitor.path == "/compte/appareils?a=1"


@pytest.mark.parametrize("elsewhere", ["https://evil.test/", "//evil.test", "/\\evil.test", "javascript:alert(1)"])
async def test_nobody_is_led_to_another_site(door: Doorbell, elsewhere: str) -> None:
    visitor = await door.ring()
    await visitor.open("/connexion")

    await visitor.send("/connexion", {"login": "alice", "password": PASSWORD, "back": elsewhere})

    assert (visitor.status, visitor.path) == (200, "/")


def tell_apart(text: str, name: str) -> str:
    """A page without the name that was typed, and without the tokens of its forms, which are masked by what it says."""
    return re.sub(r'name="csrf_token" value="[^"]+"', "", text).replace(name, "NAME")


async def test_a_wrong_name_and_a_wrong_password_get_the_same_answer(door: Doorbell) -> None:
    visitor = await door.ring()

    await visitor.log_in("alice", "un petit verre d’eau")
    wrong_password = (visitor.status, tell_apart(visitor.text, "alice"))
    await visitor.log_in("nobody", "un petit verre d’eau")
    wrong_name = (visitor.status, tell_apart(visitor.text, "nobody"))

    assert wrong_password == wrong_name
    assert wrong_name[0] == 422 and SAME_ANSWER in wrong_name[1]


async def test_a_form_with_a_mistake_keeps_the_name_and_forgets_the_password(door: Doorbell) -> None:
    visitor = await door.ring()

    await visitor.log_in("alice", "un petit verre")

    assert 'value="alice"' in visitor.text and "un petit verre" not in visitor.text
    assert "autofocus" in visitor.text and "<title>Erreur : Se connecter" in visitor.text.replace("\u00a0", " ")
    assert 'role="alert"' not in visitor.text.partition("<h1")[2].partition("Autrement")[0], (
        "read by the focus, not twice"
    )


async def test_an_empty_form_says_what_is_missing(door: Doorbell) -> None:
    visitor = await door.ring()

    await visitor.log_in("", "")

    assert visitor.status == 422
    assert 'href="#login"' in visitor.text and 'href="#password"' in visitor.text


async def test_guessing_is_stopped_and_the_right_password_then_waits_too(door: Doorbell) -> None:
    visitor = await door.ring()
    await visitor.open("/connexion")
    guess = {"login": "alice", "password": "faux"}
    tries = [(await visitor.send("/connexion", guess)).status for _ in range(11)]

    await visitor.send("/connexion", {"login": "alice", "password": PASSWORD})

    assert tries == [422] * 10 + [429]
    assert visitor.status == 429 and "quart d’heure" in visitor.text


async def test_the_right_password_clears_the_count(door: Doorbell) -> None:
    visitor = await door.ring()
    for _ in range(9):
        await visitor.log_in("alice", "faux")

    await visitor.log_in("alice")

    await visitor.open("/compte")
    await visitor.send("/deconnexion")
    assert (await visitor.log_in("alice", "faux")).status == 422


async def test_logging_out_ends_the_session_on_the_server(door: Doorbell) -> None:
    visitor = await door.ring()
    await visitor.log_in("alice")
    await visitor.open("/compte")

    await visitor.send("/deconnexion")

    async with connection(door.instance.pool) as conn:
        assert await fetch_value(conn, "SELECT count(*) FROM session") == 0
    assert (await visitor.open("/compte")).path.startswith("/connexion")


async def test_a_disabled_account_is_told_so_only_with_the_right_password(door: Doorbell) -> None:
    async with transaction(door.instance.pool) as conn:
        await execute(conn, "UPDATE account SET disabled_at = now()")
    visitor = await door.ring()

    assert SAME_ANSWER in (await visitor.log_in("alice", "faux")).text
    assert "Ce compte est fermé" in (await visitor.log_in("alice")).text


async def test_an_account_without_a_password_is_entered_by_link_only(door: Doorbell) -> None:
    await add_member(door.instance, "carole", password=None)
    visitor = await door.ring()

    for password in ("x", "None", PASSWORD):
        assert SAME_ANSWER in (await visitor.log_in("carole", password)).text


async def test_an_old_hash_is_made_anew(door: Doorbell, monkeypatch: pytest.MonkeyPatch) -> None:
    async with connection(door.instance.pool) as conn:
        account = await accounts.find_by_username(conn, "alice")
        assert account is not None
        before = await accounts.find_password_hash(conn, account.actor_id)
    monkeypatch.setattr("web.pages.access.login.needs_rehash", lambda _: True)

    await (await door.ring()).log_in("alice")

    async with connection(door.instance.pool) as conn:
        assert await accounts.find_password_hash(conn, account.actor_id) != before
    assert (await (await door.ring()).log_in("alice")).path == "/"


async def test_the_page_speaks_english_to_english_readers(door: Doorbell) -> None:
    visitor = await door.ring()
    visitor.client.session.headers["Accept-Language"] = "en"

    await visitor.log_in("alice", "faux")

    assert '<html lang="en"' in visitor.text and SAME_ANSWER not in visitor.text


# With and without mails --------------------------------------------------------------------------------------


async def test_without_a_mail_server_what_needs_one_is_hidden(door: Doorbell) -> None:
    visitor = await door.ring()
    await visitor.open("/connexion")

    assert "/connexion/lien" not in visitor.text and "/mot-de-passe-oublie" not in visitor.text
    assert (await visitor.open("/mot-de-passe-oublie")).status == 404


async def test_a_log_in_link_is_sent_to_the_member_and_to_her_only(mailing: Doorbell) -> None:
    visitor = await mailing.ring()
    answers = []
    for email in ("alice@example.org", "nobody@example.org"):
        await visitor.open("/connexion?retour=/publier")
        await visitor.send("/connexion/lien", {"email": email})
        answers.append(visitor.text.replace(email, "EMAIL"))

    assert visitor.status == 200 and answers[0] == answers[1]
    async with connection(mailing.instance.pool) as conn:
        alice = await accounts.find_by_username(conn, "alice")
        assert alice is not None
    expected = {"kind": "login", "actor_id": alice.actor_id, "return_to": "/publier"}
    assert await list_mails(mailing.instance) == [expected]


async def test_a_new_password_is_asked_for_by_mail(mailing: Doorbell) -> None:
    visitor = await mailing.ring()
    await visitor.open("/mot-de-passe-oublie")

    await visitor.send("/mot-de-passe-oublie", {"email": "alice@example.org"})

    assert [mail["kind"] for mail in await list_mails(mailing.instance)] == ["password"]


async def test_nobody_is_buried_in_mails(mailing: Doorbell) -> None:
    visitor = await mailing.ring()
    await visitor.open("/mot-de-passe-oublie")

    for _ in range(9):
        async with transaction(mailing.instance.pool) as conn:
            await execute(conn, "UPDATE pgqueuer SET dedupe_key = NULL")
        await visitor.open("/mot-de-passe-oublie")
        await visitor.send("/mot-de-passe-oublie", {"email": "alice@example.org"})

    assert len(await list_mails(mailing.instance)) == 5


async def test_with_mails_an_address_is_confirmed_before_the_first_log_in(mailing: Doorbell) -> None:
    async with transaction(mailing.instance.pool) as conn:
        await execute(conn, "UPDATE account SET confirmed_at = NULL")
    visitor = await mailing.ring()

    await visitor.log_in("alice")

    assert "alice@example.org" in visitor.text and visitor.status == 200
    assert (await visitor.open("/compte")).path.startswith("/connexion")
    assert [mail["kind"] for mail in await list_mails(mailing.instance)] == ["confirm"]
    async with connection(mailing.instance.pool) as conn:
        assert await fetch_value(conn, "SELECT count(*) FROM session") == 0
