"""How a member enters: set up and removed after the password once more."""

import html
import re

import lxml.html
import pytest
from pyotp import TOTP

from models.access import one_time_links, second_factors
from models.access.second_factors import Factors
from models.people import accounts
from models.people.accounts import Role
from models.store.database import connection, execute, fetch_value, transaction
from tests.web.form_client import PASSWORD, Doorbell, Visitor, add_member

HERE = "/compte/securite"


async def enter(door: Doorbell, username: str = "alice") -> Visitor:
    return await (await door.ring()).log_in(username)


async def unlock(visitor: Visitor) -> Visitor:
    """Give the password once more."""
    await visitor.open(HERE)
    return await visitor.send(HERE, {"current": PASSWORD})


def read_secret(visitor: Visitor) -> TOTP:
    """What an application would photograph."""
    found = re.search(r'<textarea id="secret"[^>]*>([^<]+)<', visitor.text)
    assert found, visitor.text
    return TOTP(found[1].replace(" ", ""))


def read_codes(visitor: Visitor) -> list[str]:
    """The recovery codes on the page."""
    return [html.unescape(code) for code in re.findall(r"<code>([^<]+)</code>", visitor.text)]


async def set_up(visitor: Visitor) -> tuple[TOTP, list[str]]:
    """An application for codes, and the recovery codes that come with it."""
    await unlock(visitor)
    await visitor.send(f"{HERE}/application")
    totp = read_secret(visitor)
    await visitor.send(f"{HERE}/application/code", {"code": totp.now()})
    return totp, read_codes(visitor)


async def find_factors(door: Doorbell, username: str = "alice") -> Factors:
    async with connection(door.instance.pool) as conn:
        account = await accounts.find_by_username(conn, username)
        assert account is not None
        return await second_factors.find(conn, account.actor_id)


async def test_an_application_for_codes_is_in_place_once_it_showed_a_right_one(door: Doorbell) -> None:
    visitor = await unlock(await enter(door))
    await visitor.send(f"{HERE}/application")
    totp = read_secret(visitor)

    await visitor.send(f"{HERE}/application/code", {"code": "000000"})
    wrong = (visitor.status, (await find_factors(door)).asked_for, read_secret(visitor).secret == totp.secret)
    await visitor.send(f"{HERE}/application/code", {"code": f" {totp.now()} "})

    assert wrong == (422, False, True)
    assert len(read_codes(visitor)) == 10
    assert await find_factors(door) == Factors(totp=True, passkeys=0, codes_left=10)


async def test_recovery_codes_are_shown_once_and_kept_by_no_cache(door: Doorbell) -> None:
    visitor = await enter(door)
    _, codes = await set_up(visitor)

    await visitor.open(HERE)

    assert "Il vous en reste 10" in visitor.text and not any(code in visitor.text for code in codes)
    answer = await visitor.client.post(f"{HERE}/secours", data=visitor.hidden_fields(f"{HERE}/secours"))
    visitor.text = await answer.text()
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert len(read_codes(visitor)) == 10 and not set(read_codes(visitor)) & set(codes)


async def test_nothing_is_set_up_or_removed_without_the_password(door: Doorbell) -> None:
    visitor = await enter(door)
    await set_up(visitor)
    async with connection(door.instance.pool) as conn:
        await execute(conn, "UPDATE session SET confirmed_at = now() - interval '16 minutes'")
    await visitor.open(HERE)
    token = {"csrf_token": visitor.hidden_fields(HERE)["csrf_token"]}

    for path in ("application", "application/code", "application/retirer", "cle", "cle/retirer", "secours"):
        answer = await visitor.client.post(f"{HERE}/{path}", data=token, allow_redirects=False)
        assert (answer.status, answer.headers["Location"]) == (303, HERE)
    await visitor.open(HERE)
    await visitor.send(HERE, {"current": "faux"})

    assert visitor.status == 422 and f"{HERE}/application/retirer" not in visitor.text
    assert (await find_factors(door)).codes_left == 10


async def test_who_has_no_password_logs_in_again_first(door: Doorbell) -> None:
    visitor = await enter(door)
    async with connection(door.instance.pool) as conn:
        await execute(conn, "UPDATE account SET password_hash = NULL")
        await execute(conn, "UPDATE session SET created_at = now() - interval '16 minutes'")
    await visitor.open(HERE)

    await visitor.send(HERE)
    assert visitor.path == f"/connexion?encore=1&retour={HERE}"
    async with connection(door.instance.pool) as conn:
        await execute(conn, "UPDATE session SET created_at = now()")
    await visitor.open(HERE)

    assert f"{HERE}/application" in visitor.text, "she came in just now: nothing more is asked"


async def test_who_comes_in_by_a_link_gives_no_password_and_who_typed_one_gives_it_again(door: Doorbell) -> None:
    by_link, by_password = await door.ring(), await enter(door)
    async with transaction(door.instance.pool) as conn:
        alice = await accounts.find_by_username(conn, "alice")
        assert alice is not None
        token = await one_time_links.create(conn, "login", actor_id=alice.actor_id)
    await by_link.open(f"/lien/{token}")
    await by_link.send(f"/lien/{token}")

    for path, button in {
        "/compte/supprimer": "Supprimer mon compte",
        "/compte/courriel": "Changer de courriel",
        "/compte/demenagement": "Déménager",
        "/compte/mot-de-passe": "Garder ce mot de passe",
    }.items():
        await by_link.open(path)
        await by_password.open(path)
        assert 'name="current"' not in by_link.text and button in by_link.text, path
        assert 'name="current"' in by_password.text and "par un lien" in by_password.text, path
    await by_link.open(HERE)
    assert f'action="{HERE}/application"' in by_link.text

    async with transaction(door.instance.pool) as conn:
        await execute(conn, "UPDATE session SET created_at = now() - interval '16 minutes'")
    await by_link.open("/compte/supprimer")
    assert 'name="current"' in by_link.text, "a screen left unlocked takes no account away"


async def test_an_account_without_password_is_not_taken_over_by_a_screen_left_unlocked(door: Doorbell) -> None:
    visitor = await enter(door)
    async with transaction(door.instance.pool) as conn:
        await execute(conn, "UPDATE account SET password_hash = NULL")
        await execute(conn, "UPDATE session SET created_at = now() - interval '16 minutes'")
    await visitor.open("/compte")
    token = {"csrf_token": visitor.hidden_fields("/compte/langue")["csrf_token"]}
    typed = {"email": "mallory@example.org", "password": "trente-deux vélos bleus", "target": "@mallory@example.org"}

    for path in ("/compte/courriel", "/compte/mot-de-passe", "/compte/demenagement", "/compte/supprimer"):
        answer = await visitor.client.post(path, data=token | typed, allow_redirects=False)
        assert answer.headers.get("Location", "").startswith("/connexion?encore=1"), path
        assert "Me reconnecter" in (await visitor.open(path)).text, path


async def test_the_page_says_whether_it_is_on_and_every_part_ends_with_a_button(door: Doorbell) -> None:
    visitor = await enter(door)
    await visitor.open(HERE)
    off = visitor.text
    await set_up(visitor)

    on = (await visitor.open(HERE)).text
    async with connection(door.instance.pool) as conn:
        await execute(conn, "DELETE FROM recovery_code WHERE code_hash <> (SELECT min(code_hash) FROM recovery_code)")
    one = (await visitor.open(HERE)).text

    assert "Pas activée" in off and "Activée depuis le" in on and "10 codes de secours" in on
    assert "1 code de secours" in one
    for page in (off, on):
        sections = lxml.html.document_fromstring(page).xpath("//main//section")
        assert all(part.xpath(".//*[contains(@class, 'button')]") for part in sections)


async def test_an_application_for_codes_is_removed_with_its_recovery_codes(door: Doorbell) -> None:
    visitor = await enter(door)
    await set_up(visitor)
    await visitor.open(HERE)

    await visitor.send(f"{HERE}/application/retirer")

    assert "est retirée" in visitor.text
    assert await find_factors(door) == Factors(totp=False, passkeys=0, codes_left=0)


async def test_a_secret_in_use_is_never_shown_again(door: Doorbell) -> None:
    visitor = await enter(door)
    totp, _ = await set_up(visitor)
    await visitor.open(HERE)
    token = {"csrf_token": visitor.hidden_fields(f"{HERE}/application/retirer")["csrf_token"]}

    for path in ("application", "application/code"):
        answer = await visitor.client.post(f"{HERE}/{path}", data=token)
        assert totp.secret not in (await answer.text()).replace(" ", "")


async def test_the_first_code_cannot_be_guessed(door: Doorbell) -> None:
    visitor = await unlock(await enter(door))
    await visitor.send(f"{HERE}/application")
    totp = read_secret(visitor)
    for _ in range(10):
        await visitor.send(f"{HERE}/application/code", {"code": "000000"})

    await visitor.send(f"{HERE}/application/code", {"code": totp.now()})

    assert visitor.status == 429 and not (await find_factors(door)).asked_for


async def test_a_passkey_needs_a_name_and_an_answer_that_fits(door: Doorbell) -> None:
    visitor = await unlock(await enter(door))

    await visitor.send(f"{HERE}/cle", {"name": " "})
    assert visitor.status == 422
    await visitor.send(f"{HERE}/cle", {"name": "Mon téléphone"})
    assert 'data-passkey="create"' in visitor.text and "Mon téléphone" in visitor.text
    for answer in ("x", "[]", '{"id": "AA", "type": "public-key", "response": {}}', "{" * 20000):
        await visitor.send(f"{HERE}/cle", {"answer": answer})
        assert visitor.status == 422 and "pas pu être gardée" in visitor.text

    assert not (await find_factors(door)).asked_for


@pytest.mark.parametrize("role", ["admin", "welcome"])
async def test_who_helps_to_enter_takes_the_second_step_away_and_the_member_is_told(
    mailing: Doorbell, role: Role
) -> None:
    await add_member(mailing.instance, "carole", roles=[role])
    await set_up(await enter(mailing))
    admin = await enter(mailing, "carole")
    await admin.open("/coop/membres/alice")

    await admin.send("/coop/membres/alice/verification")

    assert admin.status == 200 and "Retirer la deuxième étape" not in admin.text
    assert not (await find_factors(mailing)).asked_for
    async with connection(mailing.instance.pool) as conn:
        told = await fetch_value(conn, "SELECT payload FROM pgqueuer WHERE entrypoint = 'mail'")
        noted = await fetch_value(conn, "SELECT act || ' ' || role FROM journal_entry")
    assert b'"factors"' in told and noted == f"second_factor_reset {role}"


async def test_nobody_else_takes_the_second_step_away(door: Doorbell) -> None:
    await add_member(door.instance, "carole")
    await set_up(await enter(door))
    carole = await enter(door, "carole")
    await carole.open("/compte")
    token = {"csrf_token": carole.hidden_fields("/deconnexion")["csrf_token"]}

    answer = await carole.client.post("/coop/membres/alice/verification", data=token)

    assert answer.status == 404 and (await find_factors(door)).asked_for
