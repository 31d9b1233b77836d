"""Who leads a community announces its meetings and looks after them; and one time of what comes again is changed."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from federation.instance import Instance
from models.meetings import occurrences
from models.meetings.registrations import Wish
from models.moderation import filters
from models.moderation.filters import ModerationRule
from models.moments import PARIS
from models.people import actors
from models.people.actors import Actor
from models.store.database import connection, fetch_column, fetch_value, transaction
from outbox.meetings.registrations import register
from tests.outbox.communities.sample_community import found, put_in
from tests.sample_village import Village
from tests.web.pages.conftest import Browser
from tests.web.pages.listings.publish.test_publish_page import changed, send_form
from tests.web.pages.meetings.conftest import Cafes
from tests.web.pages.meetings.test_organising import FILLED

OpenBrowser = Callable[[Actor | None], Awaitable[Browser]]

DESK = "/rencontres/organiser"


async def test_a_moderator_announces_inside_and_members_alone_find_it(
    open_browser: OpenBrowser, instance: Instance, lomme: Village
) -> None:
    async with transaction(instance.pool) as conn:
        community = await found(conn, lomme.hocine)
        await put_in(conn, lomme.alice, community, "moderator")
    alice, admin = await open_browser(lomme.alice), await open_browser(lomme.admin)

    [way] = (await alice.get("/communautes/remorques")).html.xpath("//a[contains(@href, 'organiser/nouvelle')]/@href")
    page = await alice.get(way)
    assert "Au nom de Remorques en commun" in page.words()
    answer = await send_form(alice, way, page, changed(page, **(FILLED | {"audience": "community"})))

    path = answer.location.partition("?")[0]
    shown = (await alice.get(path)).words()
    assert "Qui vient, modifier, annuler" in shown and "En pause" not in shown
    assert "seuls les membres de Remorques en commun" in shown
    listed = (await (await open_browser(lomme.hocine)).get("/rencontres")).words()
    assert "Café réparation" in listed and "Entre membres" in listed
    assert "Café réparation" in (await alice.get(DESK)).words()
    async with connection(instance.pool) as conn:
        id = await fetch_value(conn, "SELECT post_id FROM meeting")
    for browser in (admin, await open_browser(None)):
        for closed in (path, f"{path}.ics", f"/rencontres/d/{id}", f"/rencontres/d/{id}.ics"):
            assert (await browser.get(closed)).status == 404, closed
        assert "Café réparation" not in (await browser.get("/rencontres")).words()
    for closed in (f"{DESK}/d/{id}", f"{DESK}/d/{id}/modifier", f"{DESK}/d/{id}/liste.csv", f"/coop/rencontres/d/{id}"):
        assert (await admin.get(closed)).status == 404, closed
    assert (await admin.get(f"{DESK}/nouvelle?pour=remorques")).status == 404
    assert "Vous ne gérez aucune communauté" in (await admin.get(f"{DESK}/nouvelle")).words()


async def test_changing_a_meeting_again_begins_with_what_waits(
    open_browser: OpenBrowser, instance: Instance, lomme: Village
) -> None:
    async with transaction(instance.pool) as conn:
        community = await found(conn, lomme.hocine)
        await put_in(conn, lomme.alice, community, "moderator")
        rule = ModerationRule(name="Mots", patterns=("crypto*",), action="hold", on_local=True, on_remote=True)
        await filters.save(conn, rule)
    alice = await open_browser(lomme.alice)
    new = f"{DESK}/nouvelle?pour=remorques"
    page = await alice.get(new)
    answer = await send_form(alice, new, page, changed(page, **(FILLED | {"audience": "community"})))
    shown = answer.location.partition("?")[0]
    async with connection(instance.pool) as conn:
        path = f"{DESK}/d/{await fetch_value(conn, 'SELECT post_id FROM meeting')}/modifier"
    page = await alice.get(path)
    assert "attend d’être relue" not in page.words()

    typed = {"title": "Cryptos et café", "begins": "15:30", "venue": "Halle", "repeats": "weekly", "capacity": "7"}
    await send_form(alice, path, page, changed(page, **typed, act="publish"))

    again = await alice.get(path)
    assert "attend d’être relue" in again.words() and "Le formulaire reprend cette modification" in again.words()
    assert {name: again.html.xpath("string(//input[@name=$name]/@value)", name=name) for name in typed} | {
        "repeats": again.html.xpath("string(//input[@name='repeats'][@checked]/@value)")
    } == typed
    assert "Cryptos" not in (await (await open_browser(lomme.hocine)).get(shown)).words()


async def test_one_time_alone_is_moved_and_who_registered_for_it_is_told(
    open_browser: OpenBrowser, instance: Instance, lomme: Village, cafes: Cafes
) -> None:
    admin = await open_browser(lomme.admin)
    first, second = cafes.weeks[0].occurrence, cafes.weeks[1].occurrence
    async with transaction(instance.pool) as conn:
        for person, one in ((lomme.alice, first), (lomme.hocine, second)):
            await register(conn, instance.site, person, cafes.weekly.id, Wish(recurs_at=one.recurs_at))
    path = f"/coop/rencontres/d/{cafes.weekly.id}/date"
    day = (first.begins_at.astimezone(PARIS) + timedelta(days=1)).date()

    page = await admin.get(f"{path}?fois={first.id}")
    assert "Une personne est inscrite à cette date" in page.words()
    typed = {"day": day.isoformat(), "begins": "9h30", "ends": "12h", "venue": "Parc", "capacity": "4"}
    answer = await admin.send(path, typed | {"fois": str(first.id)}, form_on=f"{path}?fois={first.id}")

    assert answer.location == f"/coop/rencontres/d/{cafes.weekly.id}?fois={first.id}&fait=changed_time"
    assert "4" in (await admin.get(answer.location)).words()
    async with connection(instance.pool) as conn:
        now = await occurrences.find(conn, first.id)
        told = await fetch_column(
            conn, "SELECT source FROM post WHERE audience = 'direct' AND source LIKE '%Cela change%'"
        )
    assert now is not None and (now.begins_at.astimezone(PARIS).date(), now.venue, now.capacity) == (day, "Parc", 4)
    assert len(told) == 1 and told[0].startswith("@alice") and "Parc" in told[0]


@pytest.mark.parametrize(
    ("fields", "field"),
    [({"day": "2020-01-01"}, "day"), ({"begins": "midi"}, "begins"), ({"capacity": "0"}, "capacity")],
)
async def test_what_is_wrong_with_one_time_is_said_at_its_field(
    open_browser: OpenBrowser, lomme: Village, cafes: Cafes, fields: dict[str, str], field: str
) -> None:
    admin = await open_browser(lomme.admin)
    path = f"/coop/rencontres/d/{cafes.weekly.id}/date"
    typed = {"day": "2027-05-08", "begins": "14h", "venue": "Parc", "fois": str(cafes.weeks[0].occurrence.id)}

    answer = await admin.send(path, typed | fields, form_on=path)

    assert answer.status == 422 and f"#{field}" in answer.html.xpath("//*[@id='erreurs']//a/@href")
    assert answer.html.xpath("string(//input[@name='venue']/@value)") == "Parc"


async def test_what_does_not_come_again_or_is_called_off_has_no_such_page(
    open_browser: OpenBrowser, instance: Instance, lomme: Village, cafes: Cafes
) -> None:
    admin = await open_browser(lomme.admin)
    assert (await admin.get(f"{cafes.manage}/date")).location == f"{cafes.manage}/modifier"
    async with transaction(instance.pool) as conn:
        await occurrences.cancel_all(conn, cafes.weekly.id, since=cafes.weeks[0].occurrence.begins_at)
        assert await actors.find_local(conn, "coop") is not None
    assert (await admin.get(f"/coop/rencontres/d/{cafes.weekly.id}/date")).status == 404
