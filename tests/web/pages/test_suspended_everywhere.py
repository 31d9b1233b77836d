"""Every page and every form, for a member who is suspended: what opens stands here, and all else leads to why."""

import re
from collections.abc import Awaitable, Callable

from federation.instance import Instance
from models.people.actors import Actor
from models.people.team import place_keepers
from models.store.database import execute, fetch_value, transaction
from outbox.moderation import sanctions
from tests.factories import make_member
from tests.picture_files import draw, encode
from tests.rulings import rule
from tests.sample_village import Village
from tests.web.pages.conftest import SITE, Browser
from web.pages.routes import ROUTES

OpenBrowser = Callable[[Actor | None], Awaitable[Browser]]

OPENS = {
    "GET /.well-known/security.txt",
    "GET /.well-known/tdmrep.json",
    "GET /a-l-ecart",
    "GET /accessibilite",
    "GET /aide",
    "GET /aide/facile/{page}",
    "GET /aide/{page}",
    "GET /charte",
    "GET /compte/decisions/{id}",
    "GET /compte/donnees",
    "GET /compte/donnees/archive",
    "GET /compte/supprimer",
    "GET /compte/suspension",
    "GET /conditions",
    "GET /connexion",
    "GET /credits",
    "GET /courriels/arreter/{token}",
    "GET /decisions/{link}",
    "GET /donnees-personnelles",
    "GET /favicon.ico",
    "GET /langue/{language}",
    "GET /mentions-legales",
    "GET /moderation",
    "GET /signalement/{token}",
    "GET /signaler",
    "GET /signaler/merci",
    "GET /signaler/{what}",
    "GET /signaler/{what}/{id}",
    "GET /static/{name}",
    "POST /compte/decisions/{id}",
    "POST /compte/donnees",
    "POST /compte/langue",
    "POST /compte/supprimer",
    "POST /compte/supprimer/rester",
    "POST /compte/suspension/echanges/{id}",
    "POST /connexion",
    "POST /courriels/arreter/{token}",
    "POST /decisions/{link}",
    "POST /deconnexion",
    "POST /langue",
    "POST /signaler/{what}",
    "POST /signaler/{what}/{id}",
}
"""What a session opens while its member is suspended."""

FILLED = {"uuid": "0134d591-a63f-4e62-a138-b66c49b9d22f", "link": "0134d591-a63f-4e62-a138-b66c49b9d22f", "name": "x"}

FIELD = re.compile(r"\{(\w+)(?::((?:[^{}]|\{[^{}]*\})*))?\}")


def fill(path: str) -> str:
    """An address of this route, of nothing that exists."""

    def choose(found: re.Match[str]) -> str:
        name, shape = str(found[1]), str(found[2] or ".")
        tried: list[str] = [FILLED.get(name, "7"), "abc", *shape.split("|"), "fr", "x" * 20, "x." + "y" * 24]
        return next(one for one in tried if re.fullmatch(shape, one))

    return FIELD.sub(choose, path)


def name(method: str, path: str) -> str:
    return f"{method} {FIELD.sub(lambda found: '{' + found[1] + '}', path)}"


async def test_every_page_and_form_but_these_leads_to_why(alice: Browser, instance: Instance, lomme: Village) -> None:
    """She has every role, which opens nothing more."""
    async with transaction(instance.pool) as conn:
        await execute(conn, "UPDATE account SET roles = '{admin,keeper}' WHERE actor_id = $1", lomme.alice.id)
        await rule(conn, lomme.alice, "suspend", site=SITE)
    opened = set()
    headers = {"Accept": "text/html", "Accept-Language": "fr", "Origin": SITE.url}

    for route in ROUTES:
        if route.path in ("/deconnexion", "/compte/supprimer") and route.method == "POST":
            opened.add(name(route.method, route.path))  # after which she would be nobody
            continue
        async with alice.client.request(
            route.method, fill(route.path), headers=headers, allow_redirects=False
        ) as answer:
            aside = answer.headers.get("Location") == "/compte/suspension" or (
                answer.status == 403 and "Rien n’est parti" in await answer.text()
            )
        assert answer.status < 500, route.path
        opened |= set() if aside else {name(route.method, route.path)}

    assert opened == OPENS


async def test_a_draft_with_photos_that_stood_open_is_given_back_in_words(
    alice: Browser, instance: Instance, lomme: Village
) -> None:
    form = await alice.get("/publier")
    assert form.status == 200
    async with transaction(instance.pool) as conn:
        await rule(conn, lomme.alice, "suspend", site=SITE)

    answer = await alice.client.post(
        "/publier",
        data={"act": "keep", "kind": "offer", "title": "Ma remorque", "photos": encode(draw())},
        headers={"Accept": "text/html", "Accept-Language": "fr", "Origin": SITE.url},
        allow_redirects=False,
    )

    page = await alice.read(answer)
    assert page.status == 403 and "Ma remorque" in page.words()
    async with transaction(instance.pool) as conn:
        assert await fetch_value(conn, "SELECT count(*) FROM listing_draft") == 0


async def test_a_place_goes_on_without_the_keeper_who_is_suspended(
    open_browser: OpenBrowser, instance: Instance, lomme: Village
) -> None:
    async with transaction(instance.pool) as conn:
        place = await make_member(conn, "remise", type="Organization")
        kim, lou = [await make_member(conn, name, roles=["keeper"]) for name in ("kim", "lou")]
        for keeper in (kim, lou):
            await place_keepers.add(conn, place.id, keeper.id)
        decision = await rule(conn, kim, "suspend", site=SITE)
    hers, other = await open_browser(kim), await open_browser(lou)

    assert (await hers.get("/coop/lieux/remise")).location == "/compte/suspension"
    assert (await other.get("/coop/lieux/remise")).status == 200
    async with transaction(instance.pool) as conn:
        await sanctions.take_back(conn, SITE, decision, by=None)
    assert (await hers.get("/coop/lieux/remise")).status == 200
