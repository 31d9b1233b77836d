"""Two cooperatives hold a community: asked and answered in a browser, opened here from its copy, pointed to."""

from collections.abc import Awaitable, Callable
from typing import Any

from federation.instance import Instance
from models.communities import communities as records
from models.communities import holders, memberships
from models.people import actors
from models.people.actors import Actor
from models.store.database import Connection, connection, execute, transaction
from tests.fediverse import FakeFediverse
from tests.outbox.communities.sample_community import list_told, make_copy, put_in
from tests.sample_village import Village
from tests.web.pages.communities.conftest import Communities
from tests.web.pages.conftest import Browser

OpenBrowser = Callable[[Actor | None], Awaitable[Browser]]

HOME, TEAM = "/communautes/remorques", "/coop/communautes"

PAGE = f"{HOME}/ensemble"


async def test_another_cooperative_is_asked_and_no_longer(
    alice: Browser, instance: Instance, fediverse: FakeFediverse, communities: Communities
) -> None:
    fediverse.add_person("coop", "carvin.test", type="Organization")
    fediverse.add_person("ana", "carvin.test")

    assert (await alice.send(PAGE, {"act": "ask"}, form_on=PAGE)).status == 422
    unknown = await alice.send(PAGE, {"act": "ask", "cooperative": "@coop@rien.test"}, form_on=PAGE)
    assert unknown.status == 422 and "rien trouvé à cette adresse" in unknown.words()
    person = await alice.send(PAGE, {"act": "ask", "cooperative": "@ana@carvin.test"}, form_on=PAGE)
    assert person.status == 422 and "Ce n’est pas une autre coop" in person.words()
    asked = await alice.send(PAGE, {"act": "ask", "cooperative": "@coop@carvin.test"}, form_on=PAGE)
    assert asked.location == f"{PAGE}?fait=ask"
    page = await alice.get(PAGE)
    assert "attend la réponse de son équipe" in page.words()

    holder = page.html.xpath("string(//input[@name='holder']/@value)")
    assert (await alice.send(PAGE, {"act": "stop", "holder": holder}, form_on=PAGE)).location == f"{PAGE}?fait=stop"
    async with connection(instance.pool) as conn:
        assert [one.state for one in await holders.list_of(conn, communities.seen.actor_id)] == ["ended"]


async def ask_us(conn: Connection, **changes: Any) -> records.Community:
    """A community elsewhere asks our cooperative."""
    copy, coop = await make_copy(conn, **changes), await actors.get_local(conn, "coop")
    await holders.save_asked(conn, copy.actor_id, coop.id, f"{copy.uri}/invite", None)
    return copy


async def test_the_team_answers_what_is_asked_of_the_cooperative(
    open_browser: OpenBrowser, instance: Instance, lomme: Village
) -> None:
    async with transaction(instance.pool) as conn:
        copy = await ask_us(conn)
    nadia, hocine, id = await open_browser(lomme.admin), await open_browser(lomme.hocine), str(copy.actor_id)

    assert "La porter avec eux" in (await nadia.get(TEAM)).words()
    refused = await hocine.send(f"{TEAM}/porter", {"act": "yes", "community": id}, form_on="/compte")
    assert refused.status in (403, 404)
    yes = await nadia.send(f"{TEAM}/porter", {"act": "yes", "community": id}, form_on=TEAM)
    assert yes.location == f"{TEAM}?fait=held"
    again = await nadia.send(f"{TEAM}/porter", {"act": "yes", "community": id}, form_on=TEAM)
    assert again.status == 422 and "ne le demande pas, ou plus" in again.words()
    early = await nadia.send(f"{TEAM}/porter", {"act": "open", "community": id, "username": "velos"}, form_on=TEAM)
    assert early.status == 422 and "Rouvrir" not in (await nadia.get(TEAM)).words()

    async with transaction(instance.pool) as conn:
        await put_in(conn, lomme.hocine, copy)
        gone = (
            "INSERT INTO server (host, unavailable_since) VALUES ($1, now() - interval '15 days') ON CONFLICT (host) "
        )
        await execute(conn, gone + "DO UPDATE SET unavailable_since = excluded.unavailable_since", copy.host)
    opened = await nadia.send(f"{TEAM}/porter", {"act": "open", "community": id, "username": "velos"}, form_on=TEAM)

    assert opened.location == "/communautes/velos?fait=reopened"
    async with connection(instance.pool) as conn:
        assert "community_invited" in await list_told(conn, lomme.hocine)
    old = await hocine.get(f"/communautes/{copy.username}@{copy.host}")
    assert "vit maintenant là" in old.words() and old.html.xpath("//main//a[@href='/communautes/velos']")


async def test_who_manages_it_here_opens_it_and_is_told_what_comes_next(
    alice: Browser, instance: Instance, lomme: Village
) -> None:
    async with transaction(instance.pool) as conn:
        copy = await ask_us(conn)
        await put_in(conn, lomme.alice, copy, "manager")
        coop = await actors.get_local(conn, "coop")
    page = f"/communautes/{copy.username}@{copy.host}/ensemble"
    assert "ne porte pas cette communauté" in (await alice.get(page)).words()
    async with transaction(instance.pool) as conn:
        await holders.save_state(conn, copy.actor_id, coop.id, "held")

    assert "Ses membres ne sont invités que" in (await alice.get(page)).words()
    wrong = await alice.send(page, {"act": "open", "username": "deux mots"}, form_on=page)
    assert wrong.status == 422 and "deux mots" in wrong.text
    opened = await alice.send(page, {"act": "open", "username": "velos"}, form_on=page)

    assert opened.location == "/communautes/velos?fait=reopened"
    assert "qu’elle déménage" in (await alice.get(page)).words()


async def test_members_say_whether_those_who_hold_it_know_them(
    open_browser: OpenBrowser, instance: Instance, lomme: Village, communities: Communities
) -> None:
    async with transaction(instance.pool) as conn:
        await put_in(conn, lomme.hocine, communities.seen)
        there = await actors.find_by_handle(conn, "coop", "henin.test")
        assert there is not None
        await holders.save_asked(conn, communities.seen.actor_id, there.id, "https://lomme.test/i/1", None)
        await holders.save_state(conn, communities.seen.actor_id, there.id, "held")
    hocine = await open_browser(lomme.hocine)
    assert "Portée aussi par Hénin-Carvin" in (await hocine.get(HOME)).words()

    kept = await hocine.send(f"{HOME}/moi", {"act": "keep"}, form_on=HOME)

    assert kept.location == f"{HOME}?fait=kept"
    assert "on sait que vous en êtes" in (await hocine.get(HOME)).words()
    assert (await hocine.send(f"{HOME}/moi", {"act": "forget"}, form_on=HOME)).location == f"{HOME}?fait=forgotten"
    async with connection(instance.pool) as conn:
        held = await memberships.find(conn, communities.seen.actor_id, lomme.hocine.id)
    assert held is not None and not held.kept


async def test_a_community_belongs_to_another_one_that_anybody_may_know_of(
    alice: Browser, visitor: Browser, communities: Communities
) -> None:
    page, typed = f"{HOME}/reglages", {"name": "Remorques", "description": "On prête.", "access": "open"}
    founding, new = "/communautes/nouvelle-communaute", typed | {"username": "outils", "charter": "1. On partage."}

    hidden = await alice.send(founding, new | {"parent": "secrets"}, form_on=founding)
    assert hidden.status == 422 and "aucune communauté à cette adresse" in hidden.words()
    assert (await alice.send(founding, new | {"parent": "remorques"}, form_on=founding)).status == 303
    assert "Fait partie de Les remorques en commun" in (await visitor.get("/communautes/outils")).words()

    itself = await alice.send(page, typed | {"edited": "0", "parent": "remorques"}, form_on=page)
    assert itself.status == 422
    settings = await alice.get("/communautes/outils/reglages")
    assert settings.html.xpath("string(//input[@name='parent']/@value)") == "remorques"
