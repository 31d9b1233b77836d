"""The evening after the installation, on a telephone: from the link in the log to a site that is open to everybody,
with legal pages, hours, a first offer, a neighbour that is followed both ways and a poster. What is touched is counted.
"""

import re
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
from playwright.async_api import Browser, Locator, Page, ViewportSize

from models import preferences
from models.coop import opening
from models.settings import Settings
from models.store.database import connection, fetch_value, transaction
from tests.databases import copied_database
from tests.eventually import eventually
from tests.servers import RunningServer, running_server
from tests.stories.test_neighbours import follows, stands, tap
from tests.web.chromium import needs_chromium
from tests.web.smtp_server import Postman, open_post
from web.security.one_time_links import make_setup_link

pytestmark = needs_chromium

MOST_TOUCHES, MOST_MINUTES = 40, 10

MOST_SHEETS = 2
"""Of the page for elected people, on paper."""


@dataclass(slots=True)
class Telephone:
    """Awa's; a tap counts, and so does going into a field. What is then typed does not."""

    page: Page
    touches: int = 0

    async def tap(self, what: Locator) -> None:
        self.touches += 1
        await what.click()

    async def press(self, words: str, *, exact: bool = True) -> None:
        """A button."""
        await self.tap(self.page.get_by_role("button", name=words, exact=exact).first)

    async def go(self, words: str) -> None:
        """A link."""
        await self.tap(self.page.get_by_role("link", name=words).first)

    async def type(self, label: str, words: str) -> None:
        """A field."""
        self.touches += 1
        await self.page.get_by_label(label).first.fill(words)

    async def choose(self, words: str) -> None:
        """A choice of several, or a box."""
        await self.tap(self.page.get_by_label(words).first)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evening:
    """A fresh instance, the mail server that it has, and a cooperative that is there already."""

    fresh: RunningServer
    neighbour: RunningServer
    post: Postman
    chromium: Browser


@pytest.fixture
async def evening(postgres_url: str, furnished: str, tmp_path: Path, chromium: Browser) -> AsyncIterator[Evening]:
    """The two servers, federating."""
    async with AsyncExitStack() as stack:
        post = await stack.enter_async_context(open_post())
        here, there = [await stack.enter_async_context(copied_database(postgres_url, furnished)) for _ in range(2)]
        settings = Settings(smtp_url=f"smtp://127.0.0.1:{post.port}")
        fresh = await stack.enter_async_context(running_server("fresh", here, tmp_path / "fresh", settings))
        neighbour = await stack.enter_async_context(running_server("bricole", there, tmp_path / "bricole"))
        async with transaction(fresh.instance.pool) as conn:
            await opening.close_site(conn)
        yield Evening(fresh=fresh, neighbour=neighbour, post=post, chromium=chromium)


async def found(evening: Evening, phone: Telephone) -> None:
    """The wizard, from the link in the log."""
    async with transaction(evening.fresh.instance.pool) as conn:
        link = await make_setup_link(conn, evening.fresh.instance.site)
    assert link is not None
    await phone.page.goto(link)
    await phone.choose("C’est la bonne adresse, pour longtemps")
    await phone.press("Continuer")
    await phone.type("Le nom de la coop", "La Remise")
    await phone.choose("Une communauté de communes")
    await phone.type("Quelle commune, ou quelle communauté ?", "MEL")
    await phone.press("Continuer")
    await phone.type("Votre prénom", "Awa")
    await phone.type("Votre nom de membre", "awa")
    await phone.type("Votre courriel", "awa@exemple.fr")
    await phone.type("Votre mot de passe", "trente-deux vélos bleus")
    await phone.press("Continuer")
    await phone.press("Entrer")
    await phone.page.get_by_role("heading", name="Avant d’ouvrir").wait_for()


async def prepare(evening: Evening, phone: Telephone) -> None:
    """What the list asks for, in its order."""
    await phone.go("Remplir")
    await phone.type("Qui publie", "La Remise, SCIC")
    await phone.type("Qui héberge", "Chez nous, 12 rue des Tisserands, Lille")
    await phone.press("Enregistrer")
    await phone.press("M’envoyer un essai")
    await phone.page.get_by_text("Le courriel d’essai est parti").wait_for()
    await phone.go("Donner les horaires")
    await phone.type("Permanences", "Mercredi et samedi, de 10 h à 18 h")
    await phone.press("Enregistrer")
    await phone.go("Publier")
    await phone.page.get_by_label("Titre").wait_for()
    await phone.type("Titre", "Perceuse à percussion")
    await phone.tap(phone.page.get_by_role("radio", name="Prêt"))
    await phone.press("Publier l’annonce")
    await phone.page.get_by_text("Votre annonce est publiée").wait_for()
    await phone.go("La coop")
    await phone.go("Choisir une voisine")
    await phone.type("Son adresse", evening.neighbour.host)
    await phone.choose("Avec la coop")
    await phone.press("Suivre")
    await phone.go("La coop")
    await phone.press("Faire l’affiche")
    await phone.page.get_by_text("Photographiez ce code pour nous rejoindre").wait_for(state="attached")
    await phone.go("La coop")


async def link_both_ways(evening: Evening) -> None:
    """The neighbour taps as well: « Suivre en retour et devenir amies »."""
    fresh, neighbour = evening.fresh, evening.neighbour
    await eventually(partial(stands, neighbour, fresh, "asked"))
    await tap(neighbour, fresh)
    for server, other in ((fresh, neighbour), (neighbour, fresh)):
        await eventually(partial(stands, server, other, "confirmed"))
        await eventually(partial(follows, server, other))


async def count_sheets(page: Page, address: str) -> int:
    """How many sheets of A4 a page takes on paper."""
    await page.goto(address)
    return len(re.findall(rb"/Type\s*/Page\b", await page.pdf(format="A4")))


async def test_an_evening_ends_with_a_site_that_is_open(evening: Evening, capsys: pytest.CaptureFixture[str]) -> None:
    began = time.monotonic()
    context = await evening.chromium.new_context(locale="fr-FR", viewport=ViewportSize(width=390, height=844))
    context.set_default_timeout(15_000)
    visitor = await (await evening.chromium.new_context(locale="fr-FR")).new_page()
    phone = Telephone(await context.new_page())
    await found(evening, phone)
    closed = await visitor.goto(evening.fresh.url)
    waiting = await visitor.get_by_role("heading", level=1).inner_text()

    await prepare(evening, phone)
    left = await phone.page.locator("ol.things > li").all_inner_texts()
    await phone.press("Ouvrir au public")
    await phone.page.get_by_text("C’est ouvert").wait_for()

    opened = await visitor.goto(evening.fresh.url)
    heading = await visitor.get_by_role("heading", level=1).inner_text()
    await link_both_ways(evening)
    minutes = (time.monotonic() - began) / 60
    with capsys.disabled():
        print(f"\nfrom the link in the log to an open site: {phone.touches} touches, {minutes:.1f} minutes")  # noqa: T201
    assert closed is not None and (closed.status, waiting) == (503, "La Remise ouvre bientôt")
    assert [line.splitlines()[0] for line in left] == ["Faire une sauvegarde"]
    assert opened is not None and opened.status == 200
    assert heading == "Dans la Métropole Européenne de Lille, on se prête, on se donne, on répare."
    assert 1 <= await count_sheets(visitor, f"{evening.fresh.url}/chiffres/pour-les-elus") <= MOST_SHEETS
    assert phone.touches <= MOST_TOUCHES and minutes <= MOST_MINUTES
    assert [mail["To"] for mail in evening.post.taken if "partent" in mail["Subject"]] == ["awa@exemple.fr"]
    async with connection(evening.fresh.instance.pool) as conn:
        chosen = await preferences.load(conn)
        followed = await fetch_value(
            conn, "SELECT count(*) FROM follow f JOIN actor a ON a.id = f.follower_id WHERE a.username = 'coop'"
        )
    assert (chosen.closed, chosen.legal_publisher, followed > 0) == (False, "La Remise, SCIC", True)
