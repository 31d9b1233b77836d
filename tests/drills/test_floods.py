"""One domain sends tens of thousands of activities at once: pages and everybody else's activities hardly notice."""

import asyncio
import json
import pickle
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import median, quantiles
from typing import Any
from uuid import uuid4

import aiohttp

from federation.signatures import Signer
from models.people import actors
from models.settings import Site
from models.store.database import Connection, transaction
from tests.bench.load import Request, send_all
from tests.drills.ground import LONG, by_form
from tests.drills.report import report
from tests.eventually import eventually
from tests.factories import make_follow, make_remote_actor
from tests.fediverse import make_signer, public_pem, sign_post
from tests.servers import RunningServer, founded_process
from tests.web.warm_commands import WarmCommands

NAMES = 100
"""Under so many names of one domain the flood comes, since each name has limits of its own."""

QUIET = [f"quiet{number}.test" for number in range(5)]
MOST_BEHIND = 5.0
MOST_PAGE_SECONDS = by_form(1000, 100) / 1000
"""In the short form something else may work on this machine at the same time."""


BETWEEN_LOOKS = by_form(100, 300) / 1000
"""A visitor has a limit too: where a long flood lasts for minutes she looks less often than that."""


def signer_of(host: str) -> Signer:
    """Bob's key there: eight pairs for all, since verifying costs the same."""
    return make_signer(f"https://{host}/users/bob#main-key", sum(host.encode()) % 8)


def sign_create(site: Site, host: str) -> Request:
    """A public note of Bob's, signed."""
    bob, id = f"https://{host}/users/bob", uuid4()
    note = {
        "id": f"https://{host}/notes/{id}",
        "type": "Note",
        "attributedTo": bob,
        "published": datetime.now(UTC).isoformat(),
        "to": ["https://www.w3.org/ns/activitystreams#Public"],
        "content": "<p>Une remorque à prêter, trois jours au plus.</p>" * 5,
    }
    create = {"id": f"{note['id']}/activity", "type": "Create", "actor": bob, "to": note["to"], "object": note}
    envelope = sign_post(site, "/inbox", json.dumps(create).encode(), signer_of(host))
    return Request("POST", "/inbox", dict(envelope.headers), envelope.body)


async def introduce(here: RunningServer, hosts: list[str]) -> None:
    """Bob of each of these hosts, known by his key and followed by a member."""
    reader = await here.add_member("lea")
    async with transaction(here.instance.pool) as conn:
        for host in hosts:
            uri = f"https://{host}/users/bob"
            bob = await make_remote_actor(conn, "bob", host, uri=uri, inbox=f"{uri}/inbox")
            await conn.execute(
                "INSERT INTO public_key (uri, actor_id, algorithm, pem) VALUES ($1, $2, 'rsa', $3)",
                f"{uri}#main-key",
                bob.id,
                public_pem(signer_of(host)),
            )
            await make_follow(conn, await actors.get_local(conn, reader.actor.username), bob)


def sign_flood(site: Site, hosts: Sequence[str], count: int) -> list[bytes]:
    """So many, ready to be sent."""
    begun, flood = time.perf_counter(), list[bytes]()
    for number in range(count):
        flood.append(sign_create(site, hosts[number % len(hosts)]).to_bytes())
        if LONG and number % 10_000 == 0:
            say(f"{number:,} of {count:,} signed after {time.perf_counter() - begun:.0f} s")
    return flood


def say(progress: str) -> None:
    """Of the long form, which takes minutes."""
    if LONG:
        sys.stderr.write(f"D19: {progress}\n")


async def send_flood(port: int, flood: Sequence[bytes], *, connections: int = 16) -> dict[str, Any]:
    """In a process of its own: who looks at pages meanwhile measures the server, and not whoever floods it."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bench.rig.generator", str(port),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, limit=1 << 26,
    )  # fmt: skip
    out, _ = await process.communicate(pickle.dumps([list(flood[start::connections]) for start in range(connections)]))
    result: dict[str, Any] = json.loads(out)
    return result


async def read_page(url: str) -> None:
    """A visitor opens it once."""
    async with aiohttp.ClientSession() as session, session.get(f"{url}/annonces") as answer:
        await answer.read()


async def look(url: str, flooding: "asyncio.Task[dict[str, Any]]", seconds: list[float]) -> None:
    """A visitor opens the page of listings again and again while the flood lasts."""
    started = said = time.perf_counter()
    async with aiohttp.ClientSession() as session:
        while not flooding.done():
            begun = time.perf_counter()
            async with session.get(f"{url}/annonces") as answer:
                await answer.read()
                assert answer.status == 200
            seconds.append(time.perf_counter() - begun)
            if begun - said > 10:
                said = begun
                say(f"{begun - started:.0f} s of flood, {len(seconds)} pages, the slowest {1000 * max(seconds):.0f} ms")
            await asyncio.sleep(BETWEEN_LOOKS)


async def doze(flooding: "asyncio.Task[dict[str, Any]]", late: list[float]) -> None:
    """How much too late whoever sleeps here is woken: what the machine itself adds to each page, or more."""
    while not flooding.done():
        begun = time.perf_counter()
        await asyncio.sleep(0.02)
        late.append(time.perf_counter() - begun - 0.02)


def find_slowest(seconds: Sequence[float]) -> float:
    """What ninety-nine of a hundred stay below."""
    return quantiles(seconds, n=100)[-1] if len(seconds) > 100 else max(seconds)


async def whisper(port: int, site: Site, flooding: "asyncio.Task[dict[str, Any]]") -> int:
    """Five quiet servers send something each half a second, which is always taken; how much."""
    sent = 0
    while not flooding.done():
        result = await send_all(port, [sign_create(site, host) for host in QUIET], connections=1)
        assert result.statuses == {202: len(QUIET)}
        sent += len(QUIET)
        await asyncio.sleep(0.5)
    return sent


async def read_delays(conn: Connection) -> list[float]:
    """How long each activity of the quiet servers waited until it took effect."""
    rows = await conn.fetch(
        """
        SELECT extract(epoch FROM finished_at - received_at)::float8 AS seconds FROM received
        WHERE host = ANY($1) AND state = 'done'
        """,
        QUIET,
    )
    return [row["seconds"] for row in rows]


async def test_d19_a_flood_of_one_domain_delays_no_page_and_nobody_elses_activities(
    commands: WarmCommands, furnished_url: str, tmp_path: Path
) -> None:
    loud = [f"n{number}.loud.test" for number in range(NAMES)]
    # One process answers and one works, which is what a machine with two cores gets where nothing is chosen.
    process = founded_process(
        "lomme", tmp_path / "data", furnished_url, commands=commands, rate_limit="1500", processes="2"
    )
    async with process as (server, here):
        await introduce(here, [*loud, *QUIET])
        site = Site(url=server.url, host=here.host)
        port = int(here.host.rpartition(":")[2])
        flood = sign_flood(site, loud, by_form(1500, 50_000))

        await read_page(server.url)  # the first one is compiled, which is no matter of floods
        flooding = asyncio.create_task(send_flood(port, flood))
        pages, late = list[float](), list[float]()
        _, sent, _ = await asyncio.gather(
            look(server.url, flooding, pages), whisper(port, site, flooding), doze(flooding, late)
        )
        result = await flooding
        async with here.instance.pool.acquire() as conn:

            async def done() -> bool:
                return len(await read_delays(conn)) == sent

            await eventually(done, within=60)
            delays = await read_delays(conn)

    slowest = find_slowest(pages)
    statuses = {int(status): count for status, count in sorted(result["statuses"].items())}
    rate = round(len(flood) / result["seconds"])
    report(
        "D19 flood",
        taken=statuses,
        rate=rate,
        seconds=round(result["seconds"]),
        quiet=round(max(delays), 2),
        looks=len(pages),
        pages=round(slowest, 3),
        half_of_pages=round(median(pages), 3),
        the_machine_alone=round(find_slowest(late), 3),
    )
    assert set(statuses) <= {202, 429}
    assert statuses[202] >= by_form(1500, 4000), "who is loud is served as well, as far as there is room"
    assert sent > 0
    assert max(delays) <= MOST_BEHIND
    assert slowest <= MOST_PAGE_SECONDS
