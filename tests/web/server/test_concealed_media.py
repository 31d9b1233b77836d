"""Photos of what is hidden are missing at their own addresses, for all but their owner and the team."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from multidict import CIMultiDict

from federation.http_client.transport import Fetched
from federation.instance import Instance
from federation.media.media_uris import media_url, source_set, square_url, thumbnail_url
from federation.media.uploads import save_upload
from models.access import sessions
from models.people import actors
from models.people.actors import Actor
from models.posts import Post
from models.posts.media import media, uploads
from models.posts.media.media import Media, RemoteDocument
from models.settings import Settings
from models.store.database import Connection, Pool, execute, transaction
from outbox.moderation import sanctions
from tests.factories import HERE, make_member, make_note, make_remote_actor
from tests.fediverse import FakeFediverse, sign_get
from tests.outbox.communities.sample_community import found, put_in
from tests.picture_files import draw, encode
from tests.rulings import rule
from web.http.app_keys import INSTANCE
from web.middlewares.rate_limits import RATE_LIMITS, RateLimits
from web.security.media_keys import sign_address, sign_for_reader
from web.security.session import cookie_name, session_middleware
from web.server.media import ROUTES

Client = TestClient[web.Request, web.Application]

WHEEL = "https://henin.test/media/roue.jpg"


@dataclass(frozen=True, slots=True, kw_only=True)
class Photos:
    """A note of Alice's with a photo, and who reads."""

    client: Client
    instance: Instance
    alice: Actor
    bob: Actor
    mona: Actor
    note: Post
    photo: Media


@pytest.fixture
async def photos(pool: Pool, tmp_path: Path) -> AsyncIterator[Photos]:
    settings = Settings(url=HERE.url, data=tmp_path)
    instance = Instance(site=HERE, settings=settings, pool=pool, transport=FakeFediverse())
    async with transaction(pool) as conn:
        alice, bob = await make_member(conn), await make_member(conn, "bob")
        mona = await make_member(conn, "mona", roles=["moderator"])
        note = await make_note(conn, alice)
    photo = await save_upload(instance, owner_id=alice.id, data=encode(draw()))
    async with transaction(pool) as conn:
        await uploads.attach(conn, note.id, alice.id, [photo.id])
    app = web.Application(middlewares=[session_middleware])
    app[INSTANCE] = instance
    app[RATE_LIMITS] = RateLimits(instance.counter, 0)
    app.add_routes(ROUTES)
    async with TestClient(TestServer(app)) as client:
        yield Photos(client=client, instance=instance, alice=alice, bob=bob, mona=mona, note=note, photo=photo)
    await instance.pictures.close()


def large(picture: Media) -> list[str]:
    return [one.partition(" ")[0] for one in source_set(HERE, picture).split(", ")]


async def look(photos: Photos, picture: Media, reader: Actor | None, signed: str = "") -> set[tuple[int, str]]:
    """What all addresses of a picture answer to this reader: status, and how long that is kept."""
    headers = {}
    if reader is not None:
        async with transaction(photos.instance.pool) as conn:
            headers["Cookie"] = f"{cookie_name(HERE)}={await sessions.create(conn, reader.id, user_agent='')}"
    found = set()
    for url in (media_url(HERE, picture), thumbnail_url(HERE, picture), square_url(HERE, picture), *large(picture)):
        assert url is not None
        async with photos.client.get(url.removeprefix(HERE.url) + signed, headers=headers) as answer:
            found.add((answer.status, answer.headers["Cache-Control"]))
    return found


SHOWN = {(200, "public, max-age=86400")}
TO_HER = {(200, "private, no-store")}
MISSING = {(404, "private, max-age=60")}


async def test_a_photo_of_a_hidden_post_is_missing_until_it_is_shown_again(photos: Photos) -> None:
    assert await look(photos, photos.photo, None) == SHOWN
    async with transaction(photos.instance.pool) as conn:
        decision = await rule(conn, photos.alice, "hide", posts=(photos.note.id,))

    for reader in (None, photos.bob):
        assert await look(photos, photos.photo, reader) == MISSING
    for reader in (photos.alice, photos.mona):
        assert await look(photos, photos.photo, reader) == TO_HER
    async with transaction(photos.instance.pool) as conn:
        await sanctions.take_back(conn, HERE, decision, by=None)
    assert await look(photos, photos.photo, None) == SHOWN


async def set_icon(conn: Connection, photos: Photos) -> Media:
    await execute(conn, "UPDATE media SET post_id = NULL WHERE id = $1", photos.photo.id)
    await actors.save_icon(conn, photos.alice.id, photos.photo.id)
    return photos.photo


async def test_so_is_the_portrait_of_somebody_suspended(photos: Photos) -> None:
    async with transaction(photos.instance.pool) as conn:
        icon = await set_icon(conn, photos)
    assert await look(photos, icon, None) == SHOWN
    async with transaction(photos.instance.pool) as conn:
        await rule(conn, photos.alice, "suspend")

    assert await look(photos, icon, photos.bob) == MISSING
    assert await look(photos, icon, photos.alice) == await look(photos, icon, photos.mona) == TO_HER


async def test_so_is_our_copy_of_a_hidden_photo_from_elsewhere_and_it_is_not_fetched(photos: Photos) -> None:
    network = photos.instance.transport
    assert isinstance(network, FakeFediverse)
    network.documents[WHEEL] = Fetched(url=WHEEL, status=200, headers=CIMultiDict(), body=encode(draw()))
    async with transaction(photos.instance.pool) as conn:
        remote = await make_remote_actor(conn)
        note = await make_note(conn, remote)
        await media.save_remote(conn, note.id, [RemoteDocument(url=WHEEL)])
        wheel = (await media.list_by_posts(conn, [note.id]))[note.id][0]
        await rule(conn, remote, "hide", posts=(note.id,))

    assert await look(photos, wheel, photos.bob) == MISSING
    assert network.fetched == []
    assert await look(photos, wheel, photos.mona) == TO_HER


async def test_a_photo_that_waits_for_its_post_is_shown_to_whoever_sent_it_and_by_the_address_that_she_got(
    photos: Photos,
) -> None:
    waiting = await save_upload(photos.instance, owner_id=photos.alice.id, data=encode(draw()))
    assert await look(photos, waiting, None) == await look(photos, waiting, photos.bob) == MISSING
    assert await look(photos, waiting, photos.alice) == TO_HER
    async with transaction(photos.instance.pool) as conn:
        hers = await sign_address(conn, photos.instance, waiting)
        others = await sign_address(conn, photos.instance, replace(waiting, id=photos.photo.id))

    assert await look(photos, waiting, None, hers) == TO_HER
    assert await look(photos, waiting, None, others) == await look(photos, waiting, None, "?cle=x.y") == MISSING
    async with transaction(photos.instance.pool) as conn:
        await uploads.attach(conn, photos.note.id, photos.alice.id, [waiting.id])
        await execute(conn, "DELETE FROM media WHERE id = $1", photos.photo.id)
    assert await look(photos, waiting, None) == SHOWN
    async with transaction(photos.instance.pool) as conn:
        await rule(conn, photos.alice, "hide", posts=(photos.note.id,))
    assert await look(photos, waiting, None, hers) == MISSING


async def test_an_origin_of_its_own_that_knows_no_session_leads_to_ours_for_what_it_cannot_show(photos: Photos) -> None:
    """Browsers follow with the cookie of the page; what is missing altogether is led the same way."""
    async with transaction(photos.instance.pool) as conn:
        await rule(conn, photos.alice, "hide", posts=(photos.note.id,))
    elsewhere = replace(
        photos.instance,
        site=replace(HERE, media_url="https://photos.lomme.test"),
        settings=Settings(url=HERE.url, data=photos.instance.settings.data, media_url="https://photos.lomme.test"),
    )
    app = web.Application(middlewares=[session_middleware])
    app[INSTANCE] = elsewhere
    app.add_routes(ROUTES)
    paths = [f"/media/{photos.photo.file_key}", f"/media/{'0' * 32}.jpg", "/media/remote/1"]
    async with TestClient(TestServer(app)) as client:
        for path in paths:
            for host, status, to in (("photos.lomme.test", 302, HERE.url + path), ("lomme.test", 404, None)):
                async with client.get(path, headers={"Host": host}, allow_redirects=False) as answer:
                    assert (answer.status, answer.headers.get("Location")) == (status, to)
                    assert answer.headers["Cache-Control"].startswith("private")


async def test_a_photo_inside_a_community_is_for_its_members_by_session_app_and_server(photos: Photos) -> None:
    fediverse = photos.instance.transport
    assert isinstance(fediverse, FakeFediverse)
    carl = fediverse.add_person("carl", "henin.test")
    async with transaction(photos.instance.pool) as conn:
        community = await found(conn, photos.alice)
        for one in (photos.bob, await make_remote_actor(conn, "carl")):
            await put_in(conn, one, community)
        await execute(
            conn,
            "UPDATE post SET audience = 'community', community_id = $2 WHERE id = $1",
            photos.note.id,
            community.actor_id,
        )
        signed = await sign_for_reader(conn, photos.instance.settings, str(photos.photo.id), photos.bob.id)
        forged = await sign_for_reader(conn, photos.instance.settings, str(photos.photo.id), photos.mona.id)
    path = media_url(HERE, photos.photo).removeprefix(HERE.url)

    assert await look(photos, photos.photo, None) == await look(photos, photos.photo, photos.mona) == MISSING
    assert await look(photos, photos.photo, photos.bob) == await look(photos, photos.photo, None, signed) == TO_HER
    assert await look(photos, photos.photo, None, forged) == MISSING
    async with photos.client.get(path, headers=sign_get(HERE, path, carl.signer).headers) as answer:
        assert answer.status == 200
    async with transaction(photos.instance.pool) as conn:
        await execute(conn, "UPDATE membership SET state = 'left' WHERE actor_id <> $1", photos.alice.id)
    assert await look(photos, photos.photo, photos.bob) == await look(photos, photos.photo, None, signed) == MISSING
    async with photos.client.get(path, headers=sign_get(HERE, path, carl.signer).headers) as answer:
        assert answer.status == 404
