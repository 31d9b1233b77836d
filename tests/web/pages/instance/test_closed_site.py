"""A site that nobody opened yet: what visitors get of each address, and who goes on as ever."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from aiohttp.test_utils import TestClient, TestServer

from federation.instance import Instance
from models.access import sessions
from models.coop import opening
from models.store.database import connection, execute, transaction
from tests.sample_village import Village
from tests.web.applicants import add_applicant
from tests.web.pages.conftest import SITE, Browser
from tests.web.pages.test_coop_permissions import fill
from web.pages.instance.closed_site import RETRY_AFTER, closes
from web.pages.routes import ROUTES as PAGES
from web.rendering.templating import Templates
from web.security.session import cookie_name
from web.server.app import ROUTES, make_app

WAITING = "ouvre bientôt"

STAY = {
    *("/aide/{}", "/aide/facile/{}", "/credits", "/moderation", "/donnees-personnelles"),
    *("/aide", "/mentions-legales", "/accessibilite", "/charte", "/conditions", "/a-l-ecart", "/langue/{}"),
    *("/signaler", "/signaler/merci", "/signaler/{}", "/signaler/{}/{}", "/signalement/{}"),
    *("/connexion", "/mot-de-passe-oublie", "/oauth/authorize", "/oauth/authorize/", "/inscription", "/invitation/{}"),
    *("/installation", "/installation/{}", "/installation/{}/{}", "/lien/{}", "/decisions/{}", "/lieux"),
    *(
        "/robots.txt",
        "/.well-known/tdmrep.json",
        "/.well-known/security.txt",
        "/service-worker.js",
        "/static/{}",
        "/favicon.ico",
    ),
    *("/accord/{}", "/annonces/prolonger/{}", "/appel/{}", "/appel/fin/{}", "/courriels/arreter/{}"),
    *("/communautes/entrer/{}", "/communautes/reponse/{}", "/rencontres/place/{}", "/velo/{}"),
    *("/invite/{}", "/invite/fin/{}", "/invite/{}/demander", "/invite/{}/proposer/{}", "/invite/{}/resultat"),
}
"""What visitors get of a site that is closed: doors, secret links of mails, and what the law asks for."""

LEAD_TO_LOGIN = (
    *(
        "/compte",
        "/coop",
        "/moi",
        "/chez-moi",
        "/fil",
        "/echanges",
        "/agenda",
        "/notifications",
        "/messages",
        "/alertes",
    ),
    *("/mes-velos", "/abonnements", "/points", "/authorize_interaction"),
)
"""Pages for members alone, which visitors never got."""

Open = Callable[[int | None], Awaitable[Browser]]


def simplify(path: str) -> str:
    """A route's path with `{}` for each part that changes."""
    depth, simple = 0, ""
    for sign in path:
        if sign == "{":
            simple += "{}" if depth == 0 else ""
            depth += 1
        elif sign == "}":
            depth -= 1
        elif depth == 0:
            simple += sign
    return simple


@pytest.fixture
async def closed(instance: Instance, lomme: Village) -> Village:
    """Lomme before it opens."""
    async with transaction(instance.pool) as conn:
        await opening.close_site(conn)
        await execute(
            conn,
            "INSERT INTO preference (key, value) VALUES ('name', '\"La Remise\"'::jsonb)"
            " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        )
    return lomme


@pytest.fixture
async def ring(instance: Instance, templates: Templates) -> AsyncIterator[Open]:
    """A browser before the whole application."""
    server = TestServer(make_app(instance))
    await server.start_server()
    clients = []

    async def open_one(actor_id: int | None) -> Browser:
        cookies = {}
        if actor_id is not None:
            async with transaction(instance.pool) as conn:
                cookies[cookie_name(SITE)] = await sessions.create(conn, actor_id, "test")
        clients.append(TestClient(server, cookies=cookies))
        return Browser(client=clients[-1])

    yield open_one
    for client in clients:
        await client.session.close()
    await server.close()


def test_each_page_is_said_to_stay_to_lead_to_the_log_in_page_or_to_close() -> None:
    paths = {simplify(route.path): route.path for route in PAGES if route.method == "GET"}

    members = {path for path in paths if any(path == one or path.startswith(f"{one}/") for one in LEAD_TO_LOGIN)}
    members |= {"/annonces/{}/modifier", "/annonces/d/{}/demander", "/annonces/d/{}/prevenir"}
    open_ones = {path for path, raw in paths.items() if not closes(raw)}

    assert open_ones - members == STAY
    assert all(not closes(paths[path]) for path in members)


async def test_visitors_get_of_each_address_what_stays_and_nothing_else(closed: Village, ring: Open) -> None:
    visitor = await ring(None)

    wrong = []
    for route in ROUTES:
        if route.method != "GET" or route.path.startswith(("/media/", "/static/", "/sources", "/readyz")):
            continue
        page = await visitor.ask("GET", fill_all(route.path))
        closes_here = page.status == 503 and WAITING in page.text
        if closes_here != (route.path in CLOSED) or (page.status >= 500 and not closes_here):
            wrong.append((route.path, page.status))
    assert wrong == []


CLOSED = {route.path for route in PAGES if route.method == "GET" and closes(route.path)}

UUID = "0198c2a0-0000-7000-8000-000000000000"


def fill_all(path: str) -> str:
    """An address of this route, whatever is there."""
    path = fill(path)
    for mark, value in (
        ("{format:atom|json|geojson|ics}", "atom"),
        ("{format:atom|json|ics}", "atom"),
        ("{link:", UUID),
        ("{short:", "abc"),
        ("{what:annonce|message|compte}", "annonce"),
        ("{what:page}", "page"),
        ("{what:mentions|horaires}", "mentions"),
        ("{language:", "fr"),
        ("{step:", "coop"),
    ):
        path = replace_part(path, mark, value)
    while "{" in path:
        path = replace_part(path, path[path.index("{") :][:2], "x" * 20)
    return path


def replace_part(path: str, mark: str, value: str) -> str:
    """The path with its part that begins so replaced."""
    start = path.find(mark)
    if start < 0:
        return path
    depth = 0
    for end in range(start, len(path)):
        depth += {"{": 1, "}": -1}.get(path[end], 0)
        if depth == 0:
            return path[:start] + value + path[end + 1 :]
    raise AssertionError(path)


async def test_the_page_says_who_prepares_what_and_how_to_come_in(closed: Village, ring: Open) -> None:
    visitor = await ring(None)

    page = await visitor.get("/annonces?q=tente")

    assert (page.status, page.headers["Retry-After"]) == (503, str(RETRY_AFTER))
    assert page.headers["X-Robots-Tag"] == "noindex, nofollow" and page.headers["Cache-Control"] == "no-store"
    assert "La Remise" in page.words() and "Me connecter" in page.words()
    links = page.html.xpath("//a/@href")
    assert "/connexion?retour=/annonces%3Fq%3Dtente" in links and "/mentions-legales" in links
    leading = [
        one for one in links if one.startswith("/") and one != "/" and not one.startswith(("/connexion", "/aide"))
    ]
    assert all(not closes(one.partition("?")[0]) for one in leading), "nothing leads to what is closed"


async def test_visitors_report_what_they_know_the_address_of_and_read_nothing_of_it(
    closed: Village, ring: Open
) -> None:
    visitor, alice = await ring(None), await ring(closed.hocine.id)

    shown, hers = [await one.get(f"/signaler/annonce/{closed.tent.id}") for one in (visitor, alice)]

    assert shown.status == hers.status == 200
    assert closed.tent.details.title in hers.words() and closed.tent.details.title not in shown.words()
    assert (await visitor.get("/aide/glossaire")).status == 200


async def test_a_form_sent_after_the_session_ended_is_not_lost(closed: Village, ring: Open) -> None:
    visitor = await ring(None)

    sent = await visitor.client.post(
        "/publier",
        data={"title": "Une perceuse bleue"},
        headers={"Accept": "text/html", "Accept-Language": "fr", "Sec-Fetch-Site": "same-origin"},
        allow_redirects=False,
    )
    page = await visitor.read(sent)

    assert "Une perceuse bleue" in page.text and "/connexion" in page.text


async def test_machines_that_read_whole_sites_are_sent_away(closed: Village, ring: Open) -> None:
    visitor = await ring(None)

    robots, sitemap = await visitor.get("/robots.txt"), await visitor.get("/sitemap.xml")
    feed, frame = await visitor.get("/annonces/flux.atom"), await visitor.get("/embed/annonces")
    embedded = await visitor.get("/api/oembed?url=http://lomme.test/annonces")

    assert robots.status == 200 and "Disallow: /\n" in robots.text and "Sitemap" not in robots.text
    assert [one.status for one in (sitemap, feed, frame, embedded)] == [503, 503, 503, 404]


async def test_members_go_on_and_whoever_waits_reads_what_visitors_do(
    instance: Instance, closed: Village, ring: Open
) -> None:
    applicant = await add_applicant(instance)
    alice, waiting = await ring(closed.alice.id), await ring(applicant.actor_id)

    pages = [await alice.get(path) for path in ("/", "/annonces", "/annonces/flux.atom", "/reseau")]
    hers = [await waiting.get(path) for path in ("/annonces", "/compte/attente", "/publier")]

    assert [page.status for page in pages] == [200] * 4
    assert [page.status for page in hers] == [503, 200, 200], "what is hers while she waits"


async def test_other_servers_and_apps_go_on(closed: Village, ring: Open) -> None:
    visitor = await ring(None)
    url = closed.tent.post.url.removeprefix(SITE.url)
    ask = {"Accept": "application/activity+json"}

    listing = await visitor.client.get(url, headers=ask)
    stranger = await visitor.client.get("/annonces", headers=ask)
    coop = await visitor.client.get("/users/coop", headers=ask)
    api = await visitor.client.get("/api/v1/declic/listings")

    assert [one.status for one in (listing, stranger, coop, api)] == [200, 503, 200, 200]
    assert (await visitor.get(url)).status == 503


async def test_one_joins_by_invitation_alone(instance: Instance, closed: Village, ring: Open) -> None:
    async with transaction(instance.pool) as conn:
        await execute(
            conn,
            "INSERT INTO preference (key, value) VALUES ('registration', '\"open\"'::jsonb)"
            " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        )
    visitor = await ring(None)

    page, login = await visitor.get("/inscription"), await visitor.get("/connexion")

    assert "on entre avec une invitation" in page.words()
    assert login.status == 200 and 'href="/annonces"' not in login.text


async def test_an_instance_that_nobody_set_up_says_how_to_go_on(instance: Instance, ring: Open) -> None:
    async with transaction(instance.pool) as conn:
        await opening.close_site(conn)
    visitor = await ring(None)

    for path in ("/", "/annonces", "/reseau"):
        page = await visitor.get(path)
        assert "pas encore installée" in page.words() and "declic first-run" in page.words(), path


async def test_it_is_open_at_once_to_everybody(instance: Instance, closed: Village, ring: Open) -> None:
    visitor = await ring(None)
    before = await visitor.get("/annonces")
    async with transaction(instance.pool) as conn:
        await execute(
            conn,
            "INSERT INTO preference (key, value) VALUES ('legal_publisher', '\"La Remise\"'::jsonb),"
            " ('legal_host', '\"Nous\"'::jsonb) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        )
        await opening.open_site(conn, by=closed.admin.id)

    after = await visitor.get("/annonces")

    assert (before.status, after.status) == (503, 200)
    async with connection(instance.pool) as conn:
        assert not await opening.is_closed(conn)
