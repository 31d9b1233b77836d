"""Who passes by for one call has its page, its threads and what anybody may read: asked of all routes there are."""

from functools import cache
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from models.people import actors
from models.people.accounts import Account
from models.store.database import transaction
from tests.factories import make_listing
from tests.web.passing_scenario import Roadside
from web.pages.routes import ROUTES
from web.security.standing import COMMON, OPEN, may_open

WRITES = {
    "/echanges/{id}/resultat",
    "/annonces/d/{id}/etat",
    "/annonces/d/{id}/elargir",
    "/annonces/d/{id}/relancer",
    "/appel/{token}",
    "/compte/donnees",
    "/compte/langue",
    "/connexion",
    "/deconnexion",
    "/depannage/appeler",
    "/depannage/mon-appel",
    "/depannage/mon-appel/effacer",
    "/decisions/{link}",
    "/compte/decisions/{id}",
    "/echanges/{id}/accord",
    "/echanges/{id}/choisir",
    "/echanges/{id}/merci",
    "/echanges/{id}/messages",
    "/echanges/{id}/proposer",
    "/echanges/{id}/proposer/{agreement}",
    "/echanges/{id}/renvoyer",
    "/langue",
    "/lien/{token}",
    "/depannage/mon-appel/changer",
}
"""Every address to which she may send something, besides reports and the end of mails, which anybody may."""

MEMBERS = (
    "/compte",
    "/compte/profil",
    "/compte/securite",
    "/coop",
    "/moi",
    "/chez-moi",
    "/fil",
    "/echanges",
    "/agenda",
    "/notifications",
    "/messages",
    "/alertes",
    "/publier",
    "/publier/plusieurs",
    "/abonnements",
    "/points",
    "/oauth/authorize",
)


@cache
def list_open(method: str) -> frozenset[str]:
    """The addresses that open for her."""
    app = web.Application()
    app.add_routes(ROUTES)
    found = set()
    for route in app.router.routes():
        if route.method != method or route.resource is None:
            continue
        request = make_mocked_request(method, "/")
        request._match_info = web.UrlMappingMatchInfo({}, route)
        if may_open(request, "passing"):
            found.add(route.resource.canonical)
    return frozenset(found)


def test_what_she_may_send_is_this_and_no_more() -> None:
    common = ("/signaler", "/signalement/", "/courriels/arreter/")

    sent = {path for path in list_open("POST") if not path.startswith(common)}

    assert sent <= WRITES and WRITES - sent <= {"/compte/langue", "/decisions/{link}"}


@pytest.mark.parametrize("path", MEMBERS)
def test_no_page_of_members_opens(path: str) -> None:
    opened = list_open("GET")

    assert path not in opened
    below = {one for one in opened if one.startswith(f"{path}/")}
    assert below <= OPEN["passing"] | COMMON


async def test_another_page_leads_her_to_her_call_and_what_she_sends_there_changes_nothing(road: Roadside) -> None:
    passer = await road.call()
    listing = await road.published()
    assert listing is not None

    for path in ("/moi", "/publier", "/echanges", "/compte", "/notifications", "/coop"):
        await passer.open(path)
        assert passer.path == f"/depannage/appels/{listing.id}", path

    assert 'href="/notifications"' not in passer.text and "Mon appel" in passer.text


async def test_her_thread_offers_nothing_that_is_not_hers(road: Roadside) -> None:
    passer = await road.call()
    thread = await road.answer()

    await passer.open(f"/echanges/{thread}")

    assert passer.status == 200 and "Je passe à 18 h." in passer.text
    assert "passage.invalid" not in passer.text and f"/echanges/{thread}/contact" not in passer.text
    assert f"/echanges/{thread}/silence" not in passer.text and "/signaler/" in passer.text


async def test_others_calls_and_threads_answer_her_as_what_is_not_there(road: Roadside) -> None:
    await road.call()
    listing = await road.published()
    thread = await road.answer()
    assert listing is not None

    stranger = await road.call()

    assert (await stranger.open(f"/echanges/{thread}")).status == 404
    assert (await stranger.open(f"/depannage/appels/{listing.id}")).status == 404
    assert (await stranger.open(f"/annonces/d/{listing.id}/reponses")).status == 404


def test_her_standing_gives_way_to_a_suspension() -> None:
    known: dict[str, Any] = dict.fromkeys((*Account.__dataclass_fields__,))
    assert Account(**{**known, "roles": [], "passing": True}).standing == "passing"
    assert Account(**{**known, "suspended_at": 1, "passing": True}).standing == "suspended"


async def test_what_is_for_members_is_for_her_as_if_it_were_not(road: Roadside) -> None:
    async with transaction(road.door.instance.pool) as conn:
        alice = await actors.get_local(conn, "alice")
        for audience in ("coop", "territories"):
            await make_listing(conn, alice, title=f"Scie {audience}", post={"audience": audience})
        inside = await make_listing(conn, alice, title="Perceuse des membres", post={"audience": "coop"})
    passer = await road.call()

    for path in ("/annonces", "/annonces?q=perceuse", "/", "/depannage", "/@alice"):
        await passer.open(path)
        assert passer.status == 200 and "Scie" not in passer.text and "Perceuse" not in passer.text, path
    assert (await passer.open(f"/annonces/d/{inside.id}")).status == 404
    assert (await passer.open("/journal")).path.startswith("/depannage/appels/")
    assert "Mon appel" in (await passer.open("/depannage")).text


async def test_one_who_took_her_call_back_is_told_so_and_may_be_forgotten_or_call_again(road: Roadside) -> None:
    passer = await road.call()
    listing = await road.published()
    assert listing is not None
    await passer.open(f"/depannage/appels/{listing.id}")
    await passer.send(f"/annonces/d/{listing.id}/etat", {"act": "withdraw"})

    assert "Votre appel est retiré" in (await passer.open("/depannage/mon-appel")).text
    assert (await passer.open("/depannage/appeler")).status == 200
    await passer.open("/depannage/mon-appel")
    await passer.send("/depannage/mon-appel/effacer", {})

    assert await road.count("SELECT count(*) FROM actor WHERE deleted_at IS NULL AND username LIKE 'passage%'") == 0
