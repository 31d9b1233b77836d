"""Forms with mistakes, one-time links and the first-run wizard through axe-core, as people meet them at the door."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Browser, Page

from models.access import one_time_links
from models.coop import opening
from models.exchanges import exchanges
from models.exchanges import guests as models_guests
from models.exchanges.agreements import Terms
from models.exchanges.agreements import links as terms_links
from models.listings import listing_drafts, unavailabilities
from models.listings.unavailabilities import midnight
from models.moments import PARIS
from models.posts.provenance import App
from models.store.database import Pool, execute, fetch_value, transaction
from outbox import posting
from outbox.exchanges import guests
from outbox.exchanges.agreements.agreements import accept, propose
from outbox.exchanges.guests import ContactRequest
from outbox.posting import PostRequest
from tests import sample_threads
from tests.factories import make_agreement, make_listing, make_note, make_remote_actor
from tests.points import switch_on
from tests.rulings import rule
from tests.web.axe import check, needs_axe
from tests.web.chromium import needs_chromium
from tests.web.live_site import Live, serve_village
from web.mail.guest_mails import make_link

pytestmark = [needs_axe, needs_chromium]


@pytest.fixture
async def live(pool: Pool, tmp_path: Path) -> AsyncIterator[Live]:
    """The village."""
    async with serve_village(pool, tmp_path) as live:
        yield live


@pytest.fixture
async def page(live: Live, chromium: Browser) -> AsyncIterator[Page]:
    """A page of somebody whom nobody knows; forms are sent as they are, so that it is the server who answers."""
    page = await chromium.new_page(locale="fr-FR")
    await page.goto(live.url)
    yield page
    await page.context.close()


FORCED = """() => {
  const draw = (one, pseudo) => {
    const style = getComputedStyle(one, pseudo);
    return [style.outlineStyle, style.borderStyle, style.backgroundColor].join();
  };
  return {
    chosen: draw(document.querySelector('.days .taken')),
    other: draw(document.querySelector('.days li:not([class])')),
    stages: [...document.querySelectorAll('.progress li')].map((one) => draw(one, '::before')),
  };
}"""
"""How days and stages are drawn where the reader's own colours replace ours."""


async def send(page: Page, **fields: str) -> None:
    """Fill in the first POST form of the page and send it without the browser's own checks."""
    form = page.locator("main form[method=post]").first
    for name, typed in fields.items():
        await form.locator(f"[name={name}]").fill(typed)
    await form.evaluate("form => { form.noValidate = true }")
    async with page.expect_navigation():
        await form.locator("button:not([type=button])").first.click()


async def test_forms_with_mistakes_have_no_violation(live: Live, page: Page) -> None:
    await page.goto(f"{live.url}/connexion")
    await send(page, login="alice", password="faux")
    await check(page, "log-in")
    await page.goto(f"{live.url}/inscription")
    await send(page, username="élodie", commune="Nulle part")
    await check(page, "registration")
    await live.log_in(page.context, live.village.admin)
    for path in ("/compte/profil", "/compte/mot-de-passe", "/coop/membres/nouveau"):
        await page.goto(live.url + path)
        await page.locator("main form[method=post] input:not([type=hidden], [type=radio])").first.fill("")
        await send(page)
        assert await page.locator("#erreurs").count() == 1, path
        await check(page, path)
    async with transaction(live.instance.pool) as conn:
        await switch_on(conn)
    await page.goto(f"{live.url}/coop/points/alice")
    await send(page, number="dix", reason="")
    assert await page.locator("#erreurs a").count() == 3
    await check(page, "correction of points")


async def test_what_somebody_suspended_reads_has_no_violation(live: Live, page: Page) -> None:
    village = live.village
    async with transaction(live.instance.pool) as conn:
        made = await sample_threads.build(conn, village)
        await accept(conn, village.site, village.alice, made.tent)
        await rule(conn, village.alice, "hide", posts=(village.drill.id,), site=village.site)
    await live.log_in(page.context, village.alice)
    await page.goto(f"{live.url}/annonces/{village.drill.uri.rpartition('/')[2]}")
    await check(page, "hidden listing")
    await page.goto(f"{live.url}/annonces/{village.tent.uri.rpartition('/')[2]}")
    async with transaction(live.instance.pool) as conn:
        await rule(conn, village.alice, "suspend", lasts=timedelta(days=7), site=village.site)

    await page.goto(f"{live.url}/compte/suspension")
    await check(page, "suspended")


async def test_one_time_links_have_no_violation(live: Live, page: Page) -> None:
    async with transaction(live.instance.pool) as conn:
        login = await one_time_links.create(conn, "login", actor_id=live.village.alice.id)
        password = await one_time_links.create(conn, "password", actor_id=live.village.alice.id)

    for token in (login, password, "x" * 40):
        await page.goto(f"{live.url}/lien/{token}")
        await check(page, "link")


async def test_the_link_to_terms_has_no_violation(live: Live, page: Page) -> None:
    async with transaction(live.instance.pool) as conn:
        listing = await make_listing(conn, live.village.alice, title="Tente")
        bob = await make_remote_actor(conn, "bernard", "mastodon.test")
        thread = await exchanges.open(conn, listing_id=listing.id, owner_id=live.village.alice.id, partner_id=bob.id)
        moment = datetime.now(UTC) + timedelta(days=9)
        terms = Terms(begins_at=moment, ends_at=moment + timedelta(days=2), place="La Remise")
        held = await propose(conn, live.instance.site, live.village.alice, thread, terms)
        token = await terms_links.create(conn, held, bob.id)

    await page.goto(f"{live.url}/accord/{token}")
    await check(page, "terms")
    await page.get_by_text("Oui, d’accord").click()
    await check(page, "answered")
    await page.goto(f"{live.url}/accord/{token}")
    await check(page, "gone")


async def test_the_pages_of_guests_have_no_violation(live: Live, page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "web.pages.exchanges.guests.contact_form.find_contact_option", lambda *_: asyncio.sleep(0, "open")
    )
    tent, site = live.village.tent, live.instance.site
    visit = ContactRequest(email="leonie@example.net", name="Léonie", language="fr", text="Bonjour, est-elle libre ?")
    async with transaction(live.instance.pool) as conn:
        await guests.request_link(conn, tent, visit)
        guest = await models_guests.renew(conn, listing_id=tent.id, email=visit.email)
        assert guest is not None
        link = live.url + urlsplit(await make_link(conn, live.instance, guest)).path

    await page.goto(f"{live.url}/annonces/d/{tent.id}/courriel")
    await check(page, "guests' door")
    await page.goto(link)
    await check(page, "confirming")
    await page.get_by_text("Oui, envoyer ce message").click()
    await page.wait_for_url(f"{link}?*")
    async with transaction(live.instance.pool) as conn:
        confirmed = await models_guests.find(conn, guest.id)
        assert confirmed is not None
        party = await guests.get_party(conn, confirmed)
        moment = datetime.now(UTC) + timedelta(days=90)
        terms = Terms(begins_at=moment, ends_at=moment + timedelta(days=2), place="La Remise")
        await propose(conn, site, live.village.alice, party.thread, terms)
    await page.goto(link)
    await check(page, "guest's thread")
    await page.get_by_text("Proposer autre chose").click()
    await check(page, "guest's terms")
    await live.log_in(page.context, live.village.alice)
    await page.goto(f"{live.url}/echanges/{party.thread.id}")
    await check(page, "thread with a guest")
    await page.goto(link)
    await page.get_by_text("Effacer mes données").click()
    await page.get_by_text("Tout effacer maintenant").click()
    await check(page, "erased")
    await page.goto(link)
    await check(page, "no link")


async def test_the_end_of_an_exchange_has_no_violation(live: Live, page: Page) -> None:
    async with transaction(live.instance.pool) as conn:
        made = await sample_threads.build(conn, live.village)
        await accept(conn, live.village.site, live.village.alice, made.wanted)
        past = "UPDATE agreement SET begins_at = now() - interval '3 days', ends_at = now() WHERE id = $1"
        await execute(conn, past, made.wanted.id)
    await live.log_in(page.context, live.village.alice)
    await page.emulate_media(forced_colors="active")
    await page.goto(f"{live.url}/echanges/{made.tent.exchange_id}")
    drawn = await page.evaluate(FORCED)
    assert drawn["chosen"] != drawn["other"] and len(set(drawn["stages"])) == 3, drawn
    await page.emulate_media(forced_colors="none")
    await page.goto(f"{live.url}/echanges/{made.wanted.exchange_id}")
    await page.get_by_text("Ce n’est pas fait").first.click()
    await check(page, "what became of it")

    await page.goto(f"{live.url}/echanges/{made.drill.exchange_id}")
    await check(page, "invitation to thank")
    await page.get_by_role("button", name="Dire merci").click()
    await check(page, "no words")
    await page.get_by_label("Un mot de merci pour Hocine ?").fill("Elle perce tout !")
    await page.get_by_label("Tous peuvent le lire").check()
    await page.get_by_role("button", name="Dire merci").click()
    await page.get_by_text("Votre merci est parti.").wait_for()
    await check(page, "thanked")
    await page.goto(f"{live.url}/@hocine")
    await check(page, "profile with thanks")
    await live.log_in(page.context, live.village.hocine)
    await page.goto(f"{live.url}/@hocine")
    await page.get_by_role("button", name="Cacher de ma page").click()
    await page.get_by_text("Montrer sur ma page").wait_for()
    await check(page, "own profile with thanks")


async def test_an_agenda_and_a_place_with_much_in_them_have_no_violation(live: Live, page: Page) -> None:
    today = datetime.now(PARIS).date()
    async with transaction(live.instance.pool) as conn:
        await sample_threads.build(conn, live.village)
        for first, last in ((-50, -9), (-9, 9), (20, 21)):
            terms = sample_threads.days(first, last, place="À La Remise")
            await make_agreement(conn, live.village.tent, live.village.hocine, terms=terms, state="agreed")
        await unavailabilities.add(conn, live.village.tent.id, midnight(today), midnight(today + timedelta(days=4)))
        note = await make_note(conn, live.village.alice, source="#offre Escabeau")
        await listing_drafts.create(conn, live.village.alice.id, note.id, "offer")
        await switch_on(conn)
        url = f"{live.url}/annonces/5f0c9d1e-0000-4000-8000-000000000001"
        for status in ("paused", "reserved", "expired"):
            await make_listing(conn, live.village.alice, status=status, post={"url": url + status})
    await live.log_in(page.context, live.village.alice)

    for path in ("/agenda", f"/agenda?mois={today:%Y-%m}", "/chez-moi", "/chez-moi?voir=finies"):
        await page.goto(live.url + path)
        for drawer in await page.locator("main details").all():
            await drawer.evaluate("drawer => { drawer.open = true }")
        await check(page, path)


async def test_the_wizard_has_no_violation(live: Live, page: Page) -> None:
    await live.log_in(page.context, live.village.admin)
    async with transaction(live.instance.pool) as conn:
        token = await one_time_links.create(conn, "setup")

    for step in ("adresse", "coop", "inscriptions"):
        await page.goto(f"{live.url}/installation/{token}/{step}")
        assert await page.locator("[aria-current=step]").count() == 1
        await check(page, step)
    await page.goto(f"{live.url}/installation/{token}")
    await send(page)
    await check(page, "address not agreed to")


async def test_a_site_that_is_not_open_yet_has_no_violation(live: Live, page: Page) -> None:
    async with transaction(live.instance.pool) as conn:
        await opening.close_site(conn)
    await page.goto(f"{live.url}/pas-encore")
    assert await page.locator("nav.bar a").count() == 1
    await check(page, "not open yet")
    await live.log_in(page.context, live.village.admin)
    for path in ("/coop", "/coop/ouverture"):
        await page.goto(live.url + path)
        assert await page.get_by_role("button", name="Plus tard").count() > 2
        await check(page, path)


async def test_the_mistakes_of_a_form_are_announced_and_lead_to_their_fields(live: Live, page: Page) -> None:
    await page.goto(f"{live.url}/inscription")
    await send(page)

    await page.locator("#erreurs a[href='#email']").click()

    assert await page.evaluate("document.activeElement.id") == "email"
    assert await page.locator("#email").get_attribute("aria-invalid") == "true"
    assert await page.locator("#erreurs").get_attribute("role") == "group", "it has the focus: an alert is heard twice"


async def test_a_listing_that_begins_with_a_note_has_no_violation(live: Live, page: Page) -> None:
    await live.log_in(page.context, live.village.alice)
    wish = PostRequest(
        text="#offre Perceuse à percussion\nPeu servie.",
        warning="",
        sensitive=None,
        audience="network",
        language=None,
        parent_id=None,
        media_ids=(),
    )
    async with transaction(live.instance.pool) as conn:
        await posting.post(conn, live.instance.site, live.village.alice, wish, App(name="Tests"))
        draft_id = await fetch_value(conn, "SELECT id FROM listing_draft")

    await page.goto(f"{live.url}/publier?brouillon={draft_id}")

    assert await page.locator("#title").input_value() == "Perceuse à percussion"
    await check(page, "begun with a note")
