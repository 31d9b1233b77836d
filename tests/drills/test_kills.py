"""The server is killed: what an author was told is published reaches everybody, what a peer was told is kept."""

import asyncio
from pathlib import Path

import aiohttp
from aiohttp import web

from models.people import actors
from models.settings import Site
from tests.drills.ground import Ground, by_form, ground
from tests.drills.ledger import count_twice
from tests.drills.report import report
from tests.eventually import eventually
from tests.factories import make_follow, make_remote_actor
from tests.fediverse import sign_post
from tests.stories.peer import running_peer
from tests.web.warm_commands import WarmCommands


async def insist(here: Ground, author: str, texts: list[str]) -> None:
    """An author whose app tries again, with the same Idempotency-Key, until there is an answer."""
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=20)) as session:
        for text in texts:
            while await here.post(session, author, text, key=text) != 200:
                await asyncio.sleep(0.1)


async def test_d01_kills_at_random_moments_lose_nothing_and_leave_nothing_half(
    commands: WarmCommands, furnished_url: str, tmp_path: Path
) -> None:
    kills, posts = by_form(4, 100), by_form(120, 1000)
    async with ground(tmp_path, furnished_url, authors=by_form(4, 10), name="d01", commands=commands) as here:
        each = posts // len(here.tokens)
        writing = [
            asyncio.create_task(insist(here, author, [f"{author} {number}" for number in range(each)]))
            for author in here.tokens
        ]
        on_their_way = 0
        for _ in range(kills):
            goal = min(len(here.known) + here.dice.randrange(1, 12), posts)

            async def far_enough(goal: int = goal) -> bool:
                return len(here.known) >= goal

            await eventually(far_enough, within=60)
            await here.kill()
            on_their_way += await here.count_on_their_way()
            await here.server.start()
        await asyncio.gather(*writing)
        verdict = await here.settle(within=300)

    report("D1 kills", verdict, kills=kills, told=len(here.known), on_their_way_at_kills=on_their_way)
    assert (len(here.known), verdict.lost) == (posts, 0)
    assert verdict.twice <= on_their_way


async def test_d02_a_kill_between_a_peers_answer_and_our_note_repeats_that_delivery_once(
    commands: WarmCommands, furnished_url: str, tmp_path: Path
) -> None:
    dying, killed = asyncio.Event(), asyncio.Event()

    async with ground(tmp_path, furnished_url, authors=1, name="d02", commands=commands) as here:

        async def answer_and_kill(request: web.BaseRequest) -> web.StreamResponse:
            body = await request.read()
            here.note(request, body)
            if not dying.is_set():
                dying.set()
                await here.kill()  # our process never hears the 202 that follows
                killed.set()
            return web.Response(status=202)

        here.scripts[here.peers[0].host] = answer_and_kill
        await here.post_many("author0", ["Bonjour"])
        await asyncio.wait_for(killed.wait(), 60)
        await here.server.start()
        verdict = await here.settle()

    report("D2 kill between answer and note", verdict)
    assert verdict.lost == 0
    repeated = count_twice(here.noted)
    assert repeated[next(line for line in here.noted.lines if line[1] == f"{here.peers[0].url}/inbox")] == 2
    assert max(repeated.values()) == 2, "others that were on their way at that moment may come twice too, not thrice"


async def test_d03_a_kill_before_our_202_makes_the_peer_send_again_and_there_is_one_object(
    commands: WarmCommands, furnished_url: str, tmp_path: Path
) -> None:
    async with (
        ground(tmp_path, furnished_url, authors=1, name="d03", commands=commands) as here,
        running_peer() as peer,
    ):
        bob = peer.add_person("bob")
        conn = await here.connect()
        known = await make_remote_actor(conn, "bob", peer.server.host, uri=bob.uri, inbox=bob.inbox)
        await make_follow(conn, await actors.get_local(conn, "author0"), known)
        host = here.server.url.removeprefix("http://")
        site = Site(url=here.server.url, host=host)
        note = {
            "id": f"{bob.uri}/notes/1",
            "type": "Note",
            "attributedTo": bob.uri,
            "to": [f"{here.server.url}/users/author0"],
            "content": "Bonjour",
        }
        create = {"id": f"{bob.uri}/activities/1", "type": "Create", "actor": bob.uri, "object": note, "to": note["to"]}
        envelope = sign_post(site, "/inbox", create, bob.signer)
        _, writer = await asyncio.open_connection(*host.split(":"))
        head = "".join(f"{name}: {value}\r\n" for name, value in envelope.headers.items())
        writer.write(f"POST /inbox HTTP/1.1\r\n{head}Content-Length: {len(envelope.body)}\r\n\r\n".encode())
        writer.write(envelope.body)
        await writer.drain()

        async def committed() -> bool:
            return bool(await conn.fetchval("SELECT EXISTS (SELECT FROM received)"))

        await eventually(committed)
        await here.kill()
        writer.transport.abort()  # the answer, if there was one, never reached the peer
        await here.server.start()
        async with aiohttp.ClientSession() as session:
            again = sign_post(site, "/inbox", create, bob.signer)
            async with session.post(f"{here.server.url}/inbox", data=again.body, headers=again.headers) as answer:
                assert answer.status == 202

        async def done() -> bool:
            return not await conn.fetchval("SELECT EXISTS (SELECT FROM received WHERE state = 'waiting')")

        await eventually(done, within=45)
        kept = await conn.fetchval("SELECT count(*) FROM post WHERE uri = $1", note["id"])
        told = await conn.fetchval("SELECT count(*) FROM notification")
        await conn.close()

    report("D3 kill before our 202", objects=kept, notifications=told)
    assert (kept, told) == (1, 1)
