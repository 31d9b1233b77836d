"""A shop says where it comes by: a meeting like any other, read in the agenda, by who looks for help and who calls."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from federation.documents.serialize import to_json
from federation.instance import Instance
from models.meetings import meetings
from models.moments import PARIS
from models.people import actors
from models.people.actors import Actor
from models.repairs.shops import staff
from models.store.database import connection, execute, fetch_value, transaction
from outbox.posts.post_documents import build_document
from tests.factories import make_listing, make_member
from tests.repair_shops import DETAILS, let_appear, make_shop
from tests.sample_village import Village
from tests.web.pages.conftest import Browser

OpenBrowser = Callable[[Actor | None], Awaitable[Browser]]

HERE = "/ateliers/ines/gerer/passages"
DAY = (datetime.now(PARIS) + timedelta(days=5)).date()
FORM = {"commune": "Lomme", "day": DAY.isoformat(), "begins": "09:00", "ends": "12:00", "text": "Place du marché"}


@pytest.fixture
async def ines(instance: Instance, lomme: Village) -> Actor:
    """She comes by and appears; Kim manages, Léo helps."""
    async with transaction(instance.pool) as conn:
        comes = replace(DETAILS, workshop=False, commune_codes=["59355"])
        shop = await make_shop(conn, "ines", name="Inès", details=comes)
        await let_appear(conn, shop, lomme.admin)
        await staff.save(conn, shop.id, (await make_member(conn, "kim", name="Kim")).id, "manager")
        await staff.save(conn, shop.id, (await make_member(conn, "leo", name="Léo")).id, "volunteer")
    return shop


@pytest.fixture
async def manager(open_browser: OpenBrowser, instance: Instance, ines: Actor) -> Browser:
    """Kim."""
    async with connection(instance.pool) as conn:
        return await open_browser(await actors.get_local(conn, "kim"))


async def test_it_is_a_public_meeting_in_the_middle_of_the_commune(
    manager: Browser, open_browser: OpenBrowser, instance: Instance, ines: Actor
) -> None:
    first = await manager.get(f"{HERE}?commune=Lomme+%2859160%29")

    sent = await manager.send(HERE, FORM, form_on=HERE)

    assert first.html.xpath("string(//input[@name='commune']/@value)") == "Lomme (59160)"
    assert sent.location == f"{HERE}?fait=announced"
    async with connection(instance.pool) as conn:
        full = await meetings.find_full(conn, await fetch_value(conn, "SELECT post_id FROM meeting"))
        assert full is not None
        document = to_json(await build_document(conn, instance.site, ines, full.listing.post))
    assert full.listing.post.author_id == ines.id
    assert (full.listing.details.title, full.listing.details.commune_code) == ("Inès passe à Lomme", "59355")
    assert (full.listing.post.audience, full.meeting.street, full.meeting.registration) == ("network", "", "none")
    assert document["type"] == "Event" and document["location"]["address"]["addressLocality"] == "Lomme"
    assert "streetAddress" not in document["location"]["address"]
    visitor = await open_browser(None)
    assert "Inès passe à Lomme" in (await visitor.get("/rencontres")).words()
    assert "Passage à Lomme" in (await visitor.get("/ateliers/ines")).words()
    assert "Inès passe à Lomme" in (await manager.get(HERE)).words()


async def test_who_is_near_and_who_calls_there_within_the_week_reads_it_but_not_of_others(
    manager: Browser, open_browser: OpenBrowser, instance: Instance, ines: Actor, lomme: Village
) -> None:
    await manager.send(HERE, FORM, form_on=HERE)
    async with transaction(instance.pool) as conn:
        call = await make_listing(conn, lomme.alice, kind="repair_call", mode="repair", title="Pneu")
        other = await make_listing(
            conn, lomme.alice, kind="repair_call", mode="repair", title="Frein", commune_code="59350"
        )
    alice = await open_browser(lomme.alice)
    sentence = "Inès passe à Lomme"

    here = (await alice.get(f"/depannage/appels/{call.id}")).words()
    there = (await alice.get(f"/depannage/appels/{other.id}")).words()
    near = (await alice.get("/depannage")).words()
    async with transaction(instance.pool) as conn:
        await execute(conn, "UPDATE meeting_occurrence SET begins_at = now() + interval '8 days', ends_at = NULL")
    later = (await alice.get(f"/depannage/appels/{call.id}")).words()

    assert sentence in here and sentence in near
    assert sentence not in there and sentence not in later


async def test_its_manager_changes_it_and_calls_it_off_where_meetings_are(
    manager: Browser, open_browser: OpenBrowser, instance: Instance, ines: Actor, lomme: Village
) -> None:
    await manager.send(HERE, FORM, form_on=HERE)
    async with connection(instance.pool) as conn:
        id = await fetch_value(conn, "SELECT post_id FROM meeting")
    desk = f"/rencontres/organiser/d/{id}"
    values = FORM | {"title": "Inès passe à Lomme", "venue": "Marché", "begins": "10:00", "registration": "none"}

    changed = await manager.send(f"{desk}/modifier", values | {"audience": "network"}, form_on=f"{desk}/modifier")
    other = await (await open_browser(lomme.alice)).get(desk)
    cancelled = await manager.send(desk, {"act": "cancel"}, form_on=desk)

    assert changed.location.endswith("fait=changed") and other.status == 404
    assert cancelled.status == 303
    async with connection(instance.pool) as conn:
        full = await meetings.find_full(conn, id)
    assert full is not None and full.meeting.status == "cancelled"
    assert full.meeting.begins_at.astimezone(PARIS).hour == 10
    assert "Passage à Lomme" not in (await manager.get("/ateliers/ines")).words()


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"commune": "Nullepart"}, "commune"),
        ({"commune": ""}, "Dites dans quelle commune"),
        ({"day": "2020-01-02"}, "passée"),
        ({"day": ""}, "Dites quel jour"),
        ({"begins": "x"}, "Écrivez une heure"),
        ({"text": "x" * 501}, "500"),
    ],
)
async def test_what_is_wrong_comes_back_and_nothing_is_announced(
    manager: Browser, instance: Instance, wrong: dict[str, str], sentence: str
) -> None:
    answer = await manager.send(HERE, FORM | wrong, form_on=HERE)

    assert answer.status == 422 and sentence in answer.words()
    async with connection(instance.pool) as conn:
        assert await fetch_value(conn, "SELECT count(*) FROM meeting") == 0


async def test_a_shop_that_does_not_appear_announces_nothing_but_looks_after_what_it_did(
    manager: Browser, instance: Instance, ines: Actor
) -> None:
    await manager.send(HERE, FORM, form_on=HERE)
    async with transaction(instance.pool) as conn:
        id = await fetch_value(conn, "SELECT post_id FROM meeting")
        await execute(conn, "UPDATE repair_shop_request SET state = 'refused'")

    refused = await manager.send(HERE, FORM, form_on=HERE)
    new = await manager.get("/rencontres/organiser/nouvelle?pour=ines")
    desk = await manager.get(f"/rencontres/organiser/d/{id}")

    assert refused.status == 422 and "ne paraît pas encore" in refused.words()
    assert new.status == 404 and desk.status == 200


async def test_volunteers_and_others_announce_nothing(
    open_browser: OpenBrowser, instance: Instance, ines: Actor, lomme: Village
) -> None:
    async with connection(instance.pool) as conn:
        leo = await open_browser(await actors.get_local(conn, "leo"))
    alice = await open_browser(lomme.alice)

    for one in (leo, alice):
        assert (await one.get(HERE)).status == 404
        assert (await one.send(HERE, FORM)).status == 404
        assert (await one.get("/rencontres/organiser/nouvelle?pour=ines")).status == 404
