"""The clock of this machine is wrong: less than an hour does no harm, and more is said to be our own fault."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import aiohttp
import pytest
from aiohttp import web
from multidict import CIMultiDict

from federation.errors import SignatureInvalid
from federation.own_keys.key_pairs import load_signer
from federation.signatures import Envelope, PublicKey
from inbox.receiving.receive import receive
from models.access import sessions
from models.settings import Site
from models.store.database import connection, transaction
from models.traffic import peer_traffic
from outbox.posts.notes import NoteDraft, publish
from tests.drills.report import report
from tests.drills.town import host_address
from tests.eventually import eventually
from tests.factories import make_follow, make_remote_actor
from tests.federation.loopback import Server, serve
from tests.fediverse import make_signer, sign_post
from tests.servers import Member, RunningServer
from tests.signature_check import verify
from tests.stories.conftest import MakeServer
from web.middlewares.work_signals import notify_work
from web.security.session import cookie_name

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Strict:
    """A peer that checks signatures by a clock that is this far ahead of ours, and says the time in its answers."""

    key: PublicKey
    ahead: timedelta

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """202 for what is signed and neither old nor from the future."""
        now = datetime.now(UTC) + self.ahead
        envelope = Envelope(
            method=request.method,
            path=request.raw_path,
            headers=CIMultiDict(request.headers),
            body=await request.read(),
        )
        try:
            good = verify(envelope, self.key, Site(url=f"http://{request.host}", host=request.host), now)
        except SignatureInvalid:
            good = False
        return web.Response(status=202 if good else 401, headers={"Date": format_datetime(now, usegmt=True)})


@asynccontextmanager
async def strict_peers(server: RunningServer, author: Member, ahead: timedelta) -> AsyncIterator[list[Server]]:
    """Three of them, where somebody follows the author."""
    signer = await load_signer(server.instance, author.actor.id)
    key = PublicKey(uri=signer.key_id, owner=author.actor.uri, key=signer.private_key.public_key())
    async with AsyncExitStack() as stack:
        running = [
            await stack.enter_async_context(serve(Strict(key=key, ahead=ahead).answer, address=host_address(number)))
            for number in range(3)
        ]
        async with transaction(server.instance.pool) as conn:
            for peer in running:
                base = f"{peer.url}/users/bob"
                bob = await make_remote_actor(
                    conn, "bob", peer.host, uri=base, inbox=f"{base}/inbox", shared_inbox=f"{peer.url}/inbox"
                )
                await make_follow(conn, bob, author.actor)
        yield running


async def tried(server: RunningServer) -> list[tuple[str, str | None]]:
    """State and cause of the deliveries, once each was tried; until then nothing."""
    rows = await server.instance.pool.fetch("SELECT state, cause, attempts FROM delivery")
    return [(row["state"], row["cause"]) for row in rows] if rows and all(row["attempts"] for row in rows) else []


async def ask_inbox(server: RunningServer, ahead: timedelta) -> int:
    """What our inbox answers to somebody with such a clock."""
    signer = make_signer("https://henin.test/users/carl#main-key")
    owner = signer.key_id.partition("#")[0]
    key = PublicKey(uri=signer.key_id, owner=owner, key=signer.private_key.public_key())
    server.instance.public_keys.keep(signer.key_id, key)
    activity = {"id": f"{owner}/likes/{ahead.seconds}", "type": "Like", "actor": owner, "object": server.url}
    envelope = sign_post(server.instance.site, "/inbox", activity, signer, at=datetime.now(UTC) + ahead)
    return (await receive(server.instance, envelope, None)).status


async def read_page(server: RunningServer, admin: Member) -> str:
    """What an administrator reads about the other servers."""
    async with transaction(server.instance.pool) as conn:
        cookie = await sessions.create(conn, admin.actor.id, "drill")
    cookies = {cookie_name(server.instance.site): cookie}
    jar = aiohttp.CookieJar(unsafe=True)
    async with (
        aiohttp.ClientSession(cookies=cookies, cookie_jar=jar, headers={"Accept-Language": "fr"}) as session,
        session.get(f"{server.url}/coop/serveurs") as answer,
    ):
        assert answer.status == 200
        return await answer.text()


@pytest.mark.parametrize("minutes", [50, -50])
async def test_d11_a_clock_that_is_wrong_by_less_than_an_hour_does_no_harm(
    make_server: MakeServer, minutes: int
) -> None:
    server, ahead = await make_server("lomme"), -minutes * MINUTE
    alice = await server.add_member("alice", roles=["admin"])
    async with strict_peers(server, alice, ahead):
        async with transaction(server.instance.pool) as conn:
            await publish(conn, server.instance.site, alice.actor, NoteDraft(text="À l’heure ?", audience="network"))
        await notify_work(server.instance.pool)
        states = await eventually(lambda: tried(server))
        heard = await ask_inbox(server, ahead)

    report("D11 our clock", minutes=minutes, delivered=len(states), inbox=heard)
    assert states == [("done", None)] * 3
    assert heard == 202


async def test_d11_a_clock_that_is_wrong_by_hours_is_said_to_be_ours(make_server: MakeServer) -> None:
    server, ahead = await make_server("lomme"), -120 * MINUTE
    alice = await server.add_member("alice", roles=["admin"])
    before = await read_page(server, alice)
    async with strict_peers(server, alice, ahead):
        async with transaction(server.instance.pool) as conn:
            await publish(conn, server.instance.site, alice.actor, NoteDraft(text="À l’heure ?", audience="network"))
        await notify_work(server.instance.pool)
        states = await eventually(lambda: tried(server))
        heard = await ask_inbox(server, ahead)
    async with connection(server.instance.pool) as conn:
        found = await peer_traffic.find_own_clock(conn)
    after = await read_page(server, alice)

    report("D11 our clock", minutes=120, refused=len(states), found=found, inbox=heard)
    assert states == [("waiting", "clock")] * 3
    assert heard == 401
    assert found is not None and abs(found - ahead.total_seconds()) < 30
    assert "C’est sans doute votre horloge." in after and "votre horloge" not in before
