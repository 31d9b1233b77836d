"""What its owner reads of a bike that is on its way to another cooperative, or of files that come from one."""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any

import pytest

from federation.instance import Instance
from models.people.actors import Actor
from models.repairs.bikes import awaited_files, bikes, entries, files, handovers, sent_files
from models.repairs.bikes.awaited_files import AwaitedFile, NewAwaitedFile, Trouble
from models.repairs.bikes.entries import EntryDetails
from models.repairs.bikes.files import StoredFile
from models.store.database import connection, execute, fetch_column, fetch_value, transaction
from tests.bikes import make_bike, make_result
from tests.picture_files import draw, encode
from tests.sample_village import Village
from tests.web.pages.conftest import Browser
from tests.web.pages.repairs.bikes.test_my_bikes import BIKE, send_files

OpenBrowser = Callable[[Actor | None], Awaitable[Browser]]


@pytest.fixture
async def bike_id(instance: Instance, lomme: Village) -> int:
    async with transaction(instance.pool) as conn:
        return await make_bike(conn, lomme.alice)


@pytest.fixture
async def leaving(instance: Instance, lomme: Village, bike_id: int) -> int:
    """It was sent to Bob of Hénin-Carvin just now."""
    async with transaction(instance.pool) as conn:
        bike = await bikes.get_own(conn, lomme.alice.id, bike_id)
        await handovers.begin(conn, bike, named=False, with_invoices=False)
        handover = await handovers.find_of_bike(conn, bike_id)
        assert handover is not None and await handovers.take(conn, handover.id, lomme.bob.id)
        await handovers.mark_sent(conn, handover, f"{lomme.alice.uri}/activities/book")
    return bike_id


async def tell(instance: Instance, lomme: Village, name: str, **changes: Any) -> AwaitedFile:
    """Alice is told of a file that comes from Bob's server."""
    values: dict[str, Any] = {
        "uri": f"{lomme.bob.uri}/files/{name}",
        "sender_id": lomme.bob.id,
        "receiver_id": lomme.alice.id,
        "bike_id": None,
        "entry_id": None,
        "result_id": None,
        "kind": "photo",
        "file_size": 9,
        "digest": bytes(32),
    }
    async with transaction(instance.pool) as conn:
        await awaited_files.add(conn, NewAwaitedFile(**values | changes))
        return (await awaited_files.claim_due(conn))[-1]


async def fail(instance: Instance, one: AwaitedFile, trouble: Trouble) -> None:
    async with transaction(instance.pool) as conn:
        await awaited_files.mark_failed(conn, one, trouble)


async def test_the_list_says_whither_it_goes_and_when_it_may_be_taken_back(
    alice: Browser, instance: Instance, leaving: int
) -> None:
    shown = (await alice.get("/mes-velos")).words()
    assert "En route vers" in shown and "henin.test" in shown and "vous pourrez le reprendre à partir du" in shown
    assert "Donné, avec son carnet" not in shown and "je le garde" not in shown

    async with transaction(instance.pool) as conn:
        await execute(conn, "UPDATE bike SET left_at = now() - interval '49 hours' WHERE id = $1", leaving)
    late = (await alice.get("/mes-velos")).words()
    kept = await alice.send(f"/mes-velos/{leaving}/etat", {"state": "back"}, form_on="/mes-velos")

    assert "Depuis deux jours, rien ne dit qu’il est arrivé" in late and "je le garde" in late
    assert "de nouveau avec les vôtres" in (await alice.get(kept.location)).words()
    assert "En route vers" not in (await alice.get("/mes-velos")).words()


async def test_once_it_is_there_it_is_given_and_what_waits_is_said(
    alice: Browser, lomme: Village, instance: Instance, leaving: int
) -> None:
    async with transaction(instance.pool) as conn:
        stored = StoredFile(mime_type="image/jpeg", file_key="k", thumbnail_key=None, byte_size=9)
        await files.add(conn, leaving, None, "photo", stored)
        file_id = int(await fetch_value(conn, "SELECT id FROM bike_file"))
        await sent_files.send(conn, file_id, f"{lomme.alice.uri}/files/1", lomme.bob.id)
        handover = await handovers.find_of_bike(conn, leaving)
        assert handover is not None
        await handovers.finish(conn, handover)

    assert "Donné, avec son carnet" in (await alice.get("/mes-velos")).words()
    page = (await alice.get(f"/mes-velos/{leaving}")).words()
    assert "Une photo ou une facture attend encore que l’autre coop la prenne" in page
    assert (await alice.get(f"/mes-velos/fichiers/{file_id}")).status == 404


@pytest.mark.parametrize("arrived", [False, True])
async def test_nothing_of_it_is_changed_once_it_is_on_its_way(
    alice: Browser, lomme: Village, instance: Instance, bike_id: int, arrived: bool
) -> None:
    home, line = f"/mes-velos/{bike_id}", {"done_on": "2026-05-03", "title": "Freins"}
    async with transaction(instance.pool) as conn:
        entry = await entries.add(conn, bike_id, EntryDetails(done_on=date(2026, 5, 3), title="Freins"))
        stored = StoredFile(mime_type="image/jpeg", file_key="k", thumbnail_key=None, byte_size=9)
        await sent_files.send(conn, await files.add(conn, bike_id, None, "photo", stored), "https://x", lomme.bob.id)
        await handovers.begin(conn, await bikes.get_own(conn, lomme.alice.id, bike_id), named=False, with_invoices=True)
        handover = await handovers.find_of_bike(conn, bike_id)
        assert handover is not None and await handovers.take(conn, handover.id, lomme.bob.id)
        await handovers.mark_sent(conn, handover, f"{lomme.alice.uri}/activities/book")
        if arrived:
            await handovers.finish(conn, handover)

    photo = [("photos", encode(draw()), "velo.jpg")]
    answers = [
        await send_files(alice, f"{home}/modifier", "/mes-velos/nouveau", BIKE, photo),
        await send_files(alice, f"{home}/ligne", "/mes-velos/nouveau", line, photo),
        await alice.send(f"{home}/lignes/{entry}", line, form_on="/mes-velos/nouveau"),
        await alice.send(f"{home}/lignes/{entry}/retirer", {}, form_on="/mes-velos/nouveau"),
        await alice.get(f"{home}/modifier"),
        await alice.get(f"{home}/ligne"),
    ]

    assert [one.status for one in answers] == [404] * len(answers)
    async with connection(instance.pool) as conn:
        assert await fetch_value(conn, "SELECT count(*) FROM bike_file WHERE file_key = 'k'") == 1
        assert await entries.count(conn, bike_id) == (0 if arrived else 1)


async def test_a_picture_of_her_own_is_awaited_no_more(
    alice: Browser, lomme: Village, instance: Instance, bike_id: int
) -> None:
    home = f"/mes-velos/{bike_id}"
    await tell(instance, lomme, "1", bike_id=bike_id)
    await tell(instance, lomme, "2", bike_id=bike_id, kind="invoice", entry_id=await _note(instance, bike_id))

    await send_files(alice, f"{home}/modifier", f"{home}/modifier", BIKE, [("photos", encode(draw()), "velo.jpg")])

    async with connection(instance.pool) as conn:
        assert [one.kind for one in await awaited_files.list_of_bikes(conn, [bike_id])] == ["invoice"]
        told = await fetch_column(conn, "SELECT body::jsonb ->> 'object' FROM activity WHERE type = 'Accept'")
        assert told == [f"{lomme.bob.uri}/files/1"] and len(await files.list_of_bike(conn, bike_id)) == 1


async def _note(instance: Instance, bike_id: int) -> int:
    async with transaction(instance.pool) as conn:
        return await entries.add(conn, bike_id, EntryDetails(done_on=date(2026, 5, 3), title="Freins"))


async def test_what_she_has_no_room_for_is_counted(
    alice: Browser, lomme: Village, instance: Instance, bike_id: int
) -> None:
    await tell(instance, lomme, "1", bike_id=bike_id)
    for name in ("2", "3"):
        await fail(instance, await tell(instance, lomme, name, bike_id=bike_id), "no-room")

    page = (await alice.get(f"/mes-velos/{bike_id}")).words()

    assert "0 photo sur 3 reçue" in page and "2 photos ou factures n’ont plus de place ici" in page


async def test_a_book_that_is_too_long_says_so_before_anybody_is_asked(
    alice: Browser, visitor: Browser, instance: Instance, bike_id: int
) -> None:
    home = f"/mes-velos/{bike_id}/donner"
    assert "trop long" not in (await alice.get(home)).words()
    async with transaction(instance.pool) as conn:
        for _ in range(170):
            await entries.add(conn, bike_id, EntryDetails(done_on=date(2026, 1, 1), title="x", text="é" * 3000))
        bike = await fetch_value(conn, "SELECT owner_id FROM bike WHERE id = $1", bike_id)
        code = await handovers.begin(conn, await bikes.get_own(conn, bike, bike_id), named=False, with_invoices=False)

    page = await alice.get(home)
    other = await visitor.get(f"/velo/{code}")

    assert "Ce carnet est trop long pour partir vers une autre coop" in page.words()
    assert page.html.xpath(f"//a[@href='/mes-velos/{bike_id}/carnet.json']")
    assert "trop long" in other.words() and not other.html.xpath("//input[@name='address']")


async def test_the_owner_reads_how_many_came_and_has_the_rest_tried_again(
    alice: Browser, lomme: Village, instance: Instance, bike_id: int
) -> None:
    home = f"/mes-velos/{bike_id}"
    first = await tell(instance, lomme, "1", bike_id=bike_id)
    assert "0 photo sur 1 reçue" in (await alice.get(home)).words()
    assert "rien à faire" in (await alice.get(home)).words()
    other = await tell(instance, lomme, "2", bike_id=bike_id)
    await tell(instance, lomme, "3", bike_id=bike_id, kind="invoice")
    async with transaction(instance.pool) as conn:
        stored = StoredFile(mime_type="image/jpeg", file_key="k", thumbnail_key=None, byte_size=9)
        await awaited_files.mark_received(conn, first, await files.add(conn, bike_id, None, "photo", stored))
    await fail(instance, other, "changed")

    page = (await alice.get(home)).words()
    assert "1 photo sur 2 reçue" in page and "0 facture sur 1 reçue" in page
    assert "Ce qui est arrivé n’est pas ce qui était annoncé" in page
    assert "1 photo sur 2 reçue" in (await alice.get("/mes-velos")).words()

    again = await alice.send("/mes-velos/fichiers-attendus", {"bike": str(bike_id), "act": "again"}, form_on=home)

    assert "C’est redemandé" in (await alice.get(again.location)).words()
    async with connection(instance.pool) as conn:
        assert await fetch_value(conn, "SELECT count(*) FROM awaited_file WHERE next_at <= now()") == 2
        assert await fetch_value(conn, "SELECT count(*) FROM pgqueuer WHERE entrypoint = 'bike_files'") == 1


async def test_she_may_wait_no_more_which_the_other_server_is_told(
    alice: Browser, hocine: Browser, lomme: Village, instance: Instance, bike_id: int
) -> None:
    home = f"/mes-velos/{bike_id}"
    await fail(instance, await tell(instance, lomme, "1", bike_id=bike_id), "away")
    assert "L’autre plateforme ne répond pas" in (await alice.get(home)).words()
    others = {"bike": str(bike_id), "act": "stop"}
    assert (await hocine.send("/mes-velos/fichiers-attendus", others, form_on="/mes-velos/nouveau")).status == 404

    await alice.send("/mes-velos/fichiers-attendus", others, form_on=home)

    assert "reçue" not in (await alice.get(home)).words()
    async with connection(instance.pool) as conn:
        assert await fetch_value(conn, "SELECT count(*) FROM awaited_file") == 0
        told = await fetch_value(conn, "SELECT body::jsonb ->> 'object' FROM activity WHERE type = 'Accept'")
    assert told == f"{lomme.bob.uri}/files/1"


@pytest.fixture
async def hocine(open_browser: OpenBrowser, lomme: Village) -> Browser:
    """Somebody else."""
    return await open_browser(lomme.hocine)


@pytest.mark.parametrize("act", ["keep", "decline"])
async def test_what_comes_beside_a_result_is_seen_with_it_and_goes_where_it_goes(
    alice: Browser, lomme: Village, instance: Instance, bike_id: int, act: str
) -> None:
    async with transaction(instance.pool) as conn:
        result_id = await make_result(conn, lomme.alice, author_id=lomme.bob.id, repairer_id=lomme.bob.id)
        stored = StoredFile(mime_type="image/jpeg", file_key="k", thumbnail_key="s", byte_size=9)
        photo = await files.add_to_result(conn, result_id, "photo", stored)
    await tell(instance, lomme, "1", result_id=result_id)
    page = await alice.get("/mes-velos")
    assert page.html.xpath(f"//a[@href='/mes-velos/fichiers/{photo}']/img") and "0 photo sur 1 reçue" in page.words()

    fields = {"act": act, "bike": str(bike_id)}
    await alice.send(f"/mes-velos/propositions/{result_id}", fields, form_on="/mes-velos")

    async with connection(instance.pool) as conn:
        held = [(one.bike_id, one.entry_id is not None) for one in await files.list_of_bike(conn, bike_id)]
        waits = await awaited_files.list_of_bikes(conn, [bike_id])
        left = await fetch_value(conn, "SELECT count(*) FROM bike_file") + len(waits)
        told = await fetch_value(conn, "SELECT count(*) FROM activity WHERE type = 'Accept'")
    if act == "keep":
        assert held == [(bike_id, True)] and len(waits) == 1 and waits[0].entry_id is not None and told == 0
    else:
        assert (held, left, told) == ([], 0, 1)
