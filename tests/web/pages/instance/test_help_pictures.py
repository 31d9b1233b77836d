"""The pictures of the help: there is one for each that is named, and the page that it shows still has what is said."""

from collections.abc import Awaitable, Callable
from urllib.parse import urlencode

import pytest
from PIL import Image

from federation.instance import Instance
from models.access import applications
from models.access.applications import OUT_OF_BAND, NewApplication
from models.people.actors import Actor
from models.store.database import transaction
from tests.sample_cases import add_sample_cases
from tests.sample_directory import add_sample_directory
from tests.sample_threads import SampleThreads
from tests.sample_village import Village
from tests.web.pages.conftest import Browser
from web.pages.instance.help_texts import EASY, IDEAS, PICTURE_WIDTH, PICTURES, ROLES
from web.rendering.assets import FOLDER
from web.rendering.formats import set_french_spaces

OpenBrowser = Callable[[Actor | None], Awaitable[Browser]]

HEAVIEST = 60_000
"""Bytes of a picture: whoever asks for help may stand in a field with one bar."""

FILES = {path.stem: path for path in (FOLDER / "help").glob("*.webp")}


def test_each_picture_has_a_page_and_each_file_is_a_picture() -> None:
    assert set(PICTURES) <= {*IDEAS, *ROLES}
    assert set(FILES) == set(PICTURES)


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_as_large_as_its_page_says_and_light(name: str) -> None:
    with Image.open(FILES[name]) as picture:
        assert picture.format == "WEBP"
        assert picture.size == (2 * PICTURE_WIDTH, 2 * PICTURES[name].height)

    assert FILES[name].stat().st_size <= HEAVIEST
    assert PICTURES[name].words


async def test_pages_of_help_show_their_picture_in_words_too(visitor: Browser) -> None:
    for name, picture in PICTURES.items():
        paths = [f"/aide/{name}", *([f"/aide/facile/{name}"] if name in EASY else [])]
        for path in paths:
            page = await visitor.get(path)
            [shown] = page.html.xpath("//main//figure/img")
            alt = set_french_spaces(picture.alt)
            assert (shown.get("alt"), shown.get("loading")) == (alt, "lazy")
            assert (shown.get("width"), shown.get("height")) == (str(PICTURE_WIDTH), str(picture.height))
            assert all(f"« {words} »" in page.words() for words in picture.words)


async def find_screens(instance: Instance, lomme: Village, made: SampleThreads) -> dict[str, tuple[Actor | None, str]]:
    """Where what each picture shows is in the village, and for whom."""
    tent = lomme.tent.post.url.removeprefix(lomme.site.url)
    async with transaction(instance.pool) as conn:
        await add_sample_directory(conn)
        await add_sample_cases(conn, lomme)
        new = NewApplication(name="Tusky", website=None, redirect_uris=[OUT_OF_BAND], scopes=["read"])
        app, _ = await applications.register(conn, new)
    asked = {"client_id": app.client_id, "redirect_uri": OUT_OF_BAND, "response_type": "code", "scope": "read"}
    return {
        "coops": (None, "/reseau"),
        "echange": (lomme.alice, f"/echanges/{made.tent.exchange_id}"),
        "velo": (None, "/diagnostic"),
        "sanscompte": (None, tent),
        "suivre": (lomme.alice, "/reseau"),
        "lieu": (lomme.alice, "/publier"),
        "photos": (lomme.alice, "/publier"),
        "prive": (lomme.hocine, tent),
        "prevenu": (lomme.alice, "/compte/courriels"),
        "donnees": (lomme.alice, "/compte/donnees"),
        "appli": (lomme.alice, f"/oauth/authorize?{urlencode(asked)}"),
        "habitant": (None, "/annonces"),
        "reparateur": (lomme.hocine, "/depannage"),
        "accueil": (lomme.admin, "/coop/invitations"),
        "moderateur": (lomme.admin, "/coop/dossiers/11"),
        "collectivite": (None, "/annonces/integrer"),
        "administration": (lomme.admin, "/coop/reglages"),
    }


async def test_what_a_picture_shows_is_still_on_its_page(
    open_browser: OpenBrowser, instance: Instance, lomme: Village, made: SampleThreads
) -> None:
    screens = await find_screens(instance, lomme, made)
    assert set(screens) == set(PICTURES)

    for name, (reader, path) in screens.items():
        words = (await (await open_browser(reader)).get(path)).words()
        assert [one for one in PICTURES[name].words if one not in words] == [], name
