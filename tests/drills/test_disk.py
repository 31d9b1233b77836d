"""The disk is full: what is there stays readable, what is new is refused in words, and space is all that it takes."""

import errno
import os

import aiohttp
import asyncpg
import pytest
from aiohttp import web

from models.store.database import transaction
from tests.drills.ground import LONG
from tests.drills.report import report
from tests.eventually import eventually
from tests.factories import make_follow, make_remote_actor
from tests.federation.loopback import serve
from tests.fediverse import build_actor_document, make_signer, sign_post
from tests.picture_files import draw, encode
from tests.servers import Member, RunningServer
from tests.stories.conftest import MakeServer

WRITTEN = ("post", "activity", "delivery", "received")
"""The tables that grow with every post."""


async def fill_database(pool: asyncpg.Pool) -> None:
    """Let PostgreSQL refuse every new row as it does when it cannot make a file longer."""
    await pool.execute(
        """
        CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full';
        END $$
        """
    )
    for table in WRITTEN:
        await pool.execute(
            f"CREATE TRIGGER no_room BEFORE INSERT OR UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION no_room()"
        )


async def empty_database(pool: asyncpg.Pool) -> None:
    """Somebody made room."""
    await pool.execute("DROP FUNCTION no_room() CASCADE")


async def post(session: aiohttp.ClientSession, server: RunningServer, author: Member, text: str) -> tuple[int, str]:
    """Publish a note: the status, and its address or the sentence that refuses it."""
    async with session.post(f"{server.url}/api/v1/statuses", json={"status": text}, headers=author.headers) as answer:
        body = await answer.json()
        assert answer.status != 503 or "Retry-After" in answer.headers
        return answer.status, body["uri"] if answer.status == 200 else body["error"]


async def upload(session: aiohttp.ClientSession, server: RunningServer, author: Member) -> tuple[int, str]:
    """Hand in a picture: the status, and where it is or the sentence that refuses it."""
    form = aiohttp.FormData()
    form.add_field("file", encode(draw(320, 240)), filename="tente.jpg", content_type="image/jpeg")
    async with session.post(f"{server.url}/api/v2/media", data=form, headers=author.headers) as answer:
        body = await answer.json()
        return answer.status, body["url"] if answer.status == 200 else body["error"]


async def read(session: aiohttp.ClientSession, url: str) -> int:
    """The status of a page, a picture or a document."""
    async with session.get(url) as answer:
        await answer.read()
        return answer.status


async def test_d06_a_full_disk_refuses_pictures_and_keeps_those_that_are_there(
    make_server: MakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = await make_server("lomme")
    alice = await server.add_member("alice")
    folder = server.instance.store.folder

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    async with aiohttp.ClientSession() as session:
        _, picture = await upload(session, server, alice)
        files = sorted(folder.rglob("*.*"))
        with monkeypatch.context() as patch:
            patch.setattr(os, "fsync", full)
            refused, sentence = await upload(session, server, alice)
            shown, (said, _) = await read(session, picture), await post(session, server, alice, "sans photo")
        left = sorted(folder.rglob("*.*"))
        again, _ = await upload(session, server, alice)

    report("D6 no room for pictures", refused=refused, shown=shown, post_meanwhile=said, afterwards=again)
    assert (refused, shown, said, again) == (507, 200, 200, 200)
    assert "plein" in sentence
    assert left == files, "no draft and no half of a picture is left"


async def test_d06_a_full_database_takes_nothing_loses_nothing_and_goes_on_by_itself(make_server: MakeServer) -> None:
    server = await make_server("lomme")
    alice = await server.add_member("alice")
    came: list[bytes] = []

    async def take(request: web.BaseRequest) -> web.StreamResponse:
        if request.method == "POST":
            came.append(await request.read())
            return web.Response(status=202)
        return web.json_response(carl, content_type="application/activity+json")

    async with serve(take, address="127.0.0.9") as peer, aiohttp.ClientSession() as session:
        base = f"{peer.url}/users/carl"
        signer = make_signer(f"{base}#main-key")
        carl = build_actor_document(base, "carl", signer)
        async with transaction(server.instance.pool) as conn:
            reader = await make_remote_actor(
                conn, "bob", peer.host, uri=f"{peer.url}/users/bob", shared_inbox=f"{peer.url}/inbox"
            )
            await make_follow(conn, reader, alice.actor)
        like = {"id": f"{base}/likes/1", "type": "Like", "actor": base, "object": f"{server.url}/users/alice/notes/1"}

        async def knock() -> int:
            envelope = sign_post(server.instance.site, "/inbox", like, signer)
            async with session.post(f"{server.url}/inbox", data=envelope.body, headers=envelope.headers) as answer:
                return answer.status

        async def arrived() -> bool:
            open_ones = await server.instance.pool.fetchval("SELECT count(*) FROM delivery WHERE state <> 'done'")
            return not open_ones

        _, before = await post(session, server, alice, "avant")
        if not LONG:  # what is on its way just then is claimed by nobody for half a minute
            await eventually(arrived)
        await fill_database(server.instance.pool)
        refused, sentence = await post(session, server, alice, "pendant")
        knocked = await knock()
        shown = [await read(session, url) for url in (before, f"{server.url}/@alice", f"{server.url}/")]
        await empty_database(server.instance.pool)

        again, _ = await post(session, server, alice, "après")
        knocked_again = await knock()

        await eventually(arrived, within=60)
        posts = await server.instance.pool.fetchval("SELECT count(*) FROM post WHERE local")

    report("D6 no room in the database", refused=refused, inbox=knocked, shown=shown, posts=posts, arrived=len(came))
    assert (refused, knocked) == (503, 503)
    assert "Le disque de la plateforme est plein" in sentence
    assert shown == [200, 200, 200]
    assert (again, knocked_again) == (200, 202)
    assert posts == 2
    assert len({body for body in came}) == 2, "both posts came, and nothing of what was refused"
