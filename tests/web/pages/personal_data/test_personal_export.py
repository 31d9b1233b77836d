"""Taking one's data along by the page: asked for, made in the background, fetched by its owner alone."""

from io import BytesIO
from zipfile import ZipFile

from models.listings.listings import ListingDraft
from models.people import actors
from models.personal_data import export_archives
from models.store.database import execute, fetch_value, transaction
from outbox.listings.listings import publish
from tests.rulings import rule
from tests.web.form_client import Doorbell, Visitor, add_member
from web.personal_export.job import make_archive

HERE = "/compte/donnees"

FILE = f"{HERE}/archive"


async def enter(door: Doorbell, username: str = "alice") -> Visitor:
    visitor = await (await door.ring()).log_in(username)
    return await visitor.open(HERE)


async def make(door: Doorbell) -> None:
    """What the worker does."""
    async with transaction(door.instance.pool) as conn:
        id = await fetch_value(conn, "SELECT id FROM archive WHERE state = 'making'")
    await make_archive(door.instance, {"archive_id": id})


async def test_strangers_are_led_to_the_log_in(door: Doorbell) -> None:
    visitor = await door.ring()

    assert (await visitor.open(HERE)).path == f"/connexion?retour={HERE}"
    assert (await visitor.open(FILE)).path == f"/connexion?retour={FILE}"


async def test_an_archive_is_asked_for_made_and_fetched(door: Doorbell) -> None:
    visitor = await enter(door)

    await visitor.send(HERE)
    assert visitor.path == f"{HERE}?fait=requested" and "En préparation" in visitor.text
    assert (await visitor.open(FILE)).status == 404
    await make(door)
    await visitor.open(HERE)
    assert "Le fichier est prêt" in visitor.text and "\u00a0Mo, gardé jusqu’au" in visitor.text

    answer = await visitor.client.get(FILE)
    body = await answer.read()
    assert answer.status == 200 and body[:2] == b"PK" and answer.content_type == "application/zip"
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="declic-alice-')
    assert answer.headers["Cache-Control"] == "private, no-store"


async def test_a_second_one_right_after_is_not_made(door: Doorbell) -> None:
    visitor = await enter(door)
    await visitor.send(HERE)
    await make(door)
    await visitor.open(HERE)

    await visitor.send(HERE)

    assert visitor.path == f"{HERE}?fait=already" and "tout frais" in visitor.text


async def test_nobody_else_fetches_it(door: Doorbell) -> None:
    alice = await enter(door)
    await alice.send(HERE)
    await make(door)
    await add_member(door.instance, "hocine")
    hocine = await enter(door, "hocine")

    assert (await hocine.open(FILE)).status == 404
    assert "Le fichier est prêt" not in (await hocine.open(HERE)).text


async def test_after_its_week_it_is_gone(door: Doorbell) -> None:
    visitor = await enter(door)
    await visitor.send(HERE)
    await make(door)
    async with transaction(door.instance.pool) as conn:
        await execute(conn, "UPDATE archive SET expires_at = now() - interval '1 s'")

    assert (await visitor.open(FILE)).status == 404
    assert "Prendre mes données</button>" in (await visitor.open(HERE)).text


async def test_one_that_failed_can_be_asked_for_again(door: Doorbell) -> None:
    visitor = await enter(door)
    await visitor.send(HERE)
    async with transaction(door.instance.pool) as conn:
        await export_archives.fail(conn, await fetch_value(conn, "SELECT id FROM archive"))

    await visitor.open(HERE)
    assert "La préparation a échoué" in visitor.text
    await visitor.send(HERE)
    assert "En préparation" in visitor.text


async def test_who_is_suspended_logs_in_and_takes_all_of_hers_along(door: Doorbell) -> None:
    async with transaction(door.instance.pool) as conn:
        alice = await actors.get_local(conn, "alice")
        tent = await publish(conn, door.instance.site, alice, ListingDraft(kind="offer", mode="gift", title="Tipi"))
        await rule(conn, alice, "suspend", site=door.instance.site)

    visitor = await enter(door)
    await visitor.send(HERE)
    await make(door)
    answer = await visitor.client.get(FILE)

    with ZipFile(BytesIO(await answer.read())) as archive:
        held = "".join(archive.read(name).decode(errors="replace") for name in archive.namelist())
    assert answer.status == 200 and "Tipi" in held and tent.uri in held
