"""A bike has broken down: what the page promises is so, and members choose to be told of calls nearby."""

from collections.abc import Awaitable, Callable
from datetime import time

import pytest

from federation.instance import Instance
from models.people.actors import Actor
from models.people.opening_hours import OpeningInterval, make_hours, write_hours
from models.repairs.calls import watches
from models.repairs.calls.watches import RepairWatch
from models.store.database import connection, execute, transaction
from outbox.repairs.calls import telling
from tests.sample_village import Village
from tests.web.pages.conftest import Browser

PAGE = "/depannage"


async def place(instance: Instance, actor: Actor, latitude: float = 50.645, longitude: float = 2.987) -> None:
    """She lives there."""
    async with transaction(instance.pool) as conn:
        await execute(
            conn,
            "UPDATE actor SET latitude = $2, longitude = $3, place_name = 'Lomme' WHERE id = $1",
            actor.id,
            latitude,
            longitude,
        )


async def watch(instance: Instance, actor: Actor) -> None:
    async with transaction(instance.pool) as conn:
        await watches.save(conn, actor.id, RepairWatch(by_mail=True, at_night=False))


async def test_the_first_page_leads_there_and_a_stranger_reads_what_she_can_do(visitor: Browser) -> None:
    assert "/diagnostic" in (await visitor.get("/")).text

    page = await visitor.get(PAGE)

    assert page.status == 200
    assert "personne ici n’a encore demandé à être prévenu" in page.words()
    assert "Sans compte aussi" in page.words() and "/depannage/appeler" in page.text
    assert "Roue arrière voilée" in page.words()


async def test_how_many_would_be_told_is_counted_without_the_reader(
    visitor: Browser, alice: Browser, instance: Instance, lomme: Village
) -> None:
    for actor in (lomme.alice, lomme.hocine):
        await place(instance, actor)
        await watch(instance, actor)

    assert "2 membres ont demandé" in (await visitor.get(PAGE)).words()
    assert "un membre a demandé" in (await alice.get(PAGE)).words()


async def test_places_that_say_their_hours_are_named(visitor: Browser, instance: Instance, lomme: Village) -> None:
    async with transaction(instance.pool) as conn:
        await execute(
            conn,
            "UPDATE actor SET type = 'Organization', hours = $2, street = '1 rue du Lieu' WHERE id = $1",
            lomme.admin.id,
            write_hours(make_hours([OpeningInterval(day=2, opens=time(14), closes=time(18))], [])),
        )

    assert "1 rue du Lieu" in (await visitor.get(PAGE)).words()


async def test_a_member_without_a_place_is_led_to_say_hers(alice: Browser, instance: Instance, lomme: Village) -> None:
    async with transaction(instance.pool) as conn:
        await execute(conn, "UPDATE account SET default_commune_code = NULL WHERE actor_id = $1", lomme.alice.id)
        await execute(conn, "UPDATE actor SET latitude = NULL, longitude = NULL WHERE id = $1", lomme.alice.id)

    sent = await alice.send(f"{PAGE}/prevenir", {"notify": "1", "email": "1"}, form_on=PAGE)

    page = await alice.get(sent.location.partition("#")[0])
    assert "Il reste à dire où vous êtes" in page.words() and "/compte/profil#commune" in page.text


async def test_the_commune_named_on_joining_is_enough(alice: Browser, instance: Instance, lomme: Village) -> None:
    async with transaction(instance.pool) as conn:
        await execute(conn, "UPDATE actor SET latitude = NULL, longitude = NULL WHERE id = $1", lomme.alice.id)
    assert "Nous ne savons pas encore où vous êtes" not in (await alice.get(PAGE)).words()

    sent = await alice.send(f"{PAGE}/prevenir", {"notify": "1"}, form_on=PAGE)

    assert "nous vous préviendrons" in (await alice.get(sent.location.partition("#")[0])).words()
    async with transaction(instance.pool) as conn:
        assert await telling.notify_near(conn, lomme.call) == 1


async def test_a_member_chooses_how_and_not_any_more(alice: Browser, instance: Instance, lomme: Village) -> None:
    await place(instance, lomme.alice)

    await alice.send(f"{PAGE}/prevenir", {"notify": "1", "at_night": "1"}, form_on=PAGE)
    async with connection(instance.pool) as conn:
        assert await watches.find(conn, lomme.alice.id) == RepairWatch(by_mail=False, at_night=True)
    assert "sans courriel" in (await alice.get("/compte/courriels")).words()

    await alice.send(f"{PAGE}/prevenir", {}, form_on=PAGE)
    async with connection(instance.pool) as conn:
        assert await watches.find(conn, lomme.alice.id) is None


async def test_a_stranger_cannot_choose(visitor: Browser) -> None:
    answer = await visitor.send(f"{PAGE}/prevenir", {"notify": "1"}, form_on="/connexion")

    assert answer.status == 303 and answer.location.startswith("/connexion")


@pytest.mark.parametrize("told", [0, 1])
async def test_the_author_reads_how_many_were_told(
    open_browser: Callable[[Actor | None], Awaitable[Browser]], instance: Instance, lomme: Village, told: int
) -> None:
    if told:
        await place(instance, lomme.alice)
        await watch(instance, lomme.alice)
        async with transaction(instance.pool) as conn:
            await telling.notify_near(conn, lomme.call)
    path = lomme.call.post.url.removeprefix(lomme.site.url)

    own = await (await open_browser(lomme.hocine)).get(path)
    others = await (await open_browser(lomme.alice)).get(path)

    words = "Une personne prévenue, personne ne l’a encore ouvert." if told else "Nous prévenons les personnes"
    assert words in own.words() and "Qui a été prévenu" not in others.words()
    if told:
        assert (
            "Hocine est en panne près de chez vous"
            in (await (await open_browser(lomme.alice)).get("/notifications")).words()
        )


async def test_the_list_of_calls_leads_to_the_choice_and_other_lists_do_not(visitor: Browser) -> None:
    assert "/depannage#prevenir" in (await visitor.get("/annonces?genre=repair_call")).text
    assert "/depannage#prevenir" not in (await visitor.get("/annonces")).text
