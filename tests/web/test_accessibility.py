"""Every page through axe-core (WCAG 2.2 A and AA), narrow and wide, light and dark; and what axe does not see."""

import secrets
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import asyncpg
import pytest
from playwright.async_api import Browser, Page, ViewportSize

from models.listings import unavailabilities
from models.listings.unavailabilities import midnight
from models.people import absences, actors
from models.people.actors import Actor
from models.people.opening_hours import Closure, OpeningInterval, make_hours, write_hours
from models.personal_data import deletion_requests, export_archives
from models.posts.polls import polls
from models.posts.polls.polls import NewPoll
from models.relations import endorsements, follows
from models.servers import waiting_posts
from models.store.database import Connection, execute, open_pool, transaction
from tests.databases import copy_database, with_database
from tests.factories import make_activity, make_listing, make_local_actor, make_remote_actor
from tests.invitations import make_samples
from tests.points import fill_ledger
from tests.sample_cases import CASE_PAGES, add_sample_cases
from tests.sample_directory import add_sample_directory
from tests.sample_held_posts import add_held_posts
from tests.sample_message_requests import add_message_requests
from tests.sample_team import add_sample_team
from tests.sample_village import Village
from tests.web.axe import list_violations, needs_axe
from tests.web.chromium import needs_chromium
from tests.web.coop_pages import COOP_PAGES
from tests.web.live_site import Live, serve_village
from tests.web.page_checks import list_flaws

pytestmark = [needs_axe, needs_chromium]

Reader = Callable[[Village], Actor | None]

NARROWEST: ViewportSize = {"width": 320, "height": 700}


def nobody(village: Village) -> None:
    """Somebody who is not logged in."""


def alice(village: Village) -> Actor:
    """A member."""
    return village.alice


def hocine(village: Village) -> Actor:
    """A member whom somebody asks to follow, and who is about to leave."""
    return village.hocine


def admin(village: Village) -> Actor:
    """The administrator."""
    return village.admin


def path_of(name: str) -> Callable[[Village], str]:
    """The page of one of the village's own listings."""
    return lambda village: getattr(village, name).post.url.removeprefix(village.site.url)


def copy_of(name: str) -> Callable[[Village], str]:
    """The page of a listing by its id."""
    return lambda village: f"/annonces/d/{getattr(village, name).id}"


PAGES: dict[str, tuple[str | Callable[[Village], str], Reader, int]] = {
    "home": ("/", nobody, 200),
    "network page": ("/annonces", nobody, 200),
    "search": ("/annonces?q=tente&lieu=Lomme&km=5&genre=offer&mode=loan&cat=camping&photo=1", nobody, 200),
    "place unknown": ("/annonces?lieu=nulle+part", nobody, 200),
    "nothing found": ("/annonces?q=introuvable", nobody, 200),
    "listing": (path_of("tent"), nobody, 200),
    "listing to a member": (path_of("tent"), hocine, 200),
    "listing to its author": (path_of("tent"), alice, 200),
    "who quotes me": (lambda village: f"/citations/{village.tent.id}", alice, 200),
    "quoting": (lambda village: f"/citations/{village.tent.id}", hocine, 200),
    "repair call": (path_of("call"), nobody, 200),
    "copy": (copy_of("sewing"), nobody, 200),
    "copy to a member": (copy_of("sewing"), alice, 200),
    "directory": ("/reseau", nobody, 200),
    "directory to an admin": ("/reseau", admin, 200),
    **COOP_PAGES,
    "profile": ("/@alice", nobody, 200),
    "own profile": ("/@alice", alice, 200),
    "profile elsewhere": ("/@bob@henin.test", alice, 200),
    "coop elsewhere": ("/@coop@henin.test", nobody, 200),
    "note": (lambda village: f"/notes/{village.distant_note.id}", alice, 200),
    "feed": ("/fil", alice, 200),
    "empty feed": ("/fil", admin, 200),
    "news": ("/notifications", alice, 200),
    "no news": ("/notifications", admin, 200),
    "tag": ("/tags/couture", nobody, 200),
    "empty tag": ("/tags/rien", nobody, 200),
    "help": ("/aide", nobody, 200),
    "legal": ("/mentions-legales", nobody, 200),
    "accessibility": ("/accessibilite", nobody, 200),
    "programs": ("/api/docs", nobody, 200),
    "publish": ("/publier", alice, 200),
    **CASE_PAGES,
    "own reports": ("/compte/signalements", alice, 200),
    "reporting": (lambda village: f"/signaler/annonce/{village.drill.id}", nobody, 200),
    "reporting elsewhere": (lambda village: f"/signaler/compte/{village.bob.id}", alice, 200),
    "reporting a message of a talk": (lambda village: f"/signaler/message/{village.message.id}", alice, 200),
    "reporting by address": ("/signaler", nobody, 200),
    "reporting what is not there": ("/signaler?adresse=/notes/1", nobody, 422),
    "reporting a page": ("/signaler/page?adresse=https://127.0.0.1/annonces", nobody, 404),
    "reported": ("/signaler/merci?fait=reported", alice, 200),
    "broken down": ("/depannage", nobody, 200),
    "broken down for a member": ("/depannage", alice, 200),
    "repair call to publish": ("/publier?genre=repair_call", alice, 200),
    "edit": (lambda village: path_of("tent")(village) + "/modifier", alice, 200),
    "following": ("/abonnements", hocine, 200),
    "acting from here": ("/authorize_interaction?uri=%40bob%40henin.test", alice, 200),
    "acting on nothing": ("/authorize_interaction?uri=rien", alice, 422),
    "log-in": ("/connexion", nobody, 200),
    "registration": ("/inscription", nobody, 200),
    "account": ("/compte", alice, 200),
    "profile form": ("/compte/profil", alice, 200),
    "going away": ("/compte/absence", alice, 200),
    "back from going away": ("/compte/absence", admin, 200),
    "a place that is away": ("/@nadia", nobody, 200),
    "profile form of a place": ("/compte/profil", admin, 200),
    "days that are taken": (path_of("tent"), nobody, 200),
    "what places lend": ("/annonces?partenaire=1", nobody, 200),
    "e-mail form": ("/compte/courriel", alice, 200),
    "choice of mails": ("/compte/courriels", alice, 200),
    "own calendar": ("/compte/agenda", alice, 200),
    "my place": ("/chez-moi", alice, 200),
    "my place with nothing over": ("/chez-moi?voir=finies", alice, 200),
    "my place of a place": ("/chez-moi", admin, 200),
    "agenda": ("/agenda", alice, 200),
    "agenda of a month": ("/agenda?mois=2027-05", alice, 200),
    "password": ("/compte/mot-de-passe", alice, 200),
    "two steps": ("/compte/securite", alice, 200),
    "moving": ("/compte/demenagement", alice, 200),
    "devices": ("/compte/appareils", alice, 200),
    "own data": ("/compte/donnees", alice, 200),
    "own data in preparation": ("/compte/donnees", hocine, 200),
    "own data ready": ("/compte/donnees", admin, 200),
    "leaving": ("/compte/supprimer", alice, 200),
    "leaving as the last administrator": ("/compte/supprimer", admin, 200),
    "about to leave": ("/compte/supprimer", hocine, 200),
    "hidden people": ("/compte/masques", alice, 200),
    "servers set aside, for all": ("/a-l-ecart", nobody, 200),
    "points": ("/points", alice, 200),
    "no points yet": ("/points?avant=1", admin, 200),
    "messages of strangers": ("/messages/inconnus", alice, 200),
    "no messages of strangers": ("/messages/inconnus", hocine, 200),
    "choice of mails of the team": ("/compte/courriels", admin, 200),
    "why": ("/pourquoi", alice, 200),
    "not found": ("/n-existe-pas", nobody, 404),
    "withdrawn": (path_of("withdrawn"), nobody, 410),
    "forbidden": ("/erreur/403", nobody, 403),
    "not understood": ("/erreur/422", nobody, 422),
    "too many": ("/erreur/429", nobody, 429),
    "broken": ("/erreur/500", nobody, 500),
    "away": ("/erreur/503", nobody, 503),
}


@pytest.fixture(scope="module")
async def live(postgres_url: str, furnished: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Live]:
    """One village for the whole module: these tests only look."""
    name = f"{furnished}_{secrets.token_hex(4)}"
    keeper = await asyncpg.connect(postgres_url)
    await copy_database(keeper, furnished, name)
    pool = await open_pool(with_database(postgres_url, name))
    async with serve_village(pool, tmp_path_factory.mktemp("data")) as live:
        async with transaction(pool) as conn:
            await add_sample_directory(conn)
            await furnish_departures(conn, live.village)
            await fill_ledger(conn, live.village)
            await make_samples(conn, live.village.admin, 77)
            await furnish_days(conn, live.village)
            await add_sample_cases(conn, live.village)
            await furnish_unknown_hosts(conn)
            await add_sample_team(conn, live.village)
            await add_message_requests(conn, live.village)
            await ask_bob(conn, live.village)
            await add_held_posts(conn, live.village)
            for held in await follows.list_following(conn, live.village.alice.id):
                await endorsements.save(conn, actor_id=held.follower_id, target_id=held.followed_id)
        yield live
    pool.terminate()
    await keeper.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await keeper.close()


async def furnish_departures(conn: Connection, village: Village) -> None:
    """Hocine leaves in two weeks and takes his data along, as Nadia does; Michel has left, which one server ignores."""
    await export_archives.ask(conn, village.hocine.id)
    ready = await export_archives.ask(conn, village.admin.id)
    assert ready and await export_archives.finish(conn, ready, file_key=f"{'0' * 32}.zip", byte_size=12_345_678)
    await deletion_requests.begin(conn, village.hocine.id, after=timedelta(days=14), paused_ids=[])
    michel = await make_local_actor(conn, "michel")
    await execute(conn, "UPDATE actor SET deleted_at = now() WHERE id = $1", michel.id)
    farewell = await make_activity(conn, michel, type="Delete", object_uri=michel.uri)
    for host, state in (("henin.test", "failed"), ("arras.test", "done")):
        await execute(
            conn,
            """
            INSERT INTO delivery (activity_id, actor_id, inbox, host, state, error, cause)
            VALUES ($1, $2, 'https://' || $3::text || '/inbox', $3, $4, 'HTTP 500', 'server-error')
            """,
            farewell,
            michel.id,
            host,
            state,
        )


async def ask_bob(conn: Connection, village: Village) -> None:
    """What Bob says at his own place is a poll."""
    asked = NewPoll(
        options=("Samedi", "Dimanche"),
        votes=(2, 1),
        multiple=False,
        voters=3,
        ends_at=datetime.now(UTC) + timedelta(days=2),
        closed_at=None,
    )
    await polls.save_remote(conn, village.distant_note.id, asked)


async def furnish_unknown_hosts(conn: Connection) -> None:
    """Two hosts that nobody knows wait; of one of them more came than is kept."""
    for host, count in (("annonces-gratuites-et-pas-cheres.example", 3), ("bricole.example", 1)):
        author = await make_remote_actor(conn, "mallory", host)
        for number in range(count):
            words = "<p>Comme neuve, vendue cause double emploi. Ne tardez pas, tout part très vite en ce moment.</p>"
            post = {"audience": "unlisted", "to_uris": ("https://www.w3.org/ns/activitystreams#Public",)}
            listing = await make_listing(conn, author, title=f"Montre {number}", description=words, post=post)
            await waiting_posts.keep(conn, listing.id, host, "network", wanted=False)
    await waiting_posts.note_refusal(conn, "bricole.example", "hour")


async def furnish_days(conn: Connection, village: Village) -> None:
    """Nadia looks after a place that is closed for a while; Maryse keeps some days of her tent."""
    week = [OpeningInterval(day=day, opens=time(14), closes=time(18, 30)) for day in (2, 5)]
    hours = make_hours(week, [Closure(first=date(2030, 8, 1), last=date(2030, 8, 21))])
    await execute(conn, "UPDATE actor SET type = 'Organization' WHERE id = $1", village.admin.id)
    await actors.save_place(conn, village.admin.id, "12 rue de la Mairie", write_hours(hours))
    now = datetime.now(UTC)
    await absences.set_away(conn, village.admin.id, now + timedelta(days=9))
    for ahead in (3, 20, 40):
        begins_at = midnight((now + timedelta(days=ahead)).date())
        await unavailabilities.add(conn, village.tent.id, begins_at, begins_at + timedelta(days=3))


@dataclass(frozen=True, slots=True, kw_only=True)
class Readers:
    """One page for each reader, who opens one address after another in it: what a browser keeps it reads once."""

    live: Live
    chromium: Browser
    pages: dict[Reader, Page] = field(default_factory=dict)

    async def open(self, name: str) -> Page:
        """The page of this name at its reader's, on the narrowest screen and by day."""
        where, reader, status = PAGES[name]
        if reader not in self.pages:
            self.pages[reader] = await take_page(self.live, self.chromium, reader)
        page = self.pages[reader]
        await page.set_viewport_size(NARROWEST)
        await page.emulate_media(color_scheme="light")
        await go(self.live, page, where, status)
        return page


@pytest.fixture(scope="module")
async def readers(live: Live, chromium: Browser) -> AsyncIterator[Readers]:
    """All of them: they only look, and leave nothing behind."""
    readers = Readers(live=live, chromium=chromium)
    yield readers
    for page in readers.pages.values():
        await page.context.close()


async def take_page(live: Live, chromium: Browser, reader: Reader) -> Page:
    """An empty page in a browser of this reader's own."""
    context = await chromium.new_context(locale="fr-FR")
    actor = reader(live.village)
    if actor is not None:
        await live.log_in(context, actor)
    return await context.new_page()


async def go(live: Live, page: Page, where: str | Callable[[Village], str], status: int) -> None:
    answer = await page.goto(live.url + (where if isinstance(where, str) else where(live.village)))
    assert answer is not None and answer.status == status


async def open_page(live: Live, chromium: Browser, name: str) -> Page:
    """The page, in a browser that nobody used."""
    where, reader, status = PAGES[name]
    page = await take_page(live, chromium, reader)
    await go(live, page, where, status)
    return page


@pytest.mark.parametrize("name", PAGES)
async def test_page_has_no_violation_fits_320_pixels_and_makes_an_outline(readers: Readers, name: str) -> None:
    page = await readers.open(name)

    wide = await page.evaluate("document.documentElement.scrollWidth")
    levels = await page.evaluate(
        "[...document.querySelectorAll('h1,h2,h3,h4')].filter(h => h.checkVisibility()).map(h => +h.tagName[1])"
    )
    flaws = await list_flaws(page)
    violations = await list_violations(page)

    assert wide <= 320
    assert not flaws
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels)), levels
    assert not violations


async def test_what_is_wrong_with_a_page_is_noticed_at_each_width_by_day_and_by_night(
    live: Live, chromium: Browser
) -> None:
    page = await open_page(live, chromium, "help")
    await page.evaluate("""() => {
      document.body.insertAdjacentHTML('beforeend', '<img src=x><p id=pale>Presque blanc</p>');
      document.querySelector('#pale').style.cssText = 'color: #777; background: #888';
    }""")

    found = {" ".join(one.split()[:3]) for one in await list_violations(page)}

    await page.context.close()
    looks = [(width, scheme) for width in (390, 1280) for scheme in ("light", "dark")]
    pale = {f"{width} {scheme} color-contrast:" for width, scheme in looks}
    assert found == pale | {"390 light image-alt:", "1280 light image-alt:"}


async def test_forms_that_come_back_have_no_violation(live: Live, chromium: Browser) -> None:
    page = await open_page(live, chromium, "publish")
    await page.get_by_role("button", name="Publier l’annonce").click()
    await page.locator("#erreurs").wait_for()
    wrong = await list_violations(page)
    await page.get_by_label("Titre").fill("Râteau")
    await page.get_by_role("radio", name="Don").check()
    await page.get_by_role("button", name="Voir d’abord").click()
    await page.get_by_text("Voilà ce que les autres verront").wait_for()

    preview = await list_violations(page)

    await page.context.close()
    assert not wrong + preview


async def test_what_was_typed_comes_back_after_log_in_without_violation(live: Live, chromium: Browser) -> None:
    page = await open_page(live, chromium, "listing to a member")
    await page.get_by_label("Votre message").fill("Est-elle libre samedi ?\nJe passe la prendre.")
    await page.context.clear_cookies()
    await page.get_by_role("button", name="Envoyer").click()
    await page.get_by_text("Votre session s’est terminée").wait_for()

    violations = await list_violations(page)

    await page.context.close()
    assert not violations


async def test_first_tab_leads_to_the_content(live: Live, chromium: Browser) -> None:
    page = await open_page(live, chromium, "network page")

    await page.keyboard.press("Tab")
    first = await page.evaluate("document.activeElement.getAttribute('href')")

    await page.context.close()
    assert first == "#contenu"
