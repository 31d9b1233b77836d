"""Every page of the cooperative's administration, by the role that it opens for: a new one has to stand here."""

import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import pytest

from federation.instance import Instance
from models import preferences
from models.meetings import meetings, occurrences
from models.meetings.meetings import Meeting
from models.meetings.occurrences import PlannedTime
from models.people import accounts
from models.people.accounts import ROLES, Role
from models.people.actors import Actor
from models.people.roles import RIGHTS, RIGHTS_OF_AUTHORITIES, Right
from models.people.team import place_keepers
from models.store.database import execute, transaction
from tests.dues import furnish_dues
from tests.factories import make_listing, make_member
from tests.invitations import make_samples
from tests.own_pages import add_own_page
from tests.points import fill_ledger
from tests.sample_village import Village
from tests.subcategories import SUBCATEGORIES
from tests.web.pages.conftest import Browser, Page
from web.pages.routes import ROUTES
from web.rendering.coop_rooms import MENU

OpenBrowser = Callable[[Actor | None], Awaitable[Browser]]

OPENS_FOR: dict[str, Right] = {
    "/coop": "duty",
    "/coop/communautes": "communities",
    "/coop/ouverture": "settings",
    "/coop/ouverture/courriel": "settings",
    "/coop/ouverture/affiche": "settings",
    "/coop/ouverture/{what:mentions|horaires}": "settings",
    "/coop/communautes/porter": "communities",
    "/coop/courriels": "mails",
    "/coop/demandes": "sign_ups",
    r"/coop/demandes/{id:\d{1,19}}": "sign_ups",
    "/coop/departs": "roles",
    "/coop/dossiers": "reports",
    "/coop/dossiers/{id:\\d{1,19}}": "reports",
    "/coop/dossiers/{id:\\d{1,19}}/conversations/{post:\\d{1,19}}": "reports",
    "/coop/dossiers/{id:\\d{1,19}}/decision": "reports",
    "/coop/dossiers/{id:\\d{1,19}}/suite": "reports",
    "/coop/echanges.csv": "figures",
    "/coop/chiffres": "see_figures",
    "/coop/chiffres/vu": "figures",
    "/coop/diagnostic": "settings",
    "/coop/diagnostic/essai": "settings",
    "/coop/diagnostic/essai/entier": "settings",
    "/coop/diagnostic/versions/{version:[0-9]{1,6}}": "settings",
    "/coop/documents": "documents",
    "/coop/documents/{document:charte|conditions}": "documents",
    "/coop/pages": "settings",
    "/coop/pages/nouvelle": "settings",
    r"/coop/pages/{id:\d{1,19}}": "settings",
    r"/coop/pages/{id:\d{1,19}}/versions/{version:[0-9]{1,6}}": "settings",
    r"/coop/pages/{id:\d{1,19}}/supprimer": "settings",
    "/coop/filtres": "reports",
    "/coop/filtres/nouveau": "reports",
    r"/coop/filtres/{id:\d{1,19}}": "reports",
    "/coop/inconnus": "reports",
    "/coop/invitations": "invitations",
    "/coop/invitations/courriels": "invitations",
    "/coop/invitations/{id:\\d{1,19}}": "invitations",
    "/coop/invitations/{id:\\d{1,19}}/arreter": "invitations",
    "/coop/invitations/{id:\\d{1,19}}/renvoyer": "invitations",
    "/coop/journal": "duty",
    "/coop/sante": "operation",
    "/coop/sante/regard": "operation",
    "/coop/velo-vole": "reports",
    "/coop/reparations": "repair_figures",
    "/coop/reparations.csv": "repair_figures",
    "/coop/reparations/donnees": "figures",
    "/coop/reparations/importer": "repair_shops",
    r"/coop/reparations/importer/{id:\d{1,19}}": "repair_shops",
    "/coop/reparations/ord.csv": "figures",
    "/coop/reparations/velos.csv": "figures",
    "/coop/ateliers": "repair_shops",
    "/coop/ateliers/ouvrir": "repair_shops",
    r"/coop/ateliers/{id:\d{1,19}}": "repair_shops",
    "/coop/lieux": "places",
    "/coop/lieux/{place:[a-z0-9_]+}": "places",
    "/coop/lieux/{place:[a-z0-9_]+}/annonces/d/{id:\\d{1,19}}/copier": "places",
    "/coop/lieux/{place:[a-z0-9_]+}/annonces/d/{id:\\d{1,19}}/etat": "places",
    "/coop/lieux/{place:[a-z0-9_]+}/annonces/{uuid:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}}/modifier": "places",
    "/coop/lieux/{place:[a-z0-9_]+}/publier": "places",
    "/coop/lieux/{place:[a-z0-9_]+}/publier/plusieurs": "places",
    "/coop/lieux/{place:[a-z0-9_]+}/publier/plusieurs/modele.csv": "places",
    "/coop/lieux/{place:[a-z0-9_]+}/publier/photos": "places",
    "/coop/lieux/{place:[a-z0-9_]+}/responsables": "roles",
    "/coop/membres": "members",
    "/coop/membres/liste": "roles",
    "/coop/membres/liste/{id:\\d{1,19}}": "roles",
    "/coop/membres/liste/{id:\\d{1,19}}/liens": "roles",
    "/coop/membres/nouveau": "roles",
    "/coop/membres/{username:[a-z0-9_]+}": "members",
    "/coop/membres/{username:[a-z0-9_]+}/collectivite": "roles",
    "/coop/membres/{username:[a-z0-9_]+}/lien": "members",
    "/coop/membres/{username:[a-z0-9_]+}/role": "roles",
    "/coop/membres/{username:[a-z0-9_]+}/verification": "members",
    "/coop/permanence": "duty",
    "/coop/membres/adhesions": "members",
    "/coop/membres/adhesions/liste": "members",
    "/coop/membres/{username:[a-z0-9_]+}/adhesion": "members",
    "/coop/points": "points",
    "/coop/points.csv": "points",
    "/coop/points/{username:[a-z0-9_]+}": "points",
    "/coop/reglages": "settings",
    "/coop/reglages/arrivees": "settings",
    "/coop/reglages/categories": "settings",
    "/coop/reglages/categories/{category:[a-z0-9-]+}": "settings",
    "/coop/reglages/categories/{category:[a-z0-9-]+}/{own:[a-z0-9-]+}/supprimer": "settings",
    "/coop/reglages/historique": "settings",
    "/coop/reglages/{page:[a-z-]{1,40}}": "settings",
    "/coop/rencontres": "meetings",
    "/coop/rencontres/d/{id:\\d{1,19}}": "places",
    "/coop/rencontres/d/{id:\\d{1,19}}/date": "places",
    "/coop/rencontres/d/{id:\\d{1,19}}/liste.csv": "places",
    "/coop/rencontres/d/{id:\\d{1,19}}/modifier": "places",
    "/coop/rencontres/nouvelle": "meetings",
    "/coop/retenues": "reports",
    "/coop/serveurs": "servers",
    "/coop/serveurs/liste": "servers",
    "/coop/serveurs/liste.csv": "servers",
    "/coop/serveurs/liste/apercu": "servers",
    "/coop/serveurs/liste/appliquer": "servers",
    "/coop/serveurs/{host:[0-9A-Za-z.:-]{1,255}}": "servers",
    "/coop/serveurs/{host:[0-9A-Za-z.:-]{1,255}}/amitie": "servers",
    "/coop/serveurs/{host:[0-9A-Za-z.:-]{1,255}}/essai": "servers",
    "/coop/signalements": "reports",
    "/coop/signalements/{id:\\d{1,19}}": "reports",
    "/coop/territoires": "servers",
}
"""The right that whoever opens or sends each must have; None for every role. The meeting here is that of a place."""


SENT_FOR: dict[str, Right] = {"/coop/chiffres": "figures"}
"""The right of whoever sends the form of a page that opens for more people than may change what stands on it."""

WITHOUT: tuple[Role, ...] = ()

AUTHORITY = ("authority",)
"""No role: the account of a local authority."""

EACH: list[tuple[str, ...]] = [
    WITHOUT,
    AUTHORITY,
    *[(role,) for role in ROLES],
    ("welcome", "moderator"),
    ("moderator", "keeper"),
]
"""Nobody, a town hall, each role by itself, and some who hold two."""

LISTING = "0a0a0a0a-0000-4000-8000-00000000cafe"


def fill(path: str, listing_id: int = 1, place: str = "atelier") -> str:
    """An address under which there is something: of the place that the asked person runs where she runs one."""
    for pattern, value in (
        (r"\{host:.*\}\}", "henin.test"),
        (r"\{username:[^}]*\}", "alice"),
        (r"\{place:[^}]*\}", place),
        (r"/pages/(.*)\{version:[^}]*\}\}", r"/pages/\g<1>1"),
        (r"\{version:[^}]*\}\}", "0"),
        (r"\{id:[^}]*\}\}", str(listing_id)),
        (r"\{post:[^}]*\}\}", str(listing_id + 1)),
        (r"\{(?:document|what):([a-z]+)[^}]*\}", r"\1"),
        (r"\{uuid:.*\}\}", LISTING),
        (r"\{page:.*\}\}", "nom"),
        (r"\{category:[^}]*\}", "camping"),
        (r"\{own:[^}]*\}", "tentes-de-toit"),
    ):
        path = re.sub(pattern, value, path)
    return path


def read_body(page: Page) -> str:
    """A page without what each answer has of its own: its address, its number, the token of its forms."""
    return re.sub(r'value="[^"]*"|href="/connexion[^"]*"|[0-9a-f]{16}', "", page.text)


@pytest.fixture
async def listing_id(instance: Instance, lomme: Village) -> int:
    """What stands for the place « atelier »; alice, a member like others, is what other addresses name."""
    async with transaction(instance.pool) as conn:
        await fill_ledger(conn, lomme)
        await furnish_dues(conn, lomme)
        place = await make_member(conn, "atelier", type="Organization", name="L’atelier")
        listing = await make_listing(conn, place, post={"url": f"http://lomme.test/annonces/{LISTING}"})
        await meetings.save(conn, Meeting(post_id=listing.id, begins_at=datetime.now(UTC)))
        span = PlannedTime(recurs_at=datetime.now(UTC), begins_at=datetime.now(UTC))
        await occurrences.sync(conn, listing.id, [span], since=span.begins_at)
        await make_samples(conn, lomme.alice, listing.id)
        await add_own_page(conn, listing.id)
        await preferences.write(conn, {"subcategories": SUBCATEGORIES})
        await execute(
            conn,
            """
            INSERT INTO sign_up (id, username, email, password_hash, name, language)
            VALUES ($1, 'rachid', 'rachid@example.org', '', 'Rachid', 'fr')
            """,
            listing.id,
        )
        await make_member(conn, "reserve", type="Organization", name="La réserve")
        await execute(conn, "INSERT INTO repair_import (id) VALUES ($1)", listing.id)
        await execute(conn, "INSERT INTO moderation_case (id, actor_id) VALUES ($1, $2)", listing.id, lomme.hocine.id)
        await execute(
            conn,
            """
            INSERT INTO moderation_filter (id, name, patterns, action, on_local, on_remote)
            VALUES ($1, 'Mots', '{mot}', 'hold', true, true)
            """,
            listing.id,
        )
        await execute(
            conn,
            """
            WITH wanted AS (
                INSERT INTO preference (key, value) VALUES ('talks_opened', 'true')
                ON CONFLICT (key) DO UPDATE SET value = 'true'
            ), said AS (
                INSERT INTO post (id, uri, kind, local, author_id, url, audience, content, published_at)
                VALUES ($1::bigint + 1, 'http://lomme.test/dit', 'note', true, $2, '', 'direct', 'Non.', now())
            )
            INSERT INTO report (id, reporter_id, target_id, case_id, object_uris, content, local)
            VALUES ($1, $3, $2, $1, '{http://lomme.test/dit}', '', true)
            """,
            listing.id,
            lomme.hocine.id,
            lomme.alice.id,
        )
    return listing.id


async def open_for(instance: Instance, open_browser: OpenBrowser, roles: tuple[str, ...]) -> Browser:
    async with transaction(instance.pool) as conn:
        if roles == AUTHORITY:
            somebody = await make_member(conn, "quelqu_un", type="Organization")
            await execute(conn, "UPDATE account SET authority = true WHERE actor_id = $1", somebody.id)
        else:
            somebody = await make_member(conn, "quelqu_un", roles=roles)
        place = await accounts.find_by_username(conn, "atelier")
        assert place is not None
        await place_keepers.add(conn, place.actor_id, somebody.id)
        await execute(
            conn,
            """
            INSERT INTO case_step (id, case_id, by_id, act, post_id)
            SELECT c.id, c.id, $1, 'thread_read', c.id + 1 FROM moderation_case c
            """,
            somebody.id,
        )
    return await open_browser(somebody)


def test_every_address_under_coop_stands_in_the_table() -> None:
    assert {route.path for route in ROUTES if route.path.startswith("/coop")} == set(OPENS_FOR)


@pytest.mark.parametrize("roles", EACH, ids=lambda roles: "-".join(roles) or "member")
async def test_each_address_opens_for_its_roles_alone_and_is_for_others_as_if_it_were_not(
    open_browser: OpenBrowser, instance: Instance, listing_id: int, roles: tuple[str, ...]
) -> None:
    browser = await open_for(instance, open_browser, roles)
    token = (await browser.get("/compte")).html.xpath("string(//input[@name='csrf_token']/@value)")
    missing = read_body(await browser.get("/coop/nulle_part"))

    wrong = []
    for route in ROUTES:
        if not route.path.startswith("/coop"):
            continue
        right = SENT_FOR.get(route.path, OPENS_FOR[route.path]) if route.method == "POST" else OPENS_FOR[route.path]
        may = right in RIGHTS_OF_AUTHORITIES if roles == AUTHORITY else not RIGHTS[right].isdisjoint(roles)
        if route.method == "POST" and may:
            continue  # what it then does is tested where it is done
        data = {"csrf_token": token} if route.method == "POST" else None
        page = await browser.ask(route.method, fill(route.path, listing_id), data)
        same = page.status == 404 and read_body(page) == missing
        framed = not page.text.startswith("<!doctype html>") or page.status != 200 or 'class="rooms"' in page.text
        if same is may or page.status >= 500 or not framed:
            wrong.append((route.method, route.path, page.status))
    assert wrong == []


async def test_whoever_is_not_logged_in_is_led_to_the_log_in_page_from_each(
    open_browser: OpenBrowser, listing_id: int
) -> None:
    visitor = await open_browser(None)

    wrong = []
    for route in ROUTES:
        if route.path.startswith("/coop"):
            page = await visitor.ask(route.method, fill(route.path, listing_id), {} if route.method == "POST" else None)
            asked = route.method == "GET" and not (page.status == 303 and page.location.startswith("/connexion?"))
            if asked or page.status not in (200, 303) or "L’atelier" in page.text:
                wrong.append((route.method, route.path, page.status))
    assert wrong == []


async def test_another_s_place_is_as_if_it_were_not(
    open_browser: OpenBrowser, instance: Instance, listing_id: int
) -> None:
    browser = await open_for(instance, open_browser, ("keeper",))
    token = (await browser.get("/compte")).html.xpath("string(//input[@name='csrf_token']/@value)")
    missing = read_body(await browser.get("/coop/nulle_part"))

    for route in ROUTES:
        if route.path.startswith("/coop/lieux/"):
            for place in ("reserve", "alice", "personne"):
                data = {"csrf_token": token, "act": "withdraw"} if route.method == "POST" else None
                page = await browser.ask(route.method, fill(route.path, listing_id, place), data)
                assert (page.status, read_body(page)) == (404, missing), (route.method, route.path, place)


def test_a_room_stands_in_the_menu_for_those_whom_its_page_opens_for() -> None:
    there = {one.path: one.right for one in MENU if one.path in OPENS_FOR}

    assert there == {path: OPENS_FOR[path] for path in there} and len(there) > 10
