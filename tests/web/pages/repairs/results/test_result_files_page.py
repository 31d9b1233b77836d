"""Who repaired sends pictures and the invoice with the result: for the owner, who keeps them or does not."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest

from federation.instance import Instance
from models.exchanges.agreements import Agreement
from models.people.actors import Actor
from models.repairs.bikes import files
from models.store.database import connection, fetch_column, transaction
from tests.bikes import make_bike
from tests.factories import make_agreement
from tests.picture_files import draw, encode
from tests.sample_village import Village
from tests.web.pages.conftest import Browser
from tests.web.pages.repairs.bikes.test_my_bikes import PDF, send_files

OpenBrowser = Callable[[Actor | None], Awaitable[Browser]]

TAPS = {"organ": "brakes", "outcome": "fixed", "time": "30"}

PHOTO = encode(draw())


@pytest.fixture
async def path(instance: Instance, lomme: Village) -> str:
    """Maryse came to Hocine's call an hour ago: the page of the result."""
    begins_at = datetime.now(UTC) - timedelta(hours=1)
    async with transaction(instance.pool) as conn:
        held = await make_agreement(
            conn, lomme.call, lomme.alice, state="agreed", begins_at=begins_at, agreed_at=begins_at
        )
    return path_of(held)


def path_of(held: Agreement) -> str:
    return f"/echanges/{held.exchange_id}/resultat"


@pytest.fixture
async def maryse(open_browser: OpenBrowser, lomme: Village) -> Browser:
    """Who repairs."""
    return await open_browser(lomme.alice)


@pytest.fixture
async def hocine(open_browser: OpenBrowser, lomme: Village) -> Browser:
    """Whose bike it is."""
    return await open_browser(lomme.hocine)


async def list_kinds(instance: Instance) -> list[str]:
    async with connection(instance.pool) as conn:
        return await fetch_column(conn, "SELECT kind FROM bike_file WHERE result_id IS NOT NULL ORDER BY id")


async def test_they_go_to_the_book_once_the_owner_says_so(
    maryse: Browser, hocine: Browser, lomme: Village, instance: Instance, path: str
) -> None:
    sent = [("photos", PHOTO, "frein.jpg"), ("invoice", PDF, "facture.pdf")]
    noted = await send_files(maryse, path, path, TAPS, sent)
    assert noted.location.endswith("fait=done") and await list_kinds(instance) == ["photo", "invoice"]
    async with connection(instance.pool) as conn:
        photo, invoice = await fetch_column(conn, "SELECT id FROM bike_file ORDER BY id")
        bike_id = await make_bike(conn, lomme.hocine)
    mended = await maryse.get(path)
    assert len(mended.html.xpath("//input[@name='remove']")) == 2
    assert "si Hocine les accepte, et s’effacent en cas de refus" in mended.words()
    asked = await hocine.get("/mes-velos")
    [result_id] = {one.rpartition("/")[2] for one in asked.html.xpath("//form/@action") if "propositions" in one}
    for reader in (maryse, hocine):
        answer = await reader.client.get(f"/mes-velos/fichiers/{invoice}")
        assert answer.status == 200 and await answer.read() == PDF
    assert asked.html.xpath(f"//a[@href='/mes-velos/fichiers/{photo}']/img")
    assert "Des photos, la facture" not in (await hocine.get(path)).words()

    await hocine.send(
        f"/mes-velos/propositions/{result_id}", {"act": "keep", "bike": str(bike_id)}, form_on="/mes-velos"
    )

    async with connection(instance.pool) as conn:
        assert [one.id for one in await files.list_of_bike(conn, bike_id)] == [photo, invoice]
    assert (await maryse.client.get(f"/mes-velos/fichiers/{invoice}")).status == 404
    assert "Des photos, la facture" not in (await maryse.get(path)).words()


async def test_she_may_take_one_away_as_long_as_nobody_answered(maryse: Browser, instance: Instance, path: str) -> None:
    await send_files(maryse, path, path, TAPS, [("photos", PHOTO, "a.jpg"), ("photos", PHOTO, "b.jpg")])
    async with connection(instance.pool) as conn:
        first, second = await fetch_column(conn, "SELECT id FROM bike_file ORDER BY id")

    await send_files(maryse, path, path, TAPS | {"remove": str(first)}, [("invoice", PHOTO, "c.jpg")])

    async with connection(instance.pool) as conn:
        assert (await fetch_column(conn, "SELECT id FROM bike_file ORDER BY id"))[0] == second
    assert await list_kinds(instance) == ["photo", "invoice"]


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ([("photos", b"<svg onload=alert(1)>", "x.jpg")], "n’est pas une photo"),
        ([("invoice", b"MZ not a pdf", "x.pdf")], "ni un PDF ni une photo"),
        ([("photos", PHOTO, "a.jpg")] * 4, "3 photos au plus avec un résultat"),
        ([("photos", PHOTO, "a.jpg"), ("invoice", b"MZ", "x.pdf")], "ni un PDF ni une photo"),
    ],
)
async def test_what_cannot_be_kept_is_said_and_nothing_is_noted(
    maryse: Browser, instance: Instance, path: str, sent: list[tuple[str, bytes, str]], sentence: str
) -> None:
    answer = await send_files(maryse, path, path, TAPS | {"learnt": "La gaine était percée."}, sent)

    assert answer.status == 422 and sentence in answer.words() and "La gaine était percée." in answer.text
    assert await list_kinds(instance) == []
    assert not [*instance.store.folder.rglob("*.private-*")]
