"""The people of a shop note what came out from its agenda: of an appointment, and of who walked in."""

from datetime import UTC, datetime, timedelta

from federation.instance import Instance
from models.exchanges import agreements
from models.listings import listings
from models.moments import PARIS
from models.people.actors import Actor
from models.repairs.bikes import files
from models.repairs.bookings import appointment_books
from models.repairs.bookings.appointment_books import WalkIn
from models.store.database import connection, fetch_column, fetch_records, transaction
from tests.factories import make_agreement
from tests.picture_files import draw, encode
from tests.sample_village import Village
from tests.web.pages.conftest import Browser
from tests.web.pages.repairs.bikes.test_my_bikes import PDF, send_files
from tests.web.pages.repairs.bookings.test_book_page import (
    HOME,
    RULES,
    OpenBrowser,
    find_book,
    manager,
    rayon,
    volunteer,
)

__all__ = ["manager", "rayon", "volunteer"]

TAPS = {"organ": "chain", "outcome": "repairable", "time": "15"}

PHOTO = encode(draw())


async def test_an_appointment_is_noted_in_the_name_of_the_shop(
    manager: Browser, volunteer: Browser, open_browser: OpenBrowser, lomme: Village, instance: Instance, rayon: Actor
) -> None:
    await manager.send(HOME, RULES, form_on=HOME)
    past = datetime.now(UTC) - timedelta(days=3)
    async with transaction(instance.pool) as conn:
        listing = await listings.find_by_post(conn, await find_book(instance, rayon))
        assert listing is not None
        held = await make_agreement(
            conn, listing, lomme.hocine, state="agreed", begins_at=past, ends_at=past + timedelta(hours=1)
        )
    week, path = f"{HOME}?semaine={past.astimezone(PARIS).date()}", f"{HOME}/{held.id}/resultat"
    before = await volunteer.get(week)

    noted = await volunteer.send(path, TAPS, form_on=path)

    assert path in before.html.xpath("//a/@href")
    assert noted.location == f"{HOME}?fait=result"
    assert "chaîne : réparable, à finir, 15" in (await volunteer.get(week)).words()
    cyclist = await open_browser(lomme.hocine)
    assert "chaîne : réparable, à finir, 15" in (await cyclist.get(f"/echanges/{held.exchange_id}")).words()
    async with connection(instance.pool) as conn:
        [row] = await fetch_records(conn, "SELECT author_id, repairer_id, cyclist_id FROM repair_result")
        [day] = await fetch_column(conn, "SELECT repaired_on FROM repair_result")
        assert (await agreements.get(conn, held.id)).state == "done"
    assert tuple(row.values()) == (rayon.id, rayon.id, lomme.hocine.id)
    assert day == past.astimezone(PARIS).date()
    assert (await cyclist.get(path)).status == 404


async def test_pictures_of_an_appointment_go_to_the_cyclist_in_the_name_of_the_shop(
    manager: Browser, volunteer: Browser, open_browser: OpenBrowser, lomme: Village, instance: Instance, rayon: Actor
) -> None:
    await manager.send(HOME, RULES, form_on=HOME)
    past = datetime.now(UTC) - timedelta(days=1)
    async with transaction(instance.pool) as conn:
        listing = await listings.find_by_post(conn, await find_book(instance, rayon))
        assert listing is not None
        held = await make_agreement(
            conn, listing, lomme.hocine, state="agreed", begins_at=past, ends_at=past + timedelta(hours=1)
        )
    path, words = f"{HOME}/{held.id}/resultat", TAPS | {"learnt": "La gaine était percée."}

    wrong = await send_files(volunteer, path, path, words, [("photos", PHOTO, "a.jpg"), ("invoice", b"MZ", "x.pdf")])
    assert wrong.status == 422 and "ni un PDF ni une photo" in wrong.words() and "La gaine était percée." in wrong.text
    assert not [*instance.store.folder.rglob("*.private-*")]
    noted = await send_files(volunteer, path, path, words, [("photos", PHOTO, "a.jpg"), ("invoice", PDF, "x.pdf")])

    assert noted.location == f"{HOME}?fait=result"
    async with connection(instance.pool) as conn:
        [result_id] = await fetch_column(conn, "SELECT id FROM repair_result WHERE author_id = $1", rayon.id)
        photo, invoice = await files.list_of_result(conn, result_id)
    assert (photo.kind, invoice.kind) == ("photo", "invoice")
    cyclist = await open_browser(lomme.hocine)
    assert (await cyclist.get("/mes-velos")).html.xpath(f"//a[@href='/mes-velos/fichiers/{photo.id}']/img")
    assert await (await cyclist.client.get(f"/mes-velos/fichiers/{invoice.id}")).read() == PDF
    assert (await (await open_browser(lomme.alice)).get(f"/mes-velos/fichiers/{invoice.id}")).status == 404
    await send_files(volunteer, path, path, words | {"remove": str(photo.id)}, [])
    async with connection(instance.pool) as conn:
        assert [one.id for one in await files.list_of_result(conn, result_id)] == [invoice.id]


async def test_who_walked_in_is_noted_without_any_name_and_it_stays(
    manager: Browser, volunteer: Browser, instance: Instance, rayon: Actor
) -> None:
    await manager.send(HOME, RULES, form_on=HOME)
    past = datetime.now(UTC) - timedelta(days=3)
    async with transaction(instance.pool) as conn:
        came = WalkIn(begins_at=past, ends_at=past + timedelta(hours=1), name="Mme Petit", phone="06 11 22 33 44")
        await appointment_books.add_walk_in(conn, await find_book(instance, rayon), came)
    week = await volunteer.get(f"{HOME}?semaine={past.astimezone(PARIS).date()}")
    [path] = [one for one in week.html.xpath("//a/@href") if "/passage/" in one]

    first = await volunteer.send(path, TAPS, form_on=path)
    again = await volunteer.get(path)
    await volunteer.send(path, TAPS | {"outcome": "fixed"}, form_on=path)

    assert first.location == f"{HOME}?fait=result_alone"
    for page in (again, await volunteer.get(first.location)):
        assert "données ouvertes" in page.words()
    assert "Seuls les gens" not in again.words()
    assert again.html.xpath("//input[@name='outcome'][@checked]/@value") == ["repairable"]
    async with transaction(instance.pool) as conn:
        [row] = await fetch_records(conn, "SELECT * FROM repair_result")
        assert "Petit" not in str(dict(row)) and "06 11" not in str(dict(row))
        assert (row["outcome"], row["agreement_id"], row["cyclist_id"], row["uri"]) == ("fixed", None, None, None)
        assert row["repaired_on"] == past.astimezone(PARIS).date()
        await conn.execute(
            "UPDATE walk_in SET begins_at = begins_at - interval '40 days', ends_at = ends_at - interval '40 days'"
        )
        assert await appointment_books.forget_over(conn) == 1
        assert len(await fetch_records(conn, "SELECT * FROM repair_result")) == 1
    assert (await volunteer.get(path)).status == 404
