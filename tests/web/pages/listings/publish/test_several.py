"""Several listings from a table: every mistake by its line and nothing published, then all of them once."""

import tracemalloc
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest
from aiohttp import FormData

from federation.instance import Instance
from models import preferences
from models.listings.listings import Listing, list_by_posts
from models.people.actors import Actor
from models.posts.media import media
from models.store.database import connection, execute, fetch_column, fetch_value, transaction
from tests.factories import make_member
from tests.sample_village import Village
from tests.subcategories import SUBCATEGORIES
from tests.web.pages.conftest import Browser, Page
from tests.web.pages.listings.publish.test_publish_page import PHOTO
from web.pages.listings.publish.several.listing_table import MODEL, MOST_LINES, read_table
from web.pages.listings.publish.several.table_photos import AT_ONCE

OpenBrowser = Callable[[Actor | None], Awaitable[Browser]]

PAGE = "/publier/plusieurs"


async def send(
    browser: Browser, page: Page, *, table: bytes | str = "", photos: tuple[str, ...] = (), **fields: str
) -> Page:
    """A table, as a file where it is bytes, with photos of these names; hidden fields as the page has them."""
    data = FormData(default_to_multipart=True)
    form = page.html.xpath("//form[@enctype]")[0 if fields.get("act") else -1]
    for name, value in form.form_values():
        if name != "table" or not table:
            data.add_field(name, value)
    for name, value in fields.items():
        data.add_field(name, value)
    if isinstance(table, bytes):
        data.add_field("file", table, filename="annonces.csv", content_type="text/csv")
    elif table:
        data.add_field("table", table)
    for name in photos:
        data.add_field("photos", PHOTO.read_bytes(), filename=name, content_type="image/jpeg")
    answer = await browser.client.post(PAGE, data=data, headers={"Accept": "text/html"}, allow_redirects=False)
    return await browser.read(answer)


def faults(page: Page) -> list[str]:
    """What is said of the lines."""
    found = page.html.xpath("//section[@aria-labelledby='fautes']//li")
    return [" ".join(one.text_content().replace("\u00a0", " ").split()) for one in found]


async def count(instance: Instance) -> int:
    async with connection(instance.pool) as conn:
        return int(await fetch_value(conn, "SELECT count(*) FROM post WHERE kind = 'listing'"))


async def find_new(instance: Instance, most: int) -> list[Listing]:
    """The newest listings, in the order of the table."""
    async with connection(instance.pool) as conn:
        ids = await fetch_column(conn, "SELECT post_id FROM listing ORDER BY post_id DESC LIMIT $1", most)
        found = await list_by_posts(conn, ids)
    return [found[id] for id in sorted(ids)]


async def test_the_model_is_a_table_that_is_published_with_its_photos_by_name_and_once(
    alice: Browser, instance: Instance
) -> None:
    page, model = await alice.get(PAGE), await alice.get(f"{PAGE}/modele.csv")
    before = await count(instance)

    names = ("TENTE-1.JPG", "tente-2.jpg", "canape.jpg")
    ready = await send(alice, page, table=model.text.encode("utf-8-sig"), photos=names)
    assert faults(ready) == [] and "3 annonces sont prêtes" in ready.words() and await count(instance) == before
    done, again = await send(alice, ready, act="publish"), await send(alice, ready, act="publish")

    assert (done.status, done.location.partition("?")[0], again.status) == (303, "/chez-moi", 303)
    assert await count(instance) == before + 3
    tent, sofa, move = await find_new(instance, 3)
    assert (tent.details.title, tent.details.mode, tent.details.max_duration) == ("Tente 4 places", "loan", "P1W")
    assert (tent.details.category, tent.details.condition, str(tent.details.deposit)) == ("camping", "good", "50")
    assert (sofa.details.mode, sofa.details.place_name, tent.details.expires_at) == ("gift", "Lomme", None)
    assert (move.details.kind, move.details.mode) == ("request", "service")
    async with connection(instance.pool) as conn:
        photos = await media.list_by_posts(conn, [tent.id, sofa.id, move.id])
    assert [len(photos[one.id]) for one in (tent, sofa, move)] == [2, 1, 0]
    assert "Vos annonces sont publiées" in (await alice.get(done.location)).words()


def test_a_subcategory_of_the_cooperative_is_known_by_its_name() -> None:
    text = "Titre;Mode;Catégorie\nAbri;prêt;tentes de TOIT\nTente;prêt;camping\n"

    table = read_table(text, lambda sentence, /, **values: sentence % values, ("loan",), {}, SUBCATEGORIES)

    assert [one.values["category"] for one in table.lines] == ["camping.tentes-de-toit", "camping"]
    assert table.faults == ()


@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
async def test_tables_are_read_as_spreadsheets_write_them(alice: Browser, separator: str, encoding: str) -> None:
    rows = [["Titre", "Mode", "Catégorie"], ["Vélo d’été", "Prêt", "vélos et accessoires"], ["", "", ""]]
    text = "\r\n".join(separator.join(row) for row in rows)

    ready = await send(alice, await alice.get(PAGE), table=text.encode(encoding))

    assert "Une annonce est prête" in ready.words() and "Vélo d’été" in ready.words(), faults(ready)


async def test_every_mistake_is_said_by_line_and_column_and_nothing_is_published(
    alice: Browser, instance: Instance
) -> None:
    table = (
        "titre;mode;genre;catégorie;commune;lieu;durée;prix;fin;photos\n"
        "Tente;pret;;;;;un siècle;;;\n"
        ";don;;;Nulle-Part;;;;;\n"
        "Roue;vente;;pneus;;;;douze;31/02/2020;\n"
        '"Échelle; six mètres";louer;vente;;;La Cave;;;;absente.jpg\n'
        "Trop;don;;;;;;;;;;encore\n"
        f"{'x' * 101};don;;;;;;;;\n"
        "Bonne;don;;;;;;;;\n"
    )
    before = await count(instance)

    page = await send(alice, await alice.get(PAGE), table=table)
    said = faults(page)

    assert page.status == 422 and await count(instance) == before
    assert [one.partition(" :")[0] for one in said] == [
        "Ligne 2, colonne « durée »",
        "Ligne 3, colonne « titre »", "Ligne 3, colonne « commune »",
        "Ligne 4, colonne « catégorie »", "Ligne 4, colonne « prix »", "Ligne 4, colonne « fin »",
        "Ligne 5, colonne « mode »", "Ligne 5, colonne « genre »", "Ligne 5, colonne « lieu »",
        "Ligne 5, colonne « photos »",
        "Ligne 6, colonne « titre »", "Ligne 7, colonne « titre »",
    ]  # fmt: skip
    assert "« louer » n’est pas de ceux-ci : prêt, don, échange, vente, service." in said[6], "what this coop has"
    assert page.html.xpath("//section[@aria-labelledby='fautes' and @autofocus and @id='erreurs']")
    assert page.html.xpath("string(//title)").startswith("Erreur\u00a0:")
    assert not page.html.xpath("//button[@value='publish']") and "Bonne" in page.html.xpath("string(//textarea)")


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (b"", "Choisissez un fichier"),
        (b"PK\x03\x04classeur", "C’est un classeur"),
        (b"\x00\x01\x02", "ne se lit pas comme une liste"),
        (b"nom de famille;courriel\nDupont;a@b.fr\n", "Il manque une colonne « titre »"),
        (b"titre;mode\n", "Choisissez un fichier"),
        ("titre;mode;commune;lieu;fin\nA\0;don\0;59160 Lom\0me;ici\0;\0".encode("utf-16"), "à revoir dans le tableau"),
        ("titre;mode\n" + "a;don\n" * (MOST_LINES + 1), "100 annonces au plus"),
        ("titre;mode\n\"" + "a" * 140_000, ""),
        ("titre;mode\n<script>alert(1)</script>;don\n=1+1;don\n", "2 annonces sont prêtes"),
    ],
)  # fmt: skip
async def test_hostile_tables_get_a_clear_answer(alice: Browser, table: bytes | str, said: str) -> None:
    body = table if isinstance(table, bytes) else table.encode()

    page = await send(alice, await alice.get(PAGE), table=body)

    assert page.status in (200, 422) and said in page.words()
    assert "<script>alert" not in page.text


async def test_photos_stay_while_the_table_is_corrected_and_go_with_one_listing_each(
    alice: Browser, instance: Instance
) -> None:
    wrong = "titre;mode;photos\nTente;don;a.jpg\nCanapé;don;A.JPG|b.jpg\n"
    first = await send(alice, await alice.get(PAGE), table=wrong, photos=("a.jpg",))
    second = await send(alice, first, table=wrong.replace("A.JPG|", ""), photos=("b.jpg",))

    assert [one.partition(" :")[0] for one in faults(first)] == ["Ligne 3, colonne « photos »"]
    assert faults(second) == [] and "2 photos gardées : a.jpg, b.jpg" in second.words()


async def test_a_file_that_is_no_photo_is_named_and_photos_of_others_cannot_be_taken(
    alice: Browser, open_browser: OpenBrowser, lomme: Village, instance: Instance
) -> None:
    hers = await send(alice, await alice.get(PAGE), table="titre;mode;photos\nTente;don;a.jpg\n", photos=("a.jpg",))
    [photo] = set(hers.html.xpath("//input[@name='photo']/@value"))
    hocine = await open_browser(lomme.hocine)
    page = await hocine.get(PAGE)

    answer = await send(hocine, page, table="titre;mode;photos\nTente;don;a.jpg\n", photo=photo)
    data = FormData(default_to_multipart=True)
    data.add_field("csrf_token", page.html.xpath("string(//form[@enctype]//input[@name='csrf_token']/@value)"))
    data.add_field("table", "titre;mode\nTente;don\n")
    data.add_field("photos", b"hello", filename="faux.jpg", content_type="image/jpeg")
    refused = await hocine.read(await hocine.client.post(PAGE, data=data, headers={"Accept": "text/html"}))

    assert "« a.jpg » n’est pas parmi les photos choisies" in faults(answer)[0]
    assert refused.status == 422 and "faux.jpg" in refused.words()


async def test_what_a_new_member_publishes_waits_for_a_look_in_a_table_too(
    open_browser: OpenBrowser, instance: Instance, lomme: Village
) -> None:
    async with transaction(instance.pool) as conn:
        await preferences.save(conn, replace(await preferences.load(conn), first_posts=9))
        await execute(conn, "UPDATE account SET roles = '{}' WHERE actor_id = $1", lomme.hocine.id)
    hocine = await open_browser(lomme.hocine)
    ready = await send(hocine, await hocine.get(PAGE), table="titre;mode\nTente;don\nCanapé;don\n")

    done = await send(hocine, ready, act="publish")

    assert "l’équipe relit ce qu’un nouveau membre publie" in ready.words()
    assert done.status == 303 and "L’équipe relit" in (await hocine.get(done.location)).words()
    assert all(one.post.hidden_at is not None for one in await find_new(instance, 2))


async def test_a_place_publishes_a_table_at_itself(
    open_browser: OpenBrowser, instance: Instance, lomme: Village, alice: Browser
) -> None:
    async with transaction(instance.pool) as conn:
        place = await make_member(conn, "remise", type="Organization", name="La Remise")
        await execute(
            conn,
            "UPDATE actor SET place_name = 'Lomme', latitude = 50.64, longitude = 2.98, radius = NULL WHERE id = $1",
            place.id,
        )

    page = await send(alice, await alice.get(PAGE), table="titre;mode;lieu\nScie;don;la remise\n")

    assert faults(page) == [] and "Lomme (La Remise)" in page.words() and "jusqu’au" not in page.words()


def test_the_limits_are_pinned() -> None:
    assert MOST_LINES == 100 and MODEL.count("\r\n") == 4


async def test_twelve_heavy_photos_are_never_in_memory_together(alice: Browser, instance: Instance) -> None:
    page = await alice.get(PAGE)
    data = FormData(default_to_multipart=True)
    for name, value in page.html.xpath("//form[@enctype]")[-1].form_values():
        data.add_field(name, value)
    noise = bytes(range(256)) * 8_000
    before = {one for one in instance.store.folder.rglob("*") if one.is_file()}
    for number in range(AT_ONCE):
        data.add_field("photos", noise, filename=f"{number}.jpg", content_type="image/jpeg")
    tracemalloc.start()

    answer = await alice.client.post(PAGE, data=data, headers={"Accept": "text/html"}, allow_redirects=False)

    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert answer.status == 422 and "11.jpg" in await answer.text()
    assert peak < 4 * len(noise), "of twelve: one, on its way to the process that looks at it"
    assert {one for one in instance.store.folder.rglob("*") if one.is_file()} == before, "nothing is left of them"
