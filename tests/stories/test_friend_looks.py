"""A friend looks in: two whole servers, one of which is seen from outside with what its front does to it."""

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import aiohttp
import msgspec
import pytest
from aiohttp import web

from federation.discovery.remote import resolve_handle
from federation.errors import Cause
from federation.vocabulary.looks import Seen, Sight, read_report
from models.servers import looks, trust_levels
from models.servers.looks import AskedLook
from models.servers.trust_levels import Decision
from models.settings import Settings
from models.store.database import connection, transaction
from outbox.servers.looks import NO_FRIEND, ask_job, begin
from tests.certificates import DAY, make_authority
from tests.databases import copied_database
from tests.federation.loopback import serve
from tests.servers import RunningServer, running_server

PASSED = ("Signature", "Date", "Digest", "Accept", "Content-Type", "Host", "Signature-Input", "Content-Digest")


@dataclass(slots=True)
class Front:
    """The web server in front of Lomme: it passes on what comes, unless something is wrong with it."""

    backend: str = ""
    url: str = ""
    ahead: timedelta = timedelta()
    without: tuple[str, ...] = ()
    leads_to: Mapping[str, str] = field(default_factory=dict)

    async def pass_on(self, request: web.BaseRequest) -> web.Response:
        """One request, as a proxy would."""
        if request.path in self.leads_to:
            return web.Response(status=302, headers={"Location": self.leads_to[request.path]})
        headers = {
            name: value for name, value in request.headers.items() if name in PASSED and name not in self.without
        }
        async with (
            aiohttp.ClientSession() as client,
            client.request(
                request.method, f"{self.backend}{request.raw_path}", headers=headers, data=await request.read()
            ) as answer,
        ):
            date = format_datetime(datetime.now(UTC) + self.ahead, usegmt=True)
            kind = answer.headers.get("Content-Type", "text/plain")
            return web.Response(
                status=answer.status, body=await answer.read(), headers={"Date": date, "Content-Type": kind}
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Two:
    """Lomme behind its front, and Hénin, which are friends."""

    lomme: RunningServer
    henin: RunningServer
    front: Front
    renew: Callable[[timedelta], None]

    async def look(self) -> AskedLook:
        """Lomme asks Hénin to look, for the first time today."""
        for server in (self.lomme, self.henin):
            async with transaction(server.instance.pool) as conn:
                await conn.execute("DELETE FROM asked_look")
                await conn.execute("DELETE FROM given_look")
        return await ask(self.lomme, self.henin)


async def ask(asking: RunningServer, friend: RunningServer) -> AskedLook:
    """The one asks the other, and this is what came of it."""
    async with transaction(asking.instance.pool) as conn:
        look_id = await begin(conn, friend.host, None)
    await ask_job(asking.instance, look_id)
    async with connection(asking.instance.pool) as conn:
        return next(one for one in await looks.list_asked(conn) if one.id == look_id)


def read(look: AskedLook) -> dict[Sight, Seen]:
    assert look.seen is not None, look.failure
    return {one.check: one for one in read_report(look.seen).seen}


async def befriend(server: RunningServer, other: RunningServer) -> None:
    await resolve_handle(server.instance, f"@coop@{other.host}")
    await decide(server, other, "friend")


async def decide(server: RunningServer, other: RunningServer, level: trust_levels.Level) -> None:
    async with transaction(server.instance.pool) as conn:
        await trust_levels.save_levels(conn, [Decision(host=other.host, level=level)])
    server.instance.policy.forget()


@pytest.fixture(scope="module")
async def two(postgres_url: str, furnished: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Two]:
    folder = tmp_path_factory.mktemp("two")
    authority = make_authority(folder)
    front, tls = Front(), authority.issue("localhost", ends=90 * DAY).context

    def renew(ends: timedelta) -> None:
        issued = authority.issue("localhost", begins=-10 * DAY, ends=ends)
        tls.load_cert_chain(issued.certificate, issued.key)

    settings = msgspec.structs.replace(Settings(), ca_file=authority.ca_file)
    async with (
        serve(front.pass_on, tls=tls, name="localhost") as server,
        copied_database(postgres_url, furnished) as here,
        copied_database(postgres_url, furnished) as there,
        running_server("lomme", here, folder / "lomme", settings, public=server.url) as lomme,
        running_server("henin", there, folder / "henin", settings) as henin,
    ):
        front.backend = f"http://{lomme.instance.settings.listen}"
        await befriend(lomme, henin)
        await befriend(henin, lomme)
        yield Two(lomme=lomme, henin=henin, front=front, renew=renew)


async def test_what_is_well_is_seen_from_both_sides_and_both_keep_a_line(two: Two) -> None:
    look = await two.look()
    back = await ask(two.henin, two.lomme)

    seen = read(look)
    assert {check: one.well for check, one in seen.items()} == {check: True for check in Sight} | {Sight.IPV6: None}
    assert seen[Sight.CERTIFICATE].figure == 89 and seen[Sight.INBOX].figure == 202
    assert look.seen is not None and look.seen["addresses"] == ["127.0.0.1"]
    assert read(back)[Sight.INBOX].well and read(back)[Sight.SIGNATURE].well
    async with connection(two.henin.instance.pool) as conn:
        [given] = await looks.list_given(conn)
    assert (given.host, given.seen) == (two.lomme.host, look.seen)


async def test_a_certificate_that_ended_is_seen_and_nothing_is_sent_there(two: Two) -> None:
    await two.look()
    two.renew(-DAY)

    seen = read(await two.look())
    two.renew(10 * DAY)
    again = read(await two.look())
    two.renew(90 * DAY)

    wrong = seen[Sight.CERTIFICATE]
    assert (wrong.well, wrong.cause, seen[Sight.NAME].well) == (False, Cause.CERTIFICATE_EXPIRED, True)
    assert seen[Sight.ACTOR].well is seen[Sight.INBOX].well is None
    assert (again[Sight.CERTIFICATE].well, again[Sight.CERTIFICATE].figure) == (True, 9)


async def test_a_clock_that_is_wrong_is_seen(two: Two) -> None:
    two.front.ahead = timedelta(minutes=20)

    seen = read(await two.look())
    two.front.ahead = timedelta()

    assert seen[Sight.CLOCK].well is False and abs(seen[Sight.CLOCK].figure or 0) in range(1190, 1211)


async def test_a_front_that_drops_signatures_is_seen_at_the_inbox(two: Two) -> None:
    two.front.without = ("Signature", "Signature-Input")

    seen = read(await two.look())
    two.front.without = ()

    assert (seen[Sight.INBOX].well, seen[Sight.INBOX].figure) == (False, 401)
    assert seen[Sight.INBOX].cause is Cause.SIGNATURE_REFUSED and seen[Sight.ACTOR].well


async def test_what_leads_elsewhere_is_seen_and_not_followed(two: Two) -> None:
    followed: list[str] = []

    async def note(request: web.BaseRequest) -> web.Response:
        followed.append(request.path)
        return web.Response(text="{}")

    async with serve(note) as elsewhere:
        paths = ("/.well-known/webfinger", "/users/coop", "/healthz")
        two.front.leads_to = {path: f"{elsewhere.url}{path}" for path in paths}
        seen = read(await two.look())
    two.front.leads_to = {}

    assert followed == []
    assert {seen[one].cause for one in (Sight.WEBFINGER, Sight.ACTOR)} == {Cause.REDIRECT}


async def test_whoever_ceased_to_be_a_friend_there_is_told_so_and_not_looked_at(two: Two) -> None:
    await decide(two.henin, two.lomme, "reader")

    look = await two.look()
    await decide(two.henin, two.lomme, "friend")

    async with connection(two.henin.instance.pool) as conn:
        given = await looks.list_given(conn)
    assert (look.failure, look.seen, given) == (NO_FRIEND, None, [])
