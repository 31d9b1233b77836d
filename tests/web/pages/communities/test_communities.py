"""Communities as their members, and others, meet them in a browser."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from federation.instance import Instance
from models import preferences
from models.communities import charter_links, decisions, memberships
from models.people.actors import Actor
from models.store.database import connection, execute, transaction
from outbox.communities import news
from outbox.communities.cases import open_case
from tests.factories import make_remote_actor
from tests.outbox.communities.sample_community import renew, state_of
from tests.sample_village import Village
from tests.web.pages.communities.conftest import Communities, found
from tests.web.pages.conftest import SITE, Browser
from web.pages.routes import ROUTES

OpenBrowser = Callable[[Actor | None], Awaitable[Browser]]

HOME = "/communautes/remorques"

PARTS = sorted(
    {
        route.path.rpartition(")?}")[2].replace("{format:atom|json|ics}", "atom")
        for route in ROUTES
        if route.method == "GET" and "{community:" in route.path
    }
)


async def test_somebody_asks_and_a_manager_lets_her_in(
    alice: Browser, open_browser: OpenBrowser, lomme: Village, communities: Communities, instance: Instance
) -> None:
    hocine = await open_browser(lomme.hocine)

    unticked = await hocine.send(f"{HOME}/moi", {"act": "join", "message": "Bonjour !", "version": "1"}, form_on=HOME)
    assert unticked.status == 422
    assert "Cochez la case" in unticked.words() and "Bonjour !" in unticked.text

    asked = {"act": "join", "message": "J’ai une remorque.", "version": "1", "agreed": "1"}
    assert (await hocine.send(f"{HOME}/moi", asked, form_on=HOME)).location == f"{HOME}?fait=asked"
    assert "Votre demande attend une réponse" in (await hocine.get(HOME)).words()
    assert (await hocine.get(f"{HOME}/entrees")).status == 404

    assert "Une personne demande à entrer" in (await alice.get("/communautes")).words()
    assert "J’ai une remorque." in (await alice.get(f"{HOME}/entrees")).words()
    person = str(lomme.hocine.id)
    silent = await alice.send(f"{HOME}/entrees", {"act": "refuse", "person": person}, form_on=HOME)
    assert silent.status == 422 and "Dites pourquoi" in silent.words()
    let_in = await alice.send(f"{HOME}/entrees", {"act": "approve", "person": person}, form_on=HOME)

    assert let_in.location == f"{HOME}/entrees?fait=let_in"
    page = (await hocine.get(HOME)).words()
    assert "Vous en êtes" in page and "Partagé à l’intérieur" in page
    async with connection(instance.pool) as conn:
        assert await state_of(conn, lomme.hocine, communities.seen) == "member"


async def test_who_is_refused_reads_why(
    alice: Browser, open_browser: OpenBrowser, lomme: Village, communities: Communities
) -> None:
    hocine = await open_browser(lomme.hocine)
    await hocine.send(f"{HOME}/moi", {"act": "join", "version": "1", "agreed": "1"}, form_on=HOME)

    refused = {"act": "refuse", "person": str(lomme.hocine.id), "reason": "Nous sommes complets."}
    assert (await alice.send(f"{HOME}/entrees", refused, form_on=HOME)).location.endswith("fait=refused")

    words = (await hocine.get(HOME)).words()
    assert "la communauté a répondu non" in words and "Nous sommes complets." in words


async def test_a_hidden_community_is_missing_at_every_address(
    visitor: Browser, open_browser: OpenBrowser, lomme: Village, communities: Communities
) -> None:
    assert len(PARTS) > 8
    for browser in (visitor, await open_browser(lomme.hocine)):
        for part in PARTS:
            hidden, missing = [await browser.get(f"/communautes/{name}{part}") for name in ("secrets", "rien")]

            assert hidden.status == missing.status == 404, part
            assert hidden.words() == missing.words() and hidden.headers.keys() == missing.headers.keys()
    assert "secrets" not in (await visitor.get("/communautes")).text


async def test_news_lead_members_to_the_page_of_a_hidden_community_and_nobody_else(
    alice: Browser, visitor: Browser, communities: Communities
) -> None:
    assert (await alice.get("/@secrets")).location == "/communautes/secrets"
    assert (await visitor.get("/@remorques")).location == HOME
    assert (await visitor.get("/@secrets")).status == 404


UNSEEN = ("/affiche", "/flux.atom")
"""What would tell others of a hidden one."""


async def test_every_page_opens_for_who_manages(alice: Browser, communities: Communities) -> None:
    for part in PARTS:
        assert (await alice.get(f"{HOME}{part}")).status == 200, part
        assert (await alice.get(f"/communautes/secrets{part}")).status == (404 if part in UNSEEN else 200), part


OPEN_FOR = {
    "": (200, 200),
    "/charte": (200, 200),
    "/affiche": (200, 200),
    "/rencontres": (200, 200),
    "/flux.atom": (200, 200),
    "/annonces": (404, 200),
    "/membres": (404, 200),
    "/decisions": (404, 200),
    "/entrees": (404, 404),
    "/signalements": (404, 404),
    "/liens": (404, 404),
    "/ensemble": (404, 404),
    "/messages": (404, 200),
    "/reglages": (404, 404),
    "/charte/nouvelle": (404, 404),
}
"""What visitors are answered, and plain members."""


async def test_pages_open_for_whom_they_concern(
    visitor: Browser,
    open_browser: OpenBrowser,
    instance: Instance,
    lomme: Village,
    communities: Communities,
) -> None:
    async with transaction(instance.pool) as conn:
        to = memberships.Change(state="member", accepted_version=1)
        await memberships.save(conn, communities.seen.actor_id, lomme.hocine.id, to)
    hocine = await open_browser(lomme.hocine)

    answers = {
        part: ((await visitor.get(HOME + part)).status, (await hocine.get(HOME + part)).status) for part in PARTS
    }
    assert answers == OPEN_FOR


async def test_a_new_version_asks_members_again(
    alice: Browser, open_browser: OpenBrowser, instance: Instance, lomme: Village, communities: Communities
) -> None:
    async with transaction(instance.pool) as conn:
        to = memberships.Change(state="member", accepted_version=1)
        await memberships.save(conn, communities.seen.actor_id, lomme.hocine.id, to)
    hocine = await open_browser(lomme.hocine)
    form = await alice.get(f"{HOME}/charte/nouvelle")
    fields = {
        "version": "2",
        "text": "1. Trois jours au plus.",
        "due": form.html.xpath("string(//input[@id='due']/@value)"),
    }

    unsaid = await alice.send(f"{HOME}/charte/nouvelle", fields, form_on=HOME)
    assert unsaid.status == 422 and "Trois jours au plus." in unsaid.text
    fields["changes"] = "Trois jours au lieu de deux."
    assert (await alice.send(f"{HOME}/charte/nouvelle", fields, form_on=HOME)).location == f"{HOME}?fait=charter"
    again = await alice.send(f"{HOME}/charte/nouvelle", fields, form_on=HOME)
    assert again.status == 422 and "Quelqu’un a publié une autre version" in again.words()

    assert "La charte change : version 2" in (await hocine.get(HOME)).words()
    assert "Rien" not in (await hocine.get(f"{HOME}/charte?version=1")).words()
    outdated = await hocine.send(f"{HOME}/moi", {"act": "charter", "version": "1", "agreed": "1"}, form_on=HOME)
    assert outdated.status == 422
    yes = await hocine.send(f"{HOME}/moi", {"act": "charter", "version": "2", "agreed": "1"}, form_on=HOME)
    assert yes.location == f"{HOME}?fait=accepted"
    assert "La charte change" not in (await hocine.get(HOME)).words()


async def test_members_are_managed_and_the_last_manager_names_another(
    alice: Browser, open_browser: OpenBrowser, instance: Instance, lomme: Village, communities: Communities
) -> None:
    hocine_id, page = str(lomme.hocine.id), f"{HOME}/membres"
    async with transaction(instance.pool) as conn:
        to = memberships.Change(state="member", accepted_version=1)
        await memberships.save(conn, communities.seen.actor_id, lomme.hocine.id, to)
    hocine = await open_browser(lomme.hocine)

    assert "Hocine" not in (await hocine.get(page)).words()
    await hocine.send(f"{HOME}/moi", {"act": "show"}, form_on=HOME)
    assert "Hocine" in (await hocine.get(page)).words()

    assert (await alice.send(page, {"act": "step_down", "person": ""}, form_on=HOME)).status == 422
    assert (await alice.send(f"{HOME}/moi", {"act": "leave"}, form_on=HOME)).status == 422
    moderates = {"act": "role", "role": "moderator", "person": hocine_id}
    assert (await alice.send(page, moderates, form_on=HOME)).location == f"{page}?fait=role"
    until = {"act": "until", "person": hocine_id, "until": "2030-05-01"}
    assert (await alice.send(page, until, form_on=HOME)).location == f"{page}?fait=until"
    assert "jusqu’au mercredi 1er mai 2030" in (await alice.get(page)).words()
    stepped = await alice.send(page, {"act": "step_down", "person": hocine_id}, form_on=HOME)
    assert stepped.location == f"{page}?fait=step_down"
    out = {"act": "remove", "person": str(lomme.alice.id), "reason": "Pas rendu."}
    assert (await hocine.send(page, out, form_on=HOME)).location == f"{page}?fait=remove"
    assert "Pas rendu." in (await alice.get(HOME)).words()

    async with connection(instance.pool) as conn:
        kinds = [one.kind for one in await decisions.list_decisions(conn, communities.seen.actor_id)]
    assert kinds[:3] == ["removed", "member", "manager"]
    assert "Une personne a été exclue" in (await hocine.get(f"{HOME}/decisions")).words()


async def test_members_read_of_who_was_put_out_that_it_was_decided(
    open_browser: OpenBrowser, instance: Instance, lomme: Village, communities: Communities
) -> None:
    id = communities.seen.actor_id
    async with transaction(instance.pool) as conn:
        await memberships.save(conn, id, lomme.hocine.id, memberships.Change(state="member", accepted_version=1))
        await decisions.record(
            conn, id, "refused", actor_id=lomme.alice.id, subject_id=lomme.admin.id, reason="Trop loin."
        )
    words = (await (await open_browser(lomme.hocine)).get(f"{HOME}/decisions")).words()

    assert "Une personne n’est pas entrée" in words
    assert "Nadia" not in words and "Trop loin." not in words


@pytest.mark.parametrize("by_members", [True, False])
async def test_a_member_founds_where_the_cooperative_lets_her(
    alice: Browser, open_browser: OpenBrowser, instance: Instance, lomme: Village, by_members: bool
) -> None:
    async with transaction(instance.pool) as conn:
        await preferences.save(conn, replace(await preferences.load(conn), member_communities=by_members))
    page = "/communautes/nouvelle-communaute"
    typed = {"name": "Réparer ensemble", "description": "On répare.", "access": "open", "charter": "1. On partage."}

    empty = await alice.send(page, typed | {"username": "Nom avec espaces"}, form_on="/compte")
    made = await alice.send(page, typed | {"username": "reparer"}, form_on="/compte")

    if not by_members:
        assert made.status == (await alice.get(page)).status == 403
        return
    assert empty.status == 422 and "On répare." in empty.text
    assert made.location == "/communautes/reparer?fait=founded"
    assert "Réparer ensemble" in (await alice.get("/communautes/reparer")).words()
    twice = await alice.send(page, typed | {"username": "reparer"}, form_on="/compte")
    assert twice.status == 422 and "déjà pris" in twice.words()
    nadia = await open_browser(lomme.admin)
    assert "Réparer ensemble" in (await nadia.get("/coop/communautes")).words()
    changed = typed | {"name": "Réparer", "hidden": "1", "edited": "0"}
    refused = await alice.send("/communautes/reparer/reglages", changed, form_on="/compte")
    assert refused.status == 422 and "cachée ne peut pas être ouverte" in refused.words()


async def test_the_team_names_a_manager_where_there_is_none(
    open_browser: OpenBrowser, instance: Instance, lomme: Village, communities: Communities
) -> None:
    id = communities.seen.actor_id
    async with transaction(instance.pool) as conn:
        await memberships.save(conn, id, lomme.hocine.id, memberships.Change(state="member", accepted_version=1))
        await execute(conn, "UPDATE membership SET role = 'member' WHERE community_id = $1", id)
    nadia, page = await open_browser(lomme.admin), "/coop/communautes"

    assert "Plus personne ne la gère" in (await nadia.get(page)).words()
    assert (await nadia.send(page, {"community": str(id), "username": "personne"}, form_on=page)).status == 422
    named = await nadia.send(page, {"community": str(id), "username": "hocine"}, form_on=page)

    assert named.location == f"{page}?fait=named"
    assert "Gérée par Hocine" in (await nadia.get(page)).words()


async def test_who_is_invited_comes_in_or_says_no(
    alice: Browser, open_browser: OpenBrowser, lomme: Village, communities: Communities
) -> None:
    nobody = await alice.send("/communautes/secrets/inviter", {"address": "personne"}, form_on=HOME)
    assert nobody.status == 422 and "Aucun membre n’a ce nom" in nobody.words()
    for name in ("hocine", "@nadia"):
        sent = await alice.send("/communautes/secrets/inviter", {"address": name}, form_on=HOME)
        assert sent.location == "/communautes/secrets/entrees?fait=invited"
    hocine, nadia = await open_browser(lomme.hocine), await open_browser(lomme.admin)
    path = "/communautes/secrets"

    assert "On vous y invite" in (await hocine.get("/communautes")).words()
    come = await hocine.send(f"{path}/moi", {"act": "come", "version": "1", "agreed": "1"}, form_on=path)
    declined = await nadia.send(f"{path}/moi", {"act": "decline"}, form_on=path)

    assert come.location == f"{path}?fait=joined"
    assert declined.location == "/communautes?fait=declined"
    assert (await nadia.get(path)).status == 404


@pytest.mark.parametrize(("answer", "state"), [("oui", "member"), ("non", "declined")])
async def test_a_mastodon_account_answers_by_the_link_of_the_question(
    visitor: Browser, instance: Instance, lomme: Village, answer: str, state: str
) -> None:
    async with transaction(instance.pool) as conn:
        community = await found(conn, lomme.alice, access="open")
        ana = await make_remote_actor(conn, "ana", "mastodon.test")
        await news.ask_about_charter(conn, await open_case(conn, SITE, community, ana), "invited")
        token = await charter_links.create(conn, community.actor_id, ana.id, 1)
    link = f"/communautes/reponse/{token}"

    page = await visitor.get(link)
    assert "La charte, version 1" in page.words()
    assert (await visitor.send(link, {}, form_on=link)).status == 422
    answered = await visitor.send(link, {"answer": answer}, form_on=link)

    assert answered.status == 200
    async with connection(instance.pool) as conn:
        assert await state_of(conn, ana, community) == state
    assert [
        (await visitor.get(link)).status,
        (await visitor.send(link, {"answer": "oui"}, form_on="/communautes/remorques")).status,
    ] == [410, 410]
    async with connection(instance.pool) as conn:
        assert await state_of(conn, ana, community) == state


async def test_a_link_to_an_earlier_version_answers_nothing(
    visitor: Browser, instance: Instance, lomme: Village
) -> None:
    async with transaction(instance.pool) as conn:
        community = await found(conn, lomme.alice, access="open")
        ana = await make_remote_actor(conn, "ana", "mastodon.test")
        await news.ask_about_charter(conn, await open_case(conn, SITE, community, ana), "invited")
        token = await charter_links.create(conn, community.actor_id, ana.id, 1)
        await renew(conn, lomme.alice, community)

    assert (await visitor.get(f"/communautes/reponse/{token}")).status == 410
