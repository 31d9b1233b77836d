"""The team uploads files: sees first what would be made, makes it, and takes it back."""

from collections.abc import Awaitable, Callable

import aiohttp
import pytest

from federation.instance import Instance
from models.people.actors import Actor
from models.store.database import connection, execute, fetch_column, fetch_value, transaction
from tests.rustine import FILES, REPAIRERS, make_files
from tests.sample_village import Village
from tests.web.pages.conftest import Browser, Page

OpenBrowser = Callable[[Actor | None], Awaitable[Browser]]

HERE = "/coop/reparations/importer"


@pytest.fixture
async def admin(open_browser: OpenBrowser, instance: Instance, lomme: Village) -> Browser:
    async with transaction(instance.pool) as conn:
        await execute(conn, "UPDATE account SET email = 'alice@example.org' WHERE actor_id = $1", lomme.alice.id)
    return await open_browser(lomme.admin)


async def upload(browser: Browser, changed: dict[str, str] | None = None, **fields: str) -> Page:
    """The files with the form."""
    token = (await browser.get(HERE)).html.xpath("string(//input[@name='csrf_token']/@value)")
    data = aiohttp.FormData()
    data.add_field("csrf_token", token)
    for name, value in fields.items():
        data.add_field(name, value)
    for file in make_files(**(changed or {})):
        data.add_field("files", file.body, filename=file.name, content_type="text/csv")
    headers = {"Accept": "text/html", "Accept-Language": "fr"}
    return await browser.read(await browser.client.post(HERE, data=data, headers=headers, allow_redirects=False))


async def count_shops(instance: Instance) -> int:
    async with connection(instance.pool) as conn:
        return int(await fetch_value(conn, "SELECT count(*) FROM repair_shop"))


async def test_what_would_be_made_is_shown_and_nothing_is_made(admin: Browser, instance: Instance) -> None:
    page = await upload(admin)

    assert page.status == 200
    assert "Ce qui serait fait" in page.words()
    assert "Vélos de personnes qui ne sont pas membres : laissés (1)" in page.words()
    assert "personne@exemple.fr" not in page.text
    assert await count_shops(instance) == 0


async def test_it_is_made_and_undone(admin: Browser, instance: Instance) -> None:
    made = await upload(admin, apply="1")
    number = made.location.partition("?")[0]
    page = await admin.get(made.location)
    shops = await count_shops(instance)
    again = await upload(admin, apply="1")
    undone = await admin.send(number, {}, form_on=number)
    after = await admin.get(undone.location)
    late = await admin.send(number, {}, form_on=HERE)

    assert (made.status, shops) == (303, 3)
    assert "C’est importé" in page.words() and "Ateliers" in page.words()
    assert "Rien de nouveau dans ces fichiers" in again.words()
    assert "Défait le" in after.words() and "en entier" in after.words()
    assert late.status == 409
    assert await count_shops(instance) == 0
    async with connection(instance.pool) as conn:
        assert await fetch_column(conn, "SELECT details ->> 'what' FROM journal_entry ORDER BY id") == [
            "imported",
            "import_undone",
        ]


async def test_a_mistake_is_named_and_keeps_everything_as_it_is(admin: Browser, instance: Instance) -> None:
    page = await upload(admin, {"repairers": REPAIRERS.replace("karim@exemple.fr", "karim<b>")}, apply="1")

    assert page.status == 422
    assert "repairers.csv, ligne 3, colonne « owner_email » : « karim<b> » n’est pas une adresse" in page.words()
    assert await count_shops(instance) == 0


async def test_without_a_file_the_form_says_so(admin: Browser) -> None:
    page = await upload(admin, dict.fromkeys((name.removesuffix(".csv") for name in FILES), ""))

    assert page.status == 422
    assert "Choisissez au moins un fichier." in page.words()


async def test_an_import_that_is_none_is_not_there(admin: Browser) -> None:
    assert (await admin.get(f"{HERE}/1")).status == 404
