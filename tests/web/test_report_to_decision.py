"""From a report to a decision with its reasons, on a telephone: each touch of the finger is one that was made."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.async_api import Browser, Locator, Page, ViewportSize

from models.store.database import Pool, fetch_value, transaction
from outbox.moderation import reports
from outbox.moderation.reports import Complaint
from tests.factories import make_local_actor, make_member
from tests.web.chromium import needs_chromium
from tests.web.live_site import Live, serve_village

pytestmark = needs_chromium

MOST = 5


@dataclass(slots=True)
class Finger:
    """Touches a page, and counts."""

    page: Page
    touches: int = 0

    async def touch(self, what: Locator) -> None:
        """Tap it once."""
        await what.click()
        self.touches += 1

    async def choose(self, what: Locator, index: int) -> None:
        """A list opens with one tap, and takes another."""
        await what.select_option(index=index)
        self.touches += 2


@pytest.fixture
async def live(pool: Pool, tmp_path: Path) -> AsyncIterator[Live]:
    """The village."""
    async with serve_village(pool, tmp_path) as live:
        yield live


@pytest.mark.parametrize("start", ["/notifications", "/coop"])
async def test_from_a_report_to_a_decision_with_reasons_in_five_taps(live: Live, chromium: Browser, start: str) -> None:
    village = live.village
    async with transaction(live.instance.pool) as conn:
        await make_local_actor(conn, "instance", type="Application")
        mona = await make_member(conn, "mona", roles=["moderator"], name="Mona")
        complaint = Complaint(target=village.hocine, post_ids=(village.drill.id,), content="C’est une arnaque.")
        await reports.report(conn, live.instance.site, village.alice, complaint)
    context = await chromium.new_context(
        locale="fr-FR", java_script_enabled=False, viewport=ViewportSize(width=390, height=844)
    )
    await live.log_in(context, mona)
    finger = Finger(await context.new_page())
    await finger.page.goto(live.url + start)

    if start == "/coop":
        await finger.touch(finger.page.get_by_role("link", name="Lire et décider"))
    else:
        await finger.touch(finger.page.locator("main a[href*='/coop/signalements/']").first)
    await finger.touch(finger.page.get_by_text("Masquer la publication", exact=True))
    await finger.choose(finger.page.get_by_label("Pour quelle raison ?"), 1)
    await finger.touch(finger.page.get_by_role("button", name="Décider"))

    await finger.page.get_by_text("C’est décidé.").wait_for()
    assert finger.touches <= MOST
    async with transaction(live.instance.pool) as conn:
        rule = await fetch_value(conn, "SELECT rule FROM moderation_decision WHERE kind = 'hide'")
        assert rule and await fetch_value(conn, "SELECT hidden_at FROM post WHERE id = $1", village.drill.id)
    await context.close()
