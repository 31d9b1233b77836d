"""From asking to join to the first listing on two telephones: what the volunteer taps is counted."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from playwright.async_api import Browser, Locator, Page, ViewportSize

from models import preferences
from models.people.actors import Actor
from models.preference_values import CannedAnswer, SignUpQuestion
from models.store.database import Pool, connection, execute, fetch_value, transaction
from tests.factories import make_local_actor, make_member
from tests.web.axe import check, needs_axe
from tests.web.chromium import needs_chromium
from tests.web.live_site import Live, serve_village
from web.mail.staff_mails import PAGES

pytestmark = needs_chromium

QUESTIONS = (
    SignUpQuestion(text="Qu’aimeriez-vous prêter, ou apprendre ?", required=True),
    SignUpQuestion(text="Par qui nous connaissez-vous ?"),
)


@dataclass(slots=True)
class Volunteer:
    """Awa's telephone; each thing that she touches counts."""

    page: Page
    taps: int = 0

    async def tap(self, what: Locator) -> None:
        self.taps += 1
        await what.click()

    async def follow_mail(self, url: str) -> None:
        """The link in a mail."""
        self.taps += 1
        await self.page.goto(url)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A village that one joins on request, and who welcomes people there."""

    live: Live
    awa: Actor
    chromium: Browser

    async def take_telephone(self, actor: Actor | None = None, *, script: bool = False) -> Page:
        context = await self.chromium.new_context(
            locale="fr-FR", java_script_enabled=script, viewport=ViewportSize(width=390, height=800)
        )
        if actor is not None:
            await self.live.log_in(context, actor)
        return await context.new_page()

    async def ask(self, name: str) -> Page:
        """Somebody asks to join, and waits."""
        page = await self.take_telephone()
        await page.goto(f"{self.live.url}/inscription")
        await page.get_by_label("Votre prénom").fill(name)
        await page.get_by_label("Votre nom de membre").fill(name.lower())
        await page.get_by_label("Votre courriel").fill(f"{name.lower()}@exemple.fr")
        await page.get_by_label("Votre mot de passe").fill("trois vélos et demi")
        await page.get_by_label("Votre commune").fill("Lomme")
        await page.get_by_label(QUESTIONS[0].text).fill("J’ai une scie sauteuse et un diable qui dorment.")
        await page.get_by_role("button", name="Demander à devenir membre").click()
        await page.get_by_role("heading", name="Votre demande attend une réponse").wait_for()
        return page

    async def count(self, what: str) -> int:
        async with connection(self.live.instance.pool) as conn:
            return int(await fetch_value(conn, f"SELECT count(*) FROM {what}"))


@pytest.fixture
async def arrival(pool: Pool, tmp_path: Path, chromium: Browser) -> AsyncIterator[Arrival]:
    """Lomme, with two questions to whoever asks."""
    async with serve_village(pool, tmp_path) as live:
        async with transaction(pool) as conn:
            chosen = replace(await preferences.load(conn), registration="approval", questions=QUESTIONS)
            await preferences.save(conn, chosen)
            await make_local_actor(conn, "instance", type="Application")
            awa = await make_member(conn, "awa", roles=["welcome"], name="Awa")
        yield Arrival(live=live, awa=awa, chromium=chromium)


async def test_from_the_mail_and_from_the_news_to_a_yes_is_four_taps_at_most(arrival: Arrival) -> None:
    await arrival.ask("Rachid")
    await arrival.ask("Claire")
    by_mail = Volunteer(await arrival.take_telephone(arrival.awa))

    await by_mail.follow_mail(arrival.live.url + PAGES["sign_ups"])
    await by_mail.tap(by_mail.page.get_by_role("link", name="Lire et répondre Rachid"))
    assert await by_mail.page.get_by_text("J’ai une scie sauteuse").count() == 1
    await by_mail.tap(by_mail.page.get_by_role("button", name="Accueillir Rachid"))
    await by_mail.page.get_by_text("C’est fait : la personne peut entrer.").wait_for()

    by_news = Volunteer(by_mail.page)
    await by_news.page.goto(f"{arrival.live.url}/annonces")
    await by_news.tap(by_news.page.locator("header .news"))
    await by_news.tap(by_news.page.get_by_role("link", name="Voir Claire demande à devenir membre"))
    await by_news.tap(by_news.page.get_by_role("button", name="Accueillir Claire"))
    await by_news.page.get_by_text("C’est fait : la personne peut entrer.").wait_for()

    assert (by_mail.taps, by_news.taps) == (3, 3)
    assert await arrival.count("account WHERE waits_since IS NOT NULL") == 0


async def test_rachid_is_asked_answers_drafts_is_let_in_and_publishes(arrival: Arrival) -> None:
    rachid = await arrival.ask("Rachid")
    await rachid.get_by_role("link", name="Préparer", exact=True).click()
    await rachid.get_by_label("Je propose").check()
    await rachid.get_by_label("Titre").fill("Scie sauteuse")
    await rachid.get_by_label("Catégorie").select_option("outillage")
    await rachid.get_by_label("Prêt", exact=True).check()
    await rachid.get_by_role("button", name="Garder ce brouillon").click()
    await rachid.get_by_text("Votre brouillon est gardé.").wait_for()
    awa = await arrival.take_telephone(arrival.awa)
    await awa.goto(f"{arrival.live.url}/coop/demandes")
    await awa.get_by_role("link", name="Lire et répondre Rachid").click()
    await awa.get_by_text("Une question avant").click()
    await awa.locator("#words_more").fill("Bonjour Rachid, une scie à quoi ?")
    await awa.get_by_role("button", name="Envoyer la question").click()
    await awa.get_by_text("Votre question est partie.").wait_for()

    await rachid.goto(f"{arrival.live.url}/compte/attente")
    await rachid.get_by_role("heading", name="L’équipe vous a répondu").wait_for()
    await rachid.get_by_label("Votre message à l’équipe").fill("Sauteuse !")
    await rachid.get_by_role("button", name="Envoyer").click()
    await rachid.get_by_text("Votre message est parti").wait_for()
    await awa.reload()
    assert await awa.get_by_text("Sauteuse !").count() == 1
    await awa.get_by_role("button", name="Accueillir Rachid").click()

    await rachid.goto(arrival.live.url)
    await rachid.get_by_role("link", name="Reprendre mon brouillon").click()
    await rachid.get_by_role("button", name="Publier l’annonce").click()
    await rachid.get_by_text("Votre annonce est publiée.").wait_for()
    assert await arrival.count("listing WHERE title = 'Scie sauteuse'") == 1
    assert await arrival.count("sign_up_message") == 0, "what they wrote is forgotten with the answer"


async def test_claire_is_refused_with_a_reason_and_nothing_of_her_stays(arrival: Arrival) -> None:
    claire = await arrival.ask("Claire")
    awa = await arrival.take_telephone(arrival.awa)
    await awa.goto(f"{arrival.live.url}/coop/demandes")
    await awa.get_by_role("link", name="Lire et répondre Claire").click()
    await awa.get_by_text("Pas cette fois").click()
    words = awa.locator("#words_no")
    assert (await words.input_value()).strip().startswith("Bonjour Claire, merci pour votre demande.")
    await words.fill("Bonjour Claire, la coop d’Hénin est à deux pas de chez vous.")
    await awa.get_by_role("button", name="Refuser et effacer la demande").click()

    await awa.get_by_text("la demande et tout ce qui allait avec sont effacés").wait_for()
    await claire.goto(f"{arrival.live.url}/compte/attente")
    assert "/connexion" in claire.url
    assert await arrival.count("actor WHERE username = 'claire'") == 0
    assert await arrival.count("used_username WHERE username = 'claire'") == 0


@needs_axe
async def test_every_page_of_an_arrival_has_no_violation(arrival: Arrival) -> None:
    live = arrival.live
    await arrival.ask("Claire")
    async with transaction(live.instance.pool) as conn:
        id = await fetch_value(conn, "SELECT id FROM sign_up")
        claire = await fetch_value(conn, "SELECT actor_id FROM sign_up")
        await execute(
            conn,
            """
            INSERT INTO sign_up_message (id, sign_up_id, author_id, role, words) VALUES
                (1, $1, $2, 'welcome', 'Bonjour Claire, une scie à quoi ?'), (2, $1, $3, NULL, 'Sauteuse !')
            """,
            id,
            arrival.awa.id,
            claire,
        )
        ready = [CannedAnswer(kind="no", title=title, words=words) for title, words in (("Un", "A."), ("Deux", "B."))]
        await preferences.write(conn, {"canned_answers": tuple(ready)})
        await execute(
            conn, "INSERT INTO listing_draft (id, actor_id, kind, fields) VALUES (1, $1, 'offer', '[]')", claire
        )
        await execute(conn, "INSERT INTO first_session (actor_id) VALUES ($1)", arrival.awa.id)
    applicant = replace(arrival.awa, id=claire)
    ways = {
        "form": (None, "/inscription"),
        "waiting": (applicant, "/compte/attente"),
        "request": (arrival.awa, f"/coop/demandes/{id}"),
        "settings": (live.village.admin, "/coop/reglages/arrivees"),
        "cards": (arrival.awa, "/"),
    }
    for name, (actor, path) in ways.items():
        page = await arrival.take_telephone(actor, script=True)
        await page.goto(live.url + path)
        if name == "request":
            await page.get_by_text("Pas cette fois").click()
        if name == "cards":
            assert await page.get_by_role("heading", level=3, name="?").count() == 3
        await check(page, name)
        await page.context.close()
