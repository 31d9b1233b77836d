"""Three neighbours take turns at looking after the cooperative: who is on duty is told first, within seconds."""

import asyncio
import base64
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from models import preferences
from models.access import sessions
from models.people.team import duty
from models.settings import Settings
from models.store.database import transaction
from tests.eventually import eventually
from tests.recorded.browser import Answer, Browser
from tests.servers import PASSWORD, Member, RunningServer
from tests.stories.conftest import MakeServer
from tests.web.smtp_server import Postman, open_post
from web.mail.staff_alerts import tell_team
from web.middlewares.work_signals import notify_work
from web.security.session import cookie_name

SECONDS = 10
"""From a report, or a request to join, to the moderator's mail and telephone."""

PERMANENCE = "/coop/permanence"


@dataclass
class Telephone:
    """The service of an app: it takes what is pushed to it."""

    rung: list[str] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.Response:
        await request.read()
        self.rung.append(request.match_info["who"])
        return web.Response(status=201)


@asynccontextmanager
async def open_telephone() -> AsyncIterator[tuple[Telephone, str]]:
    telephone = Telephone()
    app = web.Application()
    app.router.add_post("/{who}", telephone.take)
    server = TestServer(app)
    await server.start_server()
    yield telephone, str(server.make_url("/"))
    await server.close()


@dataclass(frozen=True)
class Neighbours:
    """The server, and everything by which they are told."""

    server: RunningServer
    postman: Postman
    telephone: Telephone

    async def browser(self, who: Member) -> Browser:
        async with transaction(self.server.instance.pool) as conn:
            token = await sessions.create(conn, who.actor.id, "test")
        host, _, port = self.server.host.rpartition(":")
        cookies = {cookie_name(self.server.instance.site): token}
        return Browser(listen=(host, int(port)), host=self.server.host, cookies=cookies)

    async def submit(self, who: Member, page: str, action: str, **fields: str) -> Answer:
        browser = await self.browser(who)
        return await asyncio.to_thread(lambda: browser.submit(page, action, **fields))

    async def subscribe(self, who: Member, endpoint: str) -> None:
        """Her app wants to be told of what the team is told of."""
        key = ec.generate_private_key(ec.SECP256R1()).public_key()
        point = key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        body = {
            "subscription": {
                "endpoint": f"{endpoint}{who.actor.username}",
                "keys": {"p256dh": encode(point), "auth": encode(secrets.token_bytes(16))},
            },
            "data": {"alerts": {"admin.report": True, "admin.sign_up": True}, "policy": "all"},
        }
        await self.post("/api/v1/push/subscription", body, who)

    async def post(self, path: str, body: object, who: Member) -> None:
        async with (
            aiohttp.ClientSession(headers=who.headers) as session,
            session.post(f"{self.server.url}{path}", json=body) as answer,
        ):
            assert answer.status == 200, await answer.text()

    async def report(self, reporter: Member, target: Member) -> float:
        """Somebody reports somebody in an app; when."""
        await self.post("/api/v1/reports", {"account_id": str(target.actor.id), "comment": "Insultes."}, reporter)
        return time.monotonic()

    async def wait_for(self, mailed: list[str], rung: list[str]) -> None:
        """To whom mails went and whose telephone rang since the last time, and nobody else's."""

        async def told() -> bool:
            return (self.list_mailed(), sorted(self.telephone.rung)) == (sorted(mailed), sorted(rung))

        await eventually(told, within=SECONDS)
        self.postman.taken.clear()
        self.telephone.rung.clear()

    def list_mailed(self) -> list[str]:
        return sorted(mail["To"].partition("@")[0] for mail in self.postman.taken)

    async def list_news(self, type: str) -> set[str]:
        found = await self.server.instance.pool.fetch(
            "SELECT username FROM notification JOIN actor ON actor.id = recipient_id WHERE notification.type = $1", type
        )
        return {row["username"] for row in found}


def encode(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


async def settle(lomme: Neighbours) -> bool:
    """Everything that was to be told is told; it is heard no more."""
    waits = await lomme.server.instance.pool.fetchval(
        "SELECT (SELECT count(*) FROM pgqueuer) + (SELECT count(*) FROM staff_alert WHERE due_at <= now())"
    )
    if not waits:
        lomme.postman.taken.clear()
        lomme.telephone.rung.clear()
    return not waits


async def test_three_neighbours_take_turns_for_a_week(make_server: MakeServer) -> None:
    async with open_post() as postman, open_telephone() as (telephone, endpoint):
        smtp = Settings(smtp_url=f"smtp://127.0.0.1:{postman.port}?from=coop@lomme.test")
        server = await make_server("lomme", smtp)
        lomme = Neighbours(server, postman, telephone)
        dora, hugo = await server.add_member("dora"), await server.add_member("hugo")
        awa = await server.add_member("awa", roles=["moderator"])
        bea, clara = await server.add_member("bea"), await server.add_member("clara", roles=["admin"])
        await lomme.submit(clara, "/coop/membres/bea", "/coop/membres/bea/role", roles="moderator")
        for one in (awa, bea, clara):
            await lomme.subscribe(one, endpoint)
        week = duty.find_week(datetime.now(UTC)).isoformat()

        # Monday: Awa is on duty. She alone is rung and written to; the news of all three say it.
        turn = {"week": week, "role": "moderator"}
        await lomme.submit(awa, PERMANENCE, PERMANENCE, act="take", **turn)
        began = await lomme.report(dora, hugo)
        await lomme.wait_for(mailed=["awa"], rung=["awa"])
        assert time.monotonic() - began < SECONDS
        assert await lomme.list_news("admin.report") == {"awa", "bea", "clara"}

        # Wednesday: she hands over. Béa is told of that, and of what waits; Clara keeps her peace.
        await lomme.submit(awa, PERMANENCE, PERMANENCE, act="hand", receiver=str(bea.actor.id), **turn)

        async def heard() -> bool:
            return "bea" in lomme.list_mailed() and "bea" in telephone.rung

        await eventually(heard, within=SECONDS)
        assert await lomme.list_news("handed_over") == {"bea"}
        assert {*lomme.list_mailed(), *telephone.rung} == {"bea"}

        # Two hours later nobody has settled it: Clara hears of it too.
        await eventually(lambda: settle(lomme))
        pool = server.instance.pool
        await pool.execute("UPDATE staff_alert SET due_at = now() WHERE recipient_id = $1", clara.actor.id)
        await tell_team(server.instance)
        await notify_work(pool)
        await lomme.wait_for(mailed=["clara"], rung=["clara"])

        # Somebody asks to join: nobody is on duty for that, so who can answer is told.
        async with transaction(pool) as conn:
            await preferences.save(conn, replace(await preferences.load(conn), registration="approval"))
        began = time.monotonic()
        visitor = Browser(listen=(await lomme.browser(awa)).listen, host=server.host)
        asked = {"name": "Carole", "username": "carole", "email": "carole@example.org", "password": PASSWORD}
        answer = await asyncio.to_thread(lambda: visitor.submit("/inscription", "/inscription", **asked))
        assert answer.status == 200
        await lomme.wait_for(mailed=["carole", "clara"], rung=["clara"])  # Carole confirms her address
        assert time.monotonic() - began < SECONDS

        # On Sunday Béa gives the week back, and settles what waits: nobody is told of it any more.
        await lomme.submit(bea, PERMANENCE, PERMANENCE, act="hand", receiver=str(awa.actor.id), **turn)

        async def back() -> bool:
            return lomme.list_mailed() == ["awa"]

        await eventually(back, within=SECONDS)
        assert await lomme.list_news("handed_over") == {"awa", "bea"}
