"""Who runs a place keeps its hours, closures and listings, in its name; administrators say who that is."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest

from federation.instance import Instance
from models.listings import listings
from models.people import accounts, actors
from models.people.actors import Actor
from models.people.opening_hours import read_hours
from models.people.team import place_keepers
from models.store.database import connection, execute, fetch_column, fetch_records, fetch_value, transaction
from tests.factories import make_agreement, make_listing, make_member
from tests.sample_village import Village
from tests.web.pages.conftest import Browser
from tests.web.pages.listings.publish.test_publish_page import changed, send_form

OpenBrowser = Callable[[Actor | None], Awaitable[Browser]]

HOME = "/coop/lieux/atelier"


@pytest.fixture
async def atelier(instance: Instance, lomme: Village) -> Actor:
    async with transaction(instance.pool) as conn:
        place = await make_member(
            conn,
            "atelier",
            type="Organization",
            name="L’atelier",
            uri="http://lomme.test/users/atelier",
            url="http://lomme.test/@atelier",
        )
        await make_member(conn, "reserve", type="Organization", name="La réserve")
    return place


@pytest.fixture
async def keeper(open_browser: OpenBrowser, instance: Instance, atelier: Actor) -> Browser:
    async with transaction(instance.pool) as conn:
        kim = await make_member(conn, "kim", roles=["keeper"], name="Kim")
        await place_keepers.add(conn, atelier.id, kim.id)
    return await open_browser(kim)


async def list_journal(instance: Instance) -> list[tuple[str, str, str]]:
    async with connection(instance.pool) as conn:
        rows = await fetch_records(
            conn, "SELECT act, role, coalesce(details->>'what', '') AS what FROM journal_entry ORDER BY id"
        )
    return [(row["act"], row["role"], row["what"]) for row in rows]


async def test_a_keeper_sees_her_places_and_an_administrator_all(
    keeper: Browser, open_browser: OpenBrowser, lomme: Village
) -> None:
    hers = (await keeper.get("/coop/lieux")).words()
    assert "L’atelier" in hers and "La réserve" not in hers

    theirs = (await (await open_browser(lomme.admin)).get("/coop/lieux")).words()

    assert "L’atelier" in theirs and "La réserve" in theirs


async def test_hours_and_closures_are_changed_and_the_street_stays(
    keeper: Browser, instance: Instance, atelier: Actor
) -> None:
    async with transaction(instance.pool) as conn:
        await actors.save_place(conn, atelier.id, "3 rue du Four", None)
    hours = {"hours_2": "14h-18h", "closed_from_0": "2030-08-01", "closed_until_0": "2030-08-15"}

    answer = await keeper.send(HOME, hours, form_on=HOME)

    assert answer.location == f"{HOME}?fait=hours"
    page = await keeper.get(answer.location)
    assert page.html.xpath("string(//input[@name='hours_2']/@value)") == "14h-18h"
    async with connection(instance.pool) as conn:
        now = await actors.get(conn, atelier.id)
        sent = await fetch_value(conn, "SELECT count(*) FROM activity WHERE actor_id = $1", atelier.id)
    assert (now.street, len(read_hours(now.hours).weekly), len(read_hours(now.hours).closures)) == (
        "3 rue du Four", 1, 1
    )  # fmt: skip
    assert sent == 1
    assert await list_journal(instance) == [("place_changed", "keeper", "hours")]


async def test_a_mistake_in_the_hours_is_said_at_its_field_and_loses_nothing(
    keeper: Browser, instance: Instance, atelier: Actor
) -> None:
    page = await keeper.send(HOME, {"hours_0": "quand je peux", "hours_1": "9h-12h"}, form_on=HOME)

    assert page.status == 422
    assert page.html.xpath("//*[@id='erreurs']//a/@href") == ["#hours_0"]
    assert page.html.xpath("string(//input[@name='hours_1']/@value)") == "9h-12h"
    assert await list_journal(instance) == []


async def test_what_is_published_paused_changed_and_withdrawn_is_the_place_s(
    keeper: Browser, instance: Instance, atelier: Actor
) -> None:
    form = f"{HOME}/publier"
    page = await keeper.get(form)
    assert "Au nom de L’atelier" in page.words()
    filled = {"title": "Remorque à vélo", "mode": "gift", "commune": "Lomme (59160)", "act": "publish"}
    answer = await send_form(keeper, form, page, changed(page, **filled))
    assert answer.location == f"{HOME}?fait=published"
    async with connection(instance.pool) as conn:
        [id] = await fetch_column(conn, "SELECT id FROM post WHERE author_id = $1", atelier.id)
        listing = await listings.find_by_post(conn, id)
    assert listing is not None and listing.details.title == "Remorque à vélo"

    edit = f"{HOME}{listing.post.url.removeprefix('http://lomme.test')}/modifier"
    page = await keeper.get(edit)
    await send_form(keeper, edit, page, changed(page, title="Grande remorque", act="publish"))
    for act in ("pause", "reopen"):
        await keeper.send(f"{HOME}/annonces/d/{id}/etat", {"act": act}, form_on=HOME)
    assert "Grande remorque" in (await keeper.get(HOME)).words()
    await keeper.send(f"{HOME}/annonces/d/{id}/etat", {"act": "withdraw"}, form_on=HOME)

    assert "Grande remorque" not in (await keeper.get(HOME)).words()
    assert [what for _, _, what in await list_journal(instance)] == [
        "published", "changed", "pause", "reopen", "withdraw"
    ]  # fmt: skip


async def test_her_own_listings_and_those_of_others_are_not_the_place_s(
    keeper: Browser, instance: Instance, lomme: Village, atelier: Actor
) -> None:
    async with transaction(instance.pool) as conn:
        kim = await accounts.find_by_username(conn, "kim")
        assert kim is not None
        mine = await make_listing(conn, await actors.get(conn, kim.actor_id))
    for id in (mine.id, lomme.tent.id):
        page = await keeper.send(f"{HOME}/annonces/d/{id}/etat", {"act": "withdraw"}, form_on=HOME)
        assert page.status == 404
    for one in (mine, lomme.tent):
        async with connection(instance.pool) as conn:
            held = await listings.find_by_post(conn, one.id)
        assert held is not None and held.post.deleted_at is None
    assert await list_journal(instance) == []


async def test_an_administrator_gives_a_place_with_the_role_and_takes_it_back(
    open_browser: OpenBrowser, instance: Instance, lomme: Village, atelier: Actor
) -> None:
    admin, alice = await open_browser(lomme.admin), await open_browser(lomme.alice)
    assert (await alice.get(HOME)).status == 404

    await admin.send(f"{HOME}/responsables", {"act": "added", "username": "@alice"}, form_on=HOME)
    assert (await alice.get(HOME)).status == 200
    assert "Maryse" in (await admin.get(HOME)).words()
    async with connection(instance.pool) as conn:
        written = await fetch_column(conn, "SELECT content FROM post WHERE author_id = $1 ORDER BY id", lomme.coop.id)
    assert any("L’atelier" in one and "/coop/lieux/atelier" in one for one in written)

    await admin.send(f"{HOME}/responsables", {"act": "removed", "username": "alice"}, form_on=HOME)
    assert (await alice.get(HOME)).status == 404
    assert "Aucun lieu" in (await alice.get("/coop/lieux")).words()
    assert [(act, what) for act, _, what in await list_journal(instance)] == [
        ("roles_changed", ""), ("place_changed", "keeper_added"), ("place_changed", "keeper_removed")
    ]  # fmt: skip


@pytest.mark.parametrize("username", ["", "personne", "reserve", "hocine"])
async def test_a_place_is_given_to_members_alone_who_take_part(
    open_browser: OpenBrowser, instance: Instance, lomme: Village, atelier: Actor, username: str
) -> None:
    """Not to nobody, not to a place, not to somebody who is suspended."""
    async with transaction(instance.pool) as conn:
        await execute(conn, "UPDATE actor SET suspended_at = now() WHERE id = $1", lomme.hocine.id)
    admin = await open_browser(lomme.admin)

    page = await admin.send(f"{HOME}/responsables", {"act": "added", "username": username}, form_on=HOME)

    assert page.status == 422 and page.html.xpath("//*[@id='erreurs']//a/@href") == ["#username"]


async def test_nobody_publishes_for_a_place_that_is_suspended(
    keeper: Browser, instance: Instance, atelier: Actor
) -> None:
    async with transaction(instance.pool) as conn:
        await execute(conn, "UPDATE actor SET suspended_at = now() WHERE id = $1", atelier.id)

    assert [(await keeper.get(path)).status for path in (HOME, f"{HOME}/publier")] == [404, 404]


async def test_who_loses_the_role_does_not_get_her_places_back_with_it(
    keeper: Browser, open_browser: OpenBrowser, lomme: Village
) -> None:
    admin = await open_browser(lomme.admin)
    for roles in ([], ["keeper"]):
        pairs = [("roles", role) for role in roles]
        await admin.send("/coop/membres/kim/role", pairs, form_on="/coop/membres/kim")
        assert (await keeper.get(HOME)).status == 404


async def test_exchanges_of_a_place_are_read_by_its_own_account_alone_and_its_page_says_so(
    keeper: Browser, open_browser: OpenBrowser, instance: Instance, lomme: Village, atelier: Actor
) -> None:
    async with transaction(instance.pool) as conn:
        listing = await make_listing(conn, atelier, title="Remorque")
        asked = await make_agreement(conn, listing, lomme.hocine)
    path = f"/echanges/{asked.exchange_id}"

    page = (await keeper.get(HOME)).words()

    assert "Une demande attend une réponse du lieu" in page
    assert "connectez-vous avec ce compte" in page and "Qui lit les demandes et les messages" in page
    readers = {"keeper": keeper, "admin": await open_browser(lomme.admin), "place": await open_browser(atelier)}
    assert {name: (await one.get(path)).status for name, one in readers.items()} == {
        "keeper": 404,
        "admin": 404,
        "place": 200,
    }
    answer = {"agreement": str(asked.id), "act": "accept", "offer": asked.offer_uri}
    assert (await keeper.send(f"{path}/accord", answer, form_on=HOME)).status == 404


@pytest.mark.parametrize("times", [1, 2])
async def test_a_keeper_prolongs_once_however_often_she_taps(
    keeper: Browser, instance: Instance, atelier: Actor, times: int
) -> None:
    end = datetime.now(UTC).replace(microsecond=0) + timedelta(days=5)
    async with transaction(instance.pool) as conn:
        listing = await make_listing(conn, atelier, title="Remorque", mode="gift", expires_at=end)
    shown = (await keeper.get(HOME)).html.xpath("//form[.//input[@name='act'][@value='prolong']]")[0]
    fields = {one.get("name"): one.get("value", "") for one in shown.xpath(".//input")}

    answers = [await keeper.send(shown.get("action"), fields) for _ in range(times)]

    async with connection(instance.pool) as conn:
        kept = await listings.find_by_post(conn, listing.id)
    assert kept is not None and kept.details.expires_at is None, "what a place gives has no end"
    assert ("C’était déjà prolongé" in (await keeper.get(answers[-1].location)).words()) == (times == 2)
