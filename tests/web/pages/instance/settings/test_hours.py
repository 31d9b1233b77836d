"""The cooperative's hours as a table: typed, shown wherever it says when it is open, and undone."""

from models import preferences
from models.coop import opening_steps
from models.people import actors
from models.store.database import connection
from tests.factories import make_local_actor
from tests.invitations import plain
from tests.web.form_client import Doorbell, Visitor, add_member
from web.mail.footer import load_footer

PAGE = "/coop/reglages/horaires"

HISTORY = "/coop/reglages/historique"

TYPED = {"hours_2": "10h-12h, 14h-19h", "closed_from_0": "2099-12-24", "closed_until_0": "2099-12-24"}


async def enter(door: Doorbell) -> Visitor:
    await add_member(door.instance, "awa", roles=["admin"])
    async with connection(door.instance.pool) as conn:
        if await actors.find_local(conn, "coop") is None:
            await make_local_actor(conn, "coop", type="Organization", name="La Remise")
    return await (await door.ring()).log_in("awa")


async def test_hours_stand_wherever_the_cooperative_says_when_it_is_open(door: Doorbell) -> None:
    awa = await enter(door)
    async with connection(door.instance.pool) as conn:
        assert not (await opening_steps.load_facts(conn)).hours
    await awa.open(PAGE)

    await awa.send(PAGE, TYPED)

    assert awa.status == 200 and 'value="10h-12h, 14h-19h"' in awa.text
    visitor, line = await door.ring(), "Mercredi : de 10 h à 12 h, de 14 h à 19 h"
    for page in ("/", "/mentions-legales"):
        text = plain((await visitor.open(page)).text)
        assert '<th scope="row">Mercredi</th><td>de 10 h à 12 h, de 14 h à 19 h</td>' in text
        assert line in text[text.index("<footer") :] and "Fermé le 24 décembre 2099" in text[text.index("<footer") :]
    async with connection(door.instance.pool) as conn:
        assert (await opening_steps.load_facts(conn)).hours
        kept = (await preferences.load(conn)).hours
        coop = await actors.get_local(conn, "coop")
        assert kept and coop.hours == kept == (await load_footer(conn, door.instance.site)).hours


async def test_hours_that_changed_are_in_the_history_and_come_back(door: Doorbell) -> None:
    awa = await enter(door)
    await awa.open(PAGE)
    await awa.send(PAGE, TYPED)
    await awa.send(PAGE, TYPED | {"hours_2": "", "hours_4": "9h-12h", "closed_from_0": "", "closed_until_0": ""})

    await awa.open(HISTORY)
    told = plain(awa.text)
    assert "« Mercredi 10h-12h, 14h-19h ; fermé du 24/12/2099 au 24/12/2099 » est devenu" in told
    assert "« Vendredi 9h-12h »" in told
    async with connection(door.instance.pool) as conn:
        first = (await preferences.load(conn)).hours
        assert first["weekly"] == [[4, "09:00", "12:00"]]
    await awa.send(HISTORY)

    async with connection(door.instance.pool) as conn:
        back = (await preferences.load(conn)).hours
        assert back["weekly"] == [[2, "10:00", "12:00"], [2, "14:00", "19:00"]]
        coop = await actors.get_local(conn, "coop")
        assert coop.hours == back


async def test_what_is_no_hour_is_said_at_its_day_and_stays(door: Doorbell) -> None:
    awa = await enter(door)
    await awa.open(PAGE)

    await awa.send(PAGE, TYPED | {"hours_3": "toujours"})

    assert awa.status == 422 and 'href="#hours_3"' in awa.text
    assert 'value="toujours"' in awa.text and 'value="10h-12h, 14h-19h"' in awa.text
