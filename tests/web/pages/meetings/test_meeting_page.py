"""The page of a meeting: its facts, the reader's one next step, and seats taken and left by a tap."""

from collections.abc import Awaitable, Callable

import pytest

from federation.instance import Instance
from models.meetings import registrations
from models.meetings.registrations import Wish
from models.people.actors import Actor
from models.store.database import connection, execute, fetch_column, fetch_value, transaction
from outbox.meetings.meetings import cancel, withdraw
from outbox.meetings.registrations import register
from tests.factories import make_meeting, make_member
from tests.sample_village import Village
from tests.web.pages.conftest import Browser
from tests.web.pages.meetings.conftest import Cafes

OpenBrowser = Callable[[Actor | None], Awaitable[Browser]]


async def count_states(instance: Instance) -> list[str]:
    async with connection(instance.pool) as conn:
        return await fetch_column(conn, "SELECT state FROM meeting_registration ORDER BY id")


async def test_a_visitor_reads_when_where_how_many_and_finds_the_doors(visitor: Browser, cafes: Cafes) -> None:
    page = await visitor.get(cafes.path)

    words = page.words()
    for said in ("Café réparation", "de 14 h à 18 h", "Salle du Marais, 3 rue du Lin, Lomme", "2 places en tout"):
        assert said.partition(" places")[0] in words, said
    doors = page.html.xpath("//*[@id='venir']//form/@action")
    assert doors[0].endswith("/inscription") and doors[1] == "/ailleurs"
    assert page.html.xpath("//div[@class='poster']//svg")
    assert (await visitor.get(f"/annonces/d/{cafes.once.id}")).location == cafes.path
    assert (await visitor.get(f"/annonces/d/{cafes.once.id}/courriel")).status == 404


async def test_a_member_keeps_her_seat_by_one_tap_changes_it_and_leaves_it(
    alice: Browser, instance: Instance, cafes: Cafes
) -> None:
    act = f"/rencontres/d/{cafes.once.id}/inscription"

    kept = await alice.send(act, cafes.seat | {"message": "Un grille-pain"}, form_on=cafes.path)
    assert kept.location == f"{cafes.path}?fait=seat#place"
    page = await alice.get(kept.location)
    assert "Ma place est gardée" in page.words() and "Vous apportez : Un grille-pain" in page.words()
    assert "1 place libre" in " ".join(reversed(page.html.xpath("//dl[@class='figures']/div[1]/*/text()")))

    await alice.send(act, cafes.seat | {"people": "2"}, form_on=cafes.path)
    assert "Pour 2 personnes" in (await alice.get(cafes.path)).words()
    left = await alice.send(act, cafes.seat | {"act": "leave"}, form_on=cafes.path)

    assert left.location == f"{cafes.path}?fait=left#place"
    assert await count_states(instance) == ["cancelled"]
    assert "Garder ma place" in (await alice.get(cafes.path)).words()


async def test_who_comes_last_stands_in_line_and_reads_which_place_is_hers(
    alice: Browser, instance: Instance, lomme: Village, cafes: Cafes
) -> None:
    async with transaction(instance.pool) as conn:
        await register(conn, instance.site, lomme.hocine, cafes.once.id, Wish(people=2))

    assert "Me mettre sur la liste d’attente" in (await alice.get(cafes.path)).words()
    answer = await alice.send(f"/rencontres/d/{cafes.once.id}/inscription", cafes.seat, form_on=cafes.path)

    assert "fait=waiting" in answer.location
    assert "1re personne sur la liste d’attente" in (await alice.get(cafes.path)).words()
    assert "1re personne sur la liste d’attente" in (await alice.get("/rencontres/miennes")).words()
    async with connection(instance.pool) as conn:
        mine = await fetch_value(conn, "SELECT id FROM meeting_registration WHERE actor_id = $1", lomme.alice.id)
        held = await registrations.find(conn, mine)
    assert held is not None and held.state == "waiting"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"people": "99"}, "10 personnes au plus"),
        ({"people": "deux"}, "10 personnes au plus"),
        ({"message": "x" * 501}, "C’est trop long"),
    ],
)
async def test_what_is_wrong_is_said_and_loses_nothing(
    alice: Browser, instance: Instance, cafes: Cafes, fields: dict[str, str], said: str
) -> None:
    typed = {"message": "Une lampe"} | fields
    page = await alice.send(f"/rencontres/d/{cafes.once.id}/inscription", cafes.seat | typed, form_on=cafes.path)

    assert page.status == 422 and said in page.words()
    assert page.html.xpath("string(//input[@id='message']/@value)")[:8] in ("Une lamp", "xxxxxxxx")
    assert await count_states(instance) == []


async def test_a_time_of_another_meeting_is_not_found(alice: Browser, cafes: Cafes) -> None:
    act = f"/rencontres/d/{cafes.once.id}/inscription"
    for other in (str(cafes.weeks[0].occurrence.id), "1", "", "x"):
        assert (await alice.send(act, {"fois": other}, form_on=cafes.path)).status == 404, other


async def test_one_of_several_times_is_chosen(alice: Browser, cafes: Cafes) -> None:
    path = cafes.weekly.listing.post.url.removeprefix("http://lomme.test")
    third = cafes.weeks[2].occurrence.id

    page = await alice.get(f"{path}?fois={third}")
    assert len(page.html.xpath("//section[@aria-labelledby='dates']//li")) == 12
    assert page.html.xpath("string(//input[@name='fois']/@value)") == str(third)
    kept = await alice.send(f"/rencontres/d/{cafes.weekly.id}/inscription", {"fois": str(third)}, form_on=path)

    assert kept.location == f"{path}?fois={third}&fait=seat#place"
    assert "Ma place est gardée" in (await alice.get(kept.location)).words()
    assert "Ma place est gardée" not in (await alice.get(path)).words()


async def test_what_is_cancelled_says_so_and_what_is_withdrawn_is_gone(
    visitor: Browser, alice: Browser, instance: Instance, lomme: Village, cafes: Cafes
) -> None:
    await alice.send(f"/rencontres/d/{cafes.once.id}/inscription", cafes.seat, form_on=cafes.path)
    async with transaction(instance.pool) as conn:
        await cancel(conn, instance.site, lomme.coop, cafes.once.id)
    page = await visitor.get(cafes.path)
    assert "Cette rencontre n’aura pas lieu" in page.words() and not page.html.xpath("//*[@id='venir']")

    async with transaction(instance.pool) as conn:
        await withdraw(conn, instance.site, lomme.coop, cafes.once.id)

    assert [(await visitor.get(path)).status for path in (cafes.path, f"{cafes.path}.ics")] == [410, 410]


async def test_a_copy_has_its_page_with_where_it_comes_from(
    visitor: Browser, alice: Browser, instance: Instance, lomme: Village
) -> None:
    async with transaction(instance.pool) as conn:
        there = await make_meeting(conn, lomme.henin, title="Fest-noz", registration="everybody")
        await execute(conn, "UPDATE post SET local = false, uri = 'https://henin.test/e/1' WHERE id = $1", there.id)
    path = f"/rencontres/d/{there.id}"

    page = await visitor.get(path)
    assert "Fest-noz" in page.words() and "Hénin-Carvin" in page.words()
    assert (await visitor.get(f"/annonces/d/{there.id}")).location == path
    [when] = page.html.xpath("//form[contains(@action, 'inscription')]//input[@name='fois']/@value")
    asked = await alice.send(f"{path}/inscription", {"fois": when}, form_on=path)

    assert asked.location == f"{path}?fait=asked#place"
    assert "pas encore de réponse" in (await alice.get(path)).words()
    assert "Fest-noz" in (await alice.get("/rencontres/miennes")).words()
    calendar = await visitor.get(f"{path}.ics")
    assert calendar.headers["Content-Type"].startswith("text/calendar") and "Fest-noz" in calendar.text


async def test_what_is_for_members_stays_among_them(
    visitor: Browser, open_browser: OpenBrowser, instance: Instance, lomme: Village
) -> None:
    async with transaction(instance.pool) as conn:
        inside = await make_meeting(conn, lomme.coop, title="Assemblée", registration="members")
        await execute(
            conn,
            "UPDATE post SET audience = 'coop', url = $2 WHERE id = $1",
            inside.id,
            "http://lomme.test/rencontres/0a0a0a0a-0000-4000-8000-00000000cafe",
        )
        eve = await make_member(conn, "eve")
    path = "/rencontres/0a0a0a0a-0000-4000-8000-00000000cafe"

    for address in (path, f"{path}.ics"):
        assert (await visitor.get(address)).status == 404, address
    for address in ("/rencontres", *(f"/rencontres/flux.{form}" for form in ("atom", "json", "ics"))):
        assert "Assemblée" not in (await visitor.get(address)).text, address
    member = await open_browser(eve)
    assert (await member.get(path)).status == 200
    assert "Assemblée" in (await member.get("/rencontres")).words()
    assert "Assemblée" not in (await member.get("/rencontres/flux.atom")).text
