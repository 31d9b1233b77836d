"""What is to be done on a bike stands on its page, is done by a line, or put off; the book is taken along."""

import io
import json
from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from zipfile import ZipFile

import pytest

from federation.instance import Instance
from federation.media_store import PRIVATE_PDF
from models.people import accounts
from models.people.actors import Actor
from models.repairs.bikes import bikes, entries, files, reminders
from models.repairs.bikes.entries import EntryDetails
from models.repairs.bikes.files import StoredFile
from models.repairs.bikes.reminders import Rhythm
from models.store.database import connection, transaction
from outbox.people import accounts as account_verbs
from tests.bikes import make_bike, make_result
from tests.sample_village import Village
from tests.web.pages.conftest import Browser
from web.pages.repairs.bikes.reminders_page import today
from web.personal_export.bikes import write_bikes
from web.personal_export.records import ArchiveOwner
from web.personal_export.zip_writer import open_zip

OpenBrowser = Callable[[Actor | None], Awaitable[Browser]]


@pytest.fixture
async def home(instance: Instance, lomme: Village) -> str:
    """A cargo bike of Alice's."""
    async with transaction(instance.pool) as conn:
        return f"/mes-velos/{await make_bike(conn, lomme.alice, bike_type='cargo')}"


async def test_what_is_usual_for_the_kind_is_chosen_by_a_tap(alice: Browser, home: str) -> None:
    page = await alice.get(f"{home}/rappels")
    assert "la charge les use, tous les 3 mois ou tous les 500 km" in page.words()

    answer = await alice.send(f"{home}/rappels", {"usual": "0"}, form_on=f"{home}/rappels")

    assert answer.location == f"{home}?fait=reminder#rappels"
    assert "Regarder les freins" in (await alice.get(home)).words()


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"title": "Selle"}, "Dites tous les combien"),
        ({"title": "", "every_months": "3"}, "Dites ce qu’il faudra regarder"),
        ({"title": "Selle", "every_months": "0"}, "de 1 à 120"),
        ({"title": "Selle", "every_km": "3"}, "de 10 à 100"),
        ({"title": "Selle", "every_months": "x"}, "un nombre entier"),
    ],
)
async def test_a_rhythm_that_is_none_is_refused(
    alice: Browser, home: str, fields: dict[str, str], sentence: str
) -> None:
    answer = await alice.send(f"{home}/rappels", fields, form_on=f"{home}/rappels")

    assert answer.status == 422 and sentence in answer.words()


async def test_it_is_due_put_off_and_done_by_a_line(alice: Browser, home: str, instance: Instance) -> None:
    bike = int(home.rpartition("/")[2])
    async with transaction(instance.pool) as conn:
        rhythm = Rhythm(title="Graisser la chaîne", organ="chain", every_months=1)
        await reminders.add(conn, bike, rhythm, on=today() - timedelta(days=40), kilometres=None)
        [held] = await reminders.list_of_bike(conn, bike)
    assert "Une chose à faire" in (await alice.get(home)).words()

    act = {"reminder": str(held.id), "act": "later"}
    await alice.send(f"{home}/rappels/un", act, form_on=home)
    assert "Remis au" in (await alice.get(home)).words()
    form = await alice.get(f"{home}/ligne?rappel={held.id}")
    assert form.html.xpath("string(//input[@name='title']/@value)") == "Graisser la chaîne"
    line = {"title": "Chaîne graissée", "done_on": today().isoformat(), "kilometres": "1200", "reminder": str(held.id)}
    await alice.send(f"{home}/ligne", line, form_on=home)

    async with connection(instance.pool) as conn:
        [done] = await reminders.list_of_bike(conn, bike)
    assert (done.since_on, done.since_km, done.put_off_until) == (today(), 1200, None)
    assert "À faire un jour" in (await alice.get(home)).words()
    await alice.send(f"{home}/rappels/un", act | {"act": "remove"}, form_on=home)
    assert "Graisser la chaîne" not in (await alice.get(home)).words()


async def test_kilometres_are_told_and_a_guess_is_called_one(alice: Browser, home: str, instance: Instance) -> None:
    wrong = await alice.send(f"{home}/kilometres", {"kilometres": "loin"}, form_on=home)
    told = await alice.send(f"{home}/kilometres", {"kilometres": "1 234"}, form_on=home)

    assert wrong.status == 422 and told.location == f"{home}?fait=kilometres#rappels"
    assert "1 234 km, dits le" in (await alice.get(home)).words()


@pytest.mark.parametrize("path", ["/rappels", "/carnet.json", "/carnet.csv"])
async def test_nobody_else_reads_it(open_browser: OpenBrowser, lomme: Village, home: str, path: str) -> None:
    assert (await (await open_browser(lomme.hocine)).get(f"{home}{path}")).status == 404


async def test_the_book_is_a_table_and_json(alice: Browser, home: str, instance: Instance) -> None:
    async with transaction(instance.pool) as conn:
        details = EntryDetails(
            done_on=date(2026, 5, 3), title="=1+1", organ="chain", outcome="fixed", parts=("Chaîne",)
        )
        await entries.add(conn, int(home.rpartition("/")[2]), details)

    table, told = await alice.get(f"{home}/carnet.csv"), await alice.get(f"{home}/carnet.json")

    assert "2026-05-03;'=1+1;Chaîne;réparé;;Chaîne;;;" in table.text
    [line] = json.loads(told.text)["entries"]
    assert line["title"] == "=1+1" and "id" not in line and "owner_id" not in json.loads(told.text)
    assert table.headers["Content-Disposition"] == 'attachment; filename="carnet.csv"'


async def test_all_of_it_is_in_her_archive(lomme: Village, home: str, instance: Instance) -> None:
    key = await instance.store.save(b"%PDF-1.4", PRIVATE_PDF)
    async with transaction(instance.pool) as conn:
        entry = await entries.add(
            conn, int(home.rpartition("/")[2]), EntryDetails(done_on=date(2026, 5, 3), title="Chaîne")
        )
        stored = StoredFile(mime_type="application/pdf", file_key=key, thumbnail_key=None, byte_size=8)
        await files.add(conn, int(home.rpartition("/")[2]), entry, "invoice", stored)
        await make_result(conn, lomme.alice, organ="brakes")
        account = await accounts.get(conn, lomme.alice.id)
    file = io.BytesIO()

    with open_zip(file, instance.store) as parcel:
        await write_bikes(ArchiveOwner(instance=instance, account=account, actor=lomme.alice), parcel)
        await parcel.add_photos()

    found = json.loads(ZipFile(file).read("bikes.json"))
    assert [one["title"] for one in found["bikes"][0]["entries"]] == ["Chaîne"]
    assert found["waiting"][0]["organ"] == "brakes"
    [place] = found["bikes"][0]["files"]
    assert place.endswith(".pdf") and ZipFile(file).read(place) == b"%PDF-1.4"


async def test_bikes_go_when_she_does(lomme: Village, home: str, instance: Instance) -> None:
    async with transaction(instance.pool) as conn:
        await account_verbs.delete(conn, instance.site, lomme.alice)

    async with connection(instance.pool) as conn:
        assert await bikes.list_own(conn, lomme.alice.id) == []
