"""A member notes her bikes and keeps their books; nobody else reads them, and what a repairer says waits for her."""

from collections.abc import Awaitable, Callable

import pytest
from aiohttp import FormData

from federation.instance import Instance
from federation.media import media_cleanup
from models.people.actors import Actor
from models.repairs.bikes import bikes, entries, files, links
from models.repairs.bikes.bikes import MOST_BIKES
from models.repairs.bikes.files import MOST_BYTES
from models.store.database import connection, execute, fetch_column, fetch_value, transaction
from tests.bikes import make_bike, make_result
from tests.factories import make_agreement, make_listing
from tests.picture_files import draw, encode
from tests.repair_shops import make_shop
from tests.sample_village import Village
from tests.web.pages.conftest import Browser, Page

BIKE = {"name": "Le bleu", "bike_type": "cargo", "brand": "Gitane", "made_in": "1998", "frame_number": "ab 12-34 567"}
LINE = {"title": "Chaîne changée", "done_on": "2026-05-03", "repairer": "Karim", "parts": "Chaîne\nAttache rapide"}

PDF = b"%PDF-1.4\n%%EOF\n"


OpenBrowser = Callable[[Actor | None], Awaitable[Browser]]


@pytest.fixture
async def hocine(open_browser: OpenBrowser, lomme: Village) -> Browser:
    """Another member."""
    return await open_browser(lomme.hocine)


async def send_files(
    browser: Browser, path: str, form_on: str, fields: dict[str, str], sent: list[tuple[str, bytes, str]]
) -> Page:
    """A form sent with files: field, content, name."""
    page = await browser.get(form_on)
    data = FormData(default_to_multipart=True)
    data.add_field("csrf_token", page.html.xpath("string(//form[@enctype]//input[@name='csrf_token']/@value)"))
    for name, value in fields.items():
        data.add_field(name, value)
    for field, content, name in sent:
        data.add_field(field, content, filename=name, content_type="application/octet-stream")
    answer = await browser.client.post(path, data=data, headers={"Accept": "text/html"}, allow_redirects=False)
    return await browser.read(answer)


async def add_bike(instance: Instance, owner: Actor, name: str = "Le bleu") -> str:
    async with transaction(instance.pool) as conn:
        return f"/mes-velos/{await make_bike(conn, owner, name)}"


async def test_a_bike_is_noted_and_shown_with_its_number_behind_a_tap(alice: Browser, instance: Instance) -> None:
    answer = await alice.send("/mes-velos/nouveau", BIKE, form_on="/mes-velos/nouveau")

    page = await alice.get(answer.location)
    assert "Votre vélo est noté" in page.words() and "Année 1998" in page.words()
    assert page.html.xpath("string(//details/summary[contains(., 'cadre')])").strip().endswith("…567")
    assert "AB1234567" in page.html.xpath("string(//details[summary[contains(., 'cadre')]])")
    listed = await alice.get("/mes-velos")
    assert "Le bleu" in listed.words() and "AB1234567" not in listed.text


async def test_what_is_wrong_comes_back_with_what_was_typed(alice: Browser) -> None:
    answer = await alice.send("/mes-velos/nouveau", BIKE | {"name": "", "made_in": "12"}, form_on="/mes-velos/nouveau")

    assert answer.status == 422
    assert "Donnez-lui un nom" in answer.words() and "de 1880 à" in answer.words()
    assert answer.html.xpath("string(//input[@name='brand']/@value)") == "Gitane"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [("AB 12", "de 5 à 40 signes"), ("ÉTÉ12345", "des lettres sans accent"), (" - ", "Tapez le numéro")],
)
async def test_a_number_that_nobody_could_ask_for_is_refused(alice: Browser, typed: str, sentence: str) -> None:
    answer = await alice.send("/mes-velos/nouveau", BIKE | {"frame_number": typed}, form_on="/mes-velos/nouveau")

    assert answer.status == 422 and sentence in answer.words()
    assert answer.html.xpath("string(//input[@name='frame_number']/@value)") == typed


async def test_of_a_stolen_bike_without_number_nobody_can_ask(
    alice: Browser, lomme: Village, instance: Instance
) -> None:
    path = await add_bike(instance, lomme.alice)
    await alice.send(f"{path}/etat", {"state": "stolen"}, form_on=path)
    without = await alice.get(path)

    await alice.send(f"{path}/modifier", BIKE, form_on=f"{path}/modifier")

    assert "personne ne peut demander s’il est volé" in without.words()
    assert "personne ne peut demander" not in (await alice.get(path)).words()


async def test_the_fifty_first_bike_is_refused(alice: Browser, lomme: Village, instance: Instance) -> None:
    async with transaction(instance.pool) as conn:
        for number in range(MOST_BIKES):
            await make_bike(conn, lomme.alice, f"Vélo {number}")

    answer = await alice.send("/mes-velos/nouveau", BIKE, form_on="/mes-velos/nouveau")

    assert answer.status == 422 and "50 vélos au plus" in answer.words()


async def test_lines_stand_by_year_and_are_changed_and_struck(
    alice: Browser, lomme: Village, instance: Instance
) -> None:
    home = await add_bike(instance, lomme.alice)
    await alice.send(f"{home}/ligne", LINE, form_on=f"{home}/ligne")
    older = await alice.send(f"{home}/ligne", {"title": "Pneu avant", "done_on": "2025-01-02"}, form_on=f"{home}/ligne")

    page = await alice.get(home)
    assert page.html.xpath("//section[@aria-labelledby='carnet']//h3/text()") == ["2026", "2025"]
    assert "Pièces : Chaîne, Attache rapide" in page.words() and "par Karim" in page.words()
    edit = f"{home}/lignes/{older.location.rpartition('ligne-')[2]}"
    await alice.send(edit, {"title": "Pneu arrière", "done_on": "2025-01-02"}, form_on=edit)
    assert "Pneu arrière" in (await alice.get(home)).words()
    await alice.send(f"{edit}/retirer", {}, form_on=edit)
    assert "Pneu arrière" not in (await alice.get(home)).words()


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"title": ""}, "Dites en quelques mots"),
        ({"done_on": "2987-01-01"}, "pas encore venu"),
        ({"kilometres": "beaucoup"}, "un nombre entier"),
        ({"parts": "x\n" * 21}, "20 pièces au plus"),
    ],
)
async def test_a_line_that_cannot_be_is_refused(
    alice: Browser, lomme: Village, instance: Instance, wrong: dict[str, str], sentence: str
) -> None:
    home = await add_bike(instance, lomme.alice)

    answer = await alice.send(f"{home}/ligne", LINE | wrong, form_on=f"{home}/ligne")

    assert answer.status == 422 and sentence in answer.words()
    assert answer.html.xpath("string(//input[@name='repairer']/@value)") == "Karim"


async def test_pictures_and_the_invoice_are_answered_to_their_owner_alone(
    alice: Browser, hocine: Browser, visitor: Browser, lomme: Village, instance: Instance
) -> None:
    home = await add_bike(instance, lomme.alice)
    sent = [("photos", encode(draw()), "roue.jpg"), ("invoice", PDF, '"; x=../../etc.pdf')]
    await send_files(alice, f"{home}/ligne", f"{home}/ligne", LINE, sent)
    addresses = sorted(set((await alice.get(home)).html.xpath("//main//a[contains(@href, 'fichiers')]/@href")))

    assert len(addresses) == 2
    for address in addresses:
        answer = await alice.client.get(address)
        assert answer.status == 200 and answer.headers["Cache-Control"] == "private, no-store"
        assert (
            answer.headers["X-Content-Type-Options"] == "nosniff" and "etc" not in answer.headers["Content-Disposition"]
        )
        assert (await hocine.get(address)).status == 404
        assert (await visitor.get(address)).status == 303
    async with connection(instance.pool) as conn:
        keys = await fetch_column(conn, "SELECT file_key FROM bike_file")
        [pdf] = await fetch_column(conn, "SELECT id FROM bike_file WHERE kind = 'invoice'")
    answer = await alice.client.get(f"/mes-velos/fichiers/{pdf}")
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="facture-2')
    assert await answer.read() == PDF
    assert [(await alice.get(f"/media/{key}")).status for key in keys] == [404, 404]


@pytest.mark.parametrize(
    ("field", "content", "sentence"),
    [
        ("photos", b"<svg onload=alert(1)>", "n’est pas une photo"),
        ("invoice", b"MZ not a pdf", "ni un PDF ni une photo"),
        ("invoice", PDF + b"x" * MOST_BYTES, "trop lourde"),
    ],
)
async def test_what_is_no_file_of_a_book_is_refused_and_the_line_stands(
    alice: Browser, lomme: Village, instance: Instance, field: str, content: bytes, sentence: str
) -> None:
    home = await add_bike(instance, lomme.alice)

    answer = await send_files(alice, f"{home}/ligne", f"{home}/ligne", LINE, [(field, content, "x.pdf")])

    assert answer.status == 422 and sentence in answer.words()
    async with connection(instance.pool) as conn:
        assert await fetch_value(conn, "SELECT count(*) FROM bike_entry") == 1
        assert await fetch_value(conn, "SELECT count(*) FROM bike_file") == 0


async def test_files_go_with_their_bike(alice: Browser, lomme: Village, instance: Instance) -> None:
    home = await add_bike(instance, lomme.alice)
    await send_files(alice, f"{home}/ligne", f"{home}/ligne", LINE, [("photos", encode(draw()), "roue.jpg")])
    async with connection(instance.pool) as conn:
        [key] = await fetch_column(conn, "SELECT file_key FROM bike_file")
    assert instance.store.find(key) is not None and not await media_cleanup.sweep(instance, settled=-1)

    unsure = await alice.send(f"{home}/effacer", {}, form_on=f"{home}/modifier")
    gone = await alice.send(f"{home}/effacer", {"sure": "1"}, form_on=f"{home}/modifier")

    assert unsure.status == 422 and gone.location == "/mes-velos?fait=removed"
    await media_cleanup.clean_up(instance)
    assert instance.store.find(key) is None
    assert (await alice.get(home)).status == 404


@pytest.mark.parametrize("part", ["", "/modifier", "/ligne", "/imprimer"])
async def test_bikes_of_others_are_missing(hocine: Browser, lomme: Village, instance: Instance, part: str) -> None:
    home = await add_bike(instance, lomme.alice)

    assert (await hocine.get(f"{home}{part}")).status == 404


@pytest.mark.parametrize("path", ["/etat", "/effacer", "/ligne", "/modifier"])
async def test_nobody_changes_bikes_of_others(hocine: Browser, lomme: Village, instance: Instance, path: str) -> None:
    home = await add_bike(instance, lomme.alice)

    answer = await hocine.send(f"{home}{path}", BIKE | LINE | {"state": "stolen", "sure": "1"}, form_on="/mes-velos")

    assert answer.status == 404
    async with connection(instance.pool) as conn:
        [held] = await bikes.list_own(conn, lomme.alice.id)
        assert held.stolen_at is None and not await entries.count(conn, held.id)


async def test_stolen_and_found_parted_with_and_ridden_again(
    alice: Browser, lomme: Village, instance: Instance
) -> None:
    home = await add_bike(instance, lomme.alice)

    stolen = await alice.send(f"{home}/etat", {"state": "stolen"}, form_on=home)
    assert "Volé, noté le" in (await alice.get(stolen.location)).words()
    await alice.send(f"{home}/etat", {"state": "found"}, form_on=home)
    await alice.send(f"{home}/etat", {"state": "sold"}, form_on=home)
    listed = await alice.get("/mes-velos")
    assert "Le bleu" in listed.html.xpath("string(//section[@aria-labelledby='partis'])")
    await alice.send(f"{home}/etat", {"state": "back"}, form_on=home)

    async with connection(instance.pool) as conn:
        [held] = await bikes.list_own(conn, lomme.alice.id)
    assert (held.stolen_at, held.left_at, held.left_how) == (None, None, None)


async def test_what_a_repairer_says_waits_and_is_kept_once(
    alice: Browser, hocine: Browser, lomme: Village, instance: Instance
) -> None:
    home = await add_bike(instance, lomme.alice)
    async with transaction(instance.pool) as conn:
        first = await make_result(conn, lomme.alice, repairer_id=lomme.hocine.id)
        second = await make_result(conn, lomme.alice, organ="brakes")
    assert "2 réparations à ranger" in (await alice.get("/compte")).words()
    asked = (await alice.get("/mes-velos")).words()
    assert "Chaîne : réparé" in asked and "Ranger dans le carnet de Le bleu" in asked

    keep, bike = f"/mes-velos/propositions/{first}", {"bike": home.rpartition("/")[2]}
    other = await hocine.send(keep, bike, form_on="/mes-velos")
    kept = await alice.send(keep, bike, form_on="/mes-velos")
    again = await alice.send(keep, bike, form_on="/mes-velos")
    declined = await alice.send(f"/mes-velos/propositions/{second}", {"act": "decline"}, form_on="/mes-velos")

    assert other.status == 404 and kept.location == f"{home}?fait=kept"
    assert again.location == "/mes-velos?fait=answered" and declined.location == "/mes-velos?fait=declined"
    page = (await alice.get(home)).words()
    assert "Chaîne : réparé" in page and f"par {lomme.hocine.display_name}" in page and "25 minutes" in page
    assert "À ranger" not in (await alice.get("/mes-velos")).words()
    async with connection(instance.pool) as conn:
        assert await fetch_column(conn, "SELECT book_answer FROM repair_result ORDER BY id") == ["kept", "declined"]


async def test_the_thread_asks_too_and_knows_which_bike_the_call_was_about(
    hocine: Browser, lomme: Village, instance: Instance
) -> None:
    async with transaction(instance.pool) as conn:
        await make_bike(conn, lomme.hocine, "Le rouge")
        blue = await make_bike(conn, lomme.hocine, "Le bleu")
        held = await make_agreement(conn, lomme.call, lomme.alice, state="done")
        await links.link_listing(conn, lomme.call.id, blue)
        await make_result(conn, lomme.hocine, agreement_id=held.id, author_id=lomme.alice.id)

    page = await hocine.get(f"/echanges/{held.exchange_id}")

    assert "Pour le carnet de votre vélo" in page.words()
    assert page.html.xpath("string(//option[@selected][contains(., 'bleu')])") == "Le bleu"


async def test_a_bike_and_its_files_are_hers_by_the_row(lomme: Village, instance: Instance) -> None:
    async with transaction(instance.pool) as conn:
        bike = await make_bike(conn, lomme.alice)
        stored = files.StoredFile(mime_type="image/jpeg", file_key="k", thumbnail_key=None, byte_size=9)
        await files.add(conn, bike, None, "photo", stored)
        await files.add(conn, bike, None, "photo", stored)
        assert len(await files.list_of_bike(conn, bike)) == 1
        await execute(conn, "DELETE FROM bike WHERE id = $1", bike)
        assert await fetch_column(conn, "SELECT key FROM unused_file WHERE key = 'k'") == ["k"]


@pytest.mark.parametrize("shop", [True, False])
async def test_an_appointment_is_about_one_of_hers(
    alice: Browser, lomme: Village, instance: Instance, shop: bool
) -> None:
    home = await add_bike(instance, lomme.alice)
    async with transaction(instance.pool) as conn:
        owner = await make_shop(conn) if shop else lomme.hocine
        listing = await make_listing(conn, owner, mode="service", title="Rendez-vous")
        held = await make_agreement(conn, listing, lomme.alice)
    thread, bike = f"/echanges/{held.exchange_id}", {"bike": home.rpartition("/")[2]}

    assert ("Pour lequel de vos vélos" in (await alice.get(thread)).words()) is shop
    path = f"/mes-velos/rendez-vous/{held.id}"
    answer = await alice.send(path, bike | {"back": thread}, form_on="/mes-velos/nouveau")

    assert (answer.status, answer.location) == ((303, thread) if shop else (404, ""))
    async with connection(instance.pool) as conn:
        assert (await links.find_bike(conn, lomme.alice.id, held.id) is not None) is shop
