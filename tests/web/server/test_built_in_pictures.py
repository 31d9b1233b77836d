"""The actors that every instance has are drawn from the first day; what the cooperative gives them wins."""

from dataclasses import replace

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient

from federation.instance import Instance
from federation.media.built_in_pictures import FOLDER, PATH
from federation.media.uploads import save_upload
from federation.vocabulary.actors import write_actor
from models.people import actors
from models.people.actors import BUILT_IN, Actor, Counts
from models.settings import Settings, Site
from models.store.database import connection, transaction
from outbox.people.profiles import describe_actor
from tests.factories import HERE, make_local_actor, make_member
from tests.picture_files import draw, encode
from tests.web.server import test_media
from web.api.entities.accounts import build_account, load_account
from web.api.entities.values import EntityContext

Client = TestClient[web.Request, web.Application]

client, instance = test_media.client, test_media.instance

LOOK = EntityContext(
    site=HERE,
    settings=Settings(url=HERE.url),
    person="https://x/person.png",
    group="https://x/group.png",
    header="https://x/header.png",
)


async def make_built_in(instance: Instance, name: str) -> Actor:
    async with transaction(instance.pool) as conn:
        return await make_local_actor(conn, name, type="Organization" if name == "coop" else "Group")


@pytest.mark.parametrize("name", BUILT_IN)
async def test_a_built_in_actor_has_a_picture_that_any_server_takes(
    client: Client, instance: Instance, name: str
) -> None:
    actor = await make_built_in(instance, name)

    async with connection(instance.pool) as conn:
        document = write_actor(await describe_actor(conn, HERE, actor))
    answer = await client.get(document["icon"]["url"].removeprefix(HERE.url))

    assert (document["icon"]["type"], document["icon"]["mediaType"]) == ("Image", "image/png")
    assert ("image" in document) == (name == "coop")
    assert (answer.status, answer.content_type) == (200, "image/png")
    assert (await answer.read()).startswith(b"\x89PNG") and "immutable" in answer.headers["Cache-Control"]


async def test_apps_see_the_same_pictures_as_servers(client: Client, instance: Instance) -> None:
    coop = await make_built_in(instance, "coop")

    async with connection(instance.pool) as conn:
        document, account = await describe_actor(conn, HERE, coop), await load_account(conn, LOOK, coop)

    assert document.icon and document.image
    assert (account["avatar"], account["header"]) == (document.icon.url, document.image.url)
    assert (await client.get(document.image.url.removeprefix(HERE.url))).status == 200


async def test_what_the_cooperative_uploads_wins(instance: Instance) -> None:
    coop = await make_built_in(instance, "coop")
    own = await save_upload(instance, owner_id=coop.id, data=encode(draw(400, 400)), name="coop.jpg")
    async with transaction(instance.pool) as conn:
        await actors.save_icon(conn, coop.id, own.id)
        coop = await actors.get(conn, coop.id)
        document, account = await describe_actor(conn, HERE, coop), await load_account(conn, LOOK, coop)

    assert document.icon and PATH not in document.icon.url and PATH not in account["avatar"]


async def test_nobody_else_wears_them(instance: Instance) -> None:
    async with transaction(instance.pool) as conn:
        alice = await make_member(conn)
        document = await describe_actor(conn, HERE, alice)
    counts = Counts(actor_id=alice.id, posts=0, followers=0, following=0, last_post_at=None)
    elsewhere = build_account(LOOK, replace(alice, username="coop", local=False), counts, {})

    assert document.icon is None and document.image is None
    assert elsewhere["avatar"] == LOOK.person


async def test_an_address_of_an_older_drawing_shows_it_as_it_is_now(client: Client) -> None:
    old = await client.get(f"{PATH}coop.000000000000.png")
    unknown = [await client.get(f"{PATH}{name}") for name in ("alice.000000000000.png", "README.000000000000.png", "x")]

    assert (old.status, old.headers["Cache-Control"]) == (200, "public, max-age=60")
    assert {one.status for one in unknown} == {404}


async def test_on_an_origin_of_its_own_they_are_there_too(instance: Instance) -> None:
    coop = await make_built_in(instance, "coop")
    site = Site(url=HERE.url, host=HERE.host, media_url="https://media.test")

    async with connection(instance.pool) as conn:
        document = await describe_actor(conn, site, coop)

    assert document.icon and document.icon.url.startswith(f"https://media.test{PATH}coop.")


def test_they_are_small() -> None:
    assert {file.stem.partition(".")[0] for file in FOLDER.glob("*.png")} == {*BUILT_IN, "film"}
    assert max(file.stat().st_size for file in FOLDER.glob("*.png")) < 20_000
