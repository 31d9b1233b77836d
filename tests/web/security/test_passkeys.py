"""Passkeys in a real browser with a virtual authenticator: made, used as second proof and alone; what axe finds."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page
from pyotp import TOTP

from models.access import passkeys
from models.errors import Invalid
from models.people import accounts
from models.settings import Site
from models.store.database import Pool, connection, execute, transaction
from tests.web.axe import check, needs_axe
from tests.web.chromium import needs_chromium
from tests.web.live_site import Live, serve_village
from web.security.passkeys import verify_authentication as check_answer
from web.security.passwords import hash_password
from web.security.session import cookie_name

pytestmark = [needs_axe, needs_chromium]

PASSWORD = "un grand verre d’eau"

DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """The village at `localhost`, since keys belong to names, and a page with an authenticator."""

    live: Live
    page: Page

    async def open(self, path: str) -> None:
        """A page of ours."""
        await self.page.goto(self.live.url + path)

    async def log_in(self) -> None:
        """By password; what comes next is not waited for."""
        await self.open("/connexion")
        await self.page.get_by_label("Courriel ou nom de membre").fill("hocine")
        await self.page.get_by_label("Mot de passe", exact=True).fill(PASSWORD)
        await self.page.get_by_role("button", name="Me connecter", exact=True).click()

    async def unlock(self) -> None:
        """The page where keys are kept, opened with the password."""
        await self.open("/compte/securite")
        await self.page.get_by_label("Votre mot de passe").fill(PASSWORD)
        await self.page.get_by_role("button", name="Continuer").click()
        await self.page.get_by_label("Nom de la nouvelle clé").wait_for()

    async def add_passkey(self) -> list[str]:
        """A key of this device; the recovery codes that come with it."""
        await self.unlock()
        await self.page.get_by_label("Nom de la nouvelle clé").fill("Mon téléphone")
        await self.page.get_by_role("button", name="Ajouter une clé d’accès").click()
        await self.page.get_by_role("button", name="Créer la clé").click()
        await self.page.get_by_role("heading", name="Vos codes de secours").wait_for()
        return await self.page.locator("code").all_inner_texts()

    async def is_inside(self) -> bool:
        """Whether this browser is logged in."""
        await self.open("/compte")
        return self.page.url == f"{self.live.url}/compte"


@pytest.fixture
async def ground(pool: Pool, tmp_path: Path, chromium: Browser) -> AsyncIterator[Ground]:
    """Hocine has a password and a device."""
    async with serve_village(pool, tmp_path, name="localhost") as live:
        async with transaction(pool) as conn:
            await accounts.set_password(conn, live.village.hocine.id, await hash_password(PASSWORD))
        context = await chromium.new_context(locale="fr-FR")
        page = await context.new_page()
        device = await context.new_cdp_session(page)
        await device.send("WebAuthn.enable")
        await device.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
        yield Ground(live=live, page=page)
        await context.close()


async def test_a_passkey_is_made_and_is_the_second_proof_after_the_password(ground: Ground) -> None:
    await ground.log_in()
    codes = await ground.add_passkey()
    await ground.page.context.clear_cookies()

    await ground.log_in()
    await ground.page.get_by_role("heading", name="Encore une étape").wait_for()
    await check(ground.page, "second step with a passkey")
    await ground.page.get_by_role("button", name="Utiliser ma clé d’accès").click()
    await ground.page.wait_for_url(f"{ground.live.url}/")

    assert await ground.is_inside() and len(codes) == 10


async def test_the_pages_around_a_passkey_have_no_violation_and_a_late_step_leads_back(ground: Ground) -> None:
    await ground.log_in()
    await ground.unlock()
    await ground.page.get_by_label("Nom de la nouvelle clé").fill("Mon téléphone")
    await ground.page.get_by_role("button", name="Ajouter une clé d’accès").click()
    await ground.page.get_by_role("button", name="Créer la clé").wait_for()
    await check(ground.page, "a key is made")
    await ground.page.get_by_role("button", name="Créer la clé").click()
    await ground.page.get_by_role("heading", name="Vos codes de secours").wait_for()
    await ground.page.context.clear_cookies()
    await ground.open("/connexion")
    await check(ground.page, "log-in with a key")

    await ground.log_in()
    await ground.page.get_by_role("heading", name="Encore une étape").wait_for()
    async with connection(ground.live.instance.pool) as conn:
        await execute(conn, "DELETE FROM login_step")
    await ground.page.get_by_role("button", name="Utiliser ma clé d’accès").click()

    await ground.page.get_by_role("heading", name="Trop de temps a passé").wait_for()
    await check(ground.page, "too late")
    assert not await ground.is_inside()


async def test_a_passkey_alone_lets_in_leads_on_and_its_answer_is_good_once(ground: Ground) -> None:
    await ground.log_in()
    await ground.add_passkey()
    await ground.page.context.clear_cookies()
    sent: list[str] = []
    ground.page.on("request", lambda request: sent.append(request.post_data) if request.post_data else None)

    await ground.open("/connexion?retour=/abonnements")
    await ground.page.get_by_role("button", name="M’en servir").click()
    await ground.page.wait_for_url(f"{ground.live.url}/abonnements")
    inside = await ground.is_inside()
    await ground.page.context.clear_cookies(name=cookie_name(ground.live.instance.site))
    again = await ground.page.request.post(
        f"{ground.live.url}/connexion/cle",
        data=sent[-1],
        headers={"Content-Type": "application/x-www-form-urlencoded", "Accept": "text/html"},
    )

    assert inside and "answer=%7B" in sent[-1]
    assert again.status == 422 and not await ground.is_inside()


async def test_a_device_without_a_key_says_so_and_a_removed_key_is_none(ground: Ground) -> None:
    await ground.log_in()
    await ground.add_passkey()
    await ground.open("/compte/securite")
    await check(ground.page, "keys")
    await ground.page.get_by_role("button", name="Retirer Mon téléphone").click()
    await ground.page.get_by_text("Cette clé d’accès est retirée.").wait_for()
    await ground.page.context.clear_cookies()

    await ground.open("/connexion")
    await ground.page.get_by_role("button", name="M’en servir").click()

    await ground.page.get_by_text("Cette clé ne nous dit rien").wait_for()
    await check(ground.page, "unknown key")
    assert not await ground.is_inside()


SIGN = """async () => {
  const text = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  const publicKey = {challenge: new Uint8Array(32), userVerification: "required"};
  const made = await navigator.credentials.get({publicKey});
  const response = {};
  for (const name of ["clientDataJSON", "authenticatorData", "signature", "userHandle"])
    response[name] = text(made.response[name]);
  return JSON.stringify({id: made.id, rawId: text(made.rawId), type: made.type, response});
}"""
"""The device signs a challenge that the test knows."""


async def test_an_answer_is_bound_to_challenge_site_and_key(ground: Ground) -> None:
    await ground.log_in()
    await ground.add_passkey()
    async with connection(ground.live.instance.pool) as conn:
        key = (await passkeys.list_of(conn, ground.live.village.hocine.id))[0]
    site = ground.live.instance.site

    answer = await ground.page.evaluate(SIGN)

    count = check_answer(site, answer, key, challenge=bytes(32), alone=True)
    assert count > key.sign_count
    other_site = Site(url="https://localhost.test", host="localhost.test")
    copied = replace(key, sign_count=count)  # a copy of the key would count from before
    for tried, challenge, known in ((site, b"x" * 32, key), (other_site, bytes(32), key), (site, bytes(32), copied)):
        with pytest.raises(Invalid):
            check_answer(tried, answer, known, challenge=challenge, alone=True)


async def test_pages_of_the_second_step_have_no_violation(ground: Ground) -> None:
    await ground.log_in()
    await ground.open("/compte/securite")
    await check(ground.page, "locked")
    await ground.unlock()
    await check(ground.page, "unlocked")
    await ground.page.get_by_role("button", name="Ajouter une application de codes").click()
    await ground.page.get_by_label("Code à six chiffres").wait_for()
    await check(ground.page, "application for codes")
    totp = TOTP((await ground.page.get_by_label("Clé", exact=True).input_value()).replace(" ", ""))
    await ground.page.get_by_label("Code à six chiffres").fill(totp.now())
    await ground.page.get_by_role("button", name="C’est en place").click()
    await ground.page.get_by_role("heading", name="Vos codes de secours").wait_for()
    await check(ground.page, "recovery codes")
    await ground.page.context.clear_cookies()
    async with connection(ground.live.instance.pool) as conn:
        await execute(conn, "UPDATE totp SET last_step = 0")
    await ground.log_in()
    await ground.page.get_by_label("Code à six chiffres").fill("000000")
    await ground.page.get_by_role("button", name="Me connecter", exact=True).click()
    await ground.page.locator("#erreurs").wait_for()
    await check(ground.page, "second step")
    await ground.page.get_by_label("Code à six chiffres").fill(totp.now())
    await ground.page.get_by_role("button", name="Me connecter", exact=True).click()
    await ground.page.wait_for_url(f"{ground.live.url}/")

    assert await ground.is_inside()
