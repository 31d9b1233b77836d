"""An application is let in with a real browser: log-in, consent, the way back to another origin, and what axe finds."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, Page

from models.access import applications
from models.access.applications import OUT_OF_BAND, NewApplication
from models.people import accounts
from models.store.database import Pool, transaction
from tests.web.axe import check, needs_axe
from tests.web.chromium import needs_chromium
from tests.web.live_site import Live, serve_village
from web.security.passwords import hash_password

pytestmark = [needs_axe, needs_chromium]

PASSWORD = "un grand verre d’eau"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """The village, a page of somebody who is not logged in, and an application on another origin."""

    live: Live
    page: Page
    home: str

    async def ask(self, redirect_uri: str, **changes: str) -> None:
        """The application sends its user to us."""
        async with transaction(self.live.instance.pool) as conn:
            client, _ = await applications.register(
                conn,
                NewApplication(
                    name="Tusky", website=None, redirect_uris=[redirect_uri], scopes=["read", "write", "follow", "push"]
                ),
            )
        fields = {
            "response_type": "code",
            "client_id": client.client_id,
            "redirect_uri": redirect_uri,
            "scope": "read write follow push",
            "state": "abc",
        }
        await self.page.goto(f"{self.live.url}/oauth/authorize?{urlencode(fields | changes)}")

    async def log_in(self) -> None:
        """With the password, on the page where we are."""
        await self.page.get_by_label("Courriel ou nom de membre").fill("hocine")
        await self.page.get_by_label("Mot de passe", exact=True).fill(PASSWORD)
        await self.page.get_by_role("button", name="Me connecter").click()
        await self.page.get_by_role("button", name="Laisser entrer").wait_for()


async def show_back(request: web.Request) -> web.Response:
    """The application's own page."""
    return web.Response(text=f"back with {request.query_string}")


@pytest.fixture
async def ground(pool: Pool, tmp_path: Path, chromium: Browser) -> AsyncIterator[Ground]:
    """Hocine has a password; the application waits at localhost, which is another site than 127.0.0.1."""
    app = web.Application()
    app.router.add_get("/back", show_back)
    async with serve_village(pool, tmp_path) as live, TestServer(app, host="localhost") as home:
        async with transaction(pool) as conn:
            await accounts.set_password(conn, live.village.hocine.id, await hash_password(PASSWORD))
        page = await chromium.new_page(locale="fr-FR")
        yield Ground(live=live, page=page, home=f"http://localhost:{home.port}/back")
        await page.context.close()


async def test_a_browser_goes_through_log_in_and_consent_back_to_the_application(ground: Ground) -> None:
    await ground.ask(ground.home)
    await check(ground.page, "log-in for an application")
    await ground.log_in()
    await check(ground.page, "consent")

    await ground.page.get_by_role("button", name="Laisser entrer").click()

    await ground.page.wait_for_url(f"{ground.home}?code=*&state=abc")
    assert "back with code=" in await ground.page.inner_text("body")


async def test_pages_about_codes_and_refusals_have_no_violation(ground: Ground) -> None:
    await ground.ask(OUT_OF_BAND)
    await ground.log_in()
    await ground.page.get_by_role("button", name="Laisser entrer").click()
    code = await ground.page.get_by_role("textbox", name="Code").input_value()
    await check(ground.page, "code")
    await ground.ask(OUT_OF_BAND)
    await ground.page.get_by_role("button", name="Refuser").click()
    await check(ground.page, "denied")
    await ground.ask("tusky://back", scope="read everything")
    await check(ground.page, "refused")
    await ground.ask("tusky://back", client_id="unknown")

    await check(ground.page, "unknown")

    assert len(code) == 43
