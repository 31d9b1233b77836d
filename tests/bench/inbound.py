"""(b) Signed Creates from 200 origins: accepted (verified, committed, 202), and apart from that processed."""

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from federation.signatures import Signer
from models.people import actors
from models.people.actors import RemoteActor
from models.relations import follows
from models.settings import Site
from models.store.database import Connection, execute, fetch_value
from tests.bench.load import Request, Result, send_all
from tests.bench.report import figure, heading
from tests.bench.server import BenchServer, running
from tests.fediverse import make_signer, public_pem, sign_post
from tests.servers import PASSWORD

ORIGINS = 200
CREATES = 6000


def _host(number: int) -> str:
    return f"peer{number}.test"


def _signer(number: int) -> Signer:
    # Eight key pairs among the 200 actors: verifying costs the same, making 200 takes a while.
    return make_signer(f"https://{_host(number)}/users/bob#main-key", number % 8)


async def prepare(conn: Connection, reader_id: int) -> None:
    """200 actors with their keys, all followed by the reader, so that every post is kept."""
    for number in range(ORIGINS):
        base = f"https://{_host(number)}/users/bob"
        actor = await actors.save_remote(
            conn,
            RemoteActor(uri=base, type="Person", username="bob", host=_host(number), url=base, inbox=f"{base}/inbox"),
        )
        await execute(
            conn,
            "INSERT INTO public_key (uri, actor_id, algorithm, pem) VALUES ($1, $2, 'rsa', $3)",
            f"{base}#main-key",
            actor.id,
            public_pem(_signer(number)),
        )
        await follows.save(
            conn, uri=f"urn:uuid:{uuid4()}", follower_id=reader_id, followed_id=actor.id, state="accepted"
        )


def _create(number: int, serial: int) -> bytes:
    base = f"https://{_host(number)}/users/bob"
    note = f"{base}/items/{uuid4()}"
    now = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    public, followers = ["https://www.w3.org/ns/activitystreams#Public"], [f"{base}/followers"]
    content = f"<p><strong>🔁 Prêt : remorque vélo {serial}</strong></p><p>Prêt 3 jours max, caution 50 €.</p>" * 3
    return json.dumps(
        {
            "@context": ["https://www.w3.org/ns/activitystreams", {"toot": "http://joinmastodon.org/ns#"}],
            "id": f"{note}/activity",
            "type": "Create",
            "actor": base,
            "published": now,
            "to": public,
            "cc": followers,
            "object": {
                "id": note,
                "type": "Note",
                "attributedTo": base,
                "published": now,
                "to": public,
                "cc": followers,
                "url": note,
                "content": content,
                "contentMap": {"fr": content},
                "tag": [{"type": "Hashtag", "name": "#Prêt", "href": f"https://{_host(number)}/tags/pret"}],
                "attachment": [],
            },
        }
    ).encode()


def sign_requests(site: Site, count: int) -> list[Request]:
    """`count` signed Creates, round the origins."""
    requests = []
    for serial in range(count):
        number = serial % ORIGINS
        envelope = sign_post(site, "/inbox", _create(number, serial), _signer(number))
        requests.append(Request("POST", "/inbox", dict(envelope.headers), envelope.body))
    return requests


async def _processed(server: BenchServer, total: int) -> float:
    """From the first to the last: how long the process takes to start is another matter."""
    async with server.pool.acquire() as conn, asyncio.timeout(120):
        while await fetch_value(conn, "SELECT count(*) FROM received WHERE state = 'waiting'"):
            await asyncio.sleep(0.1)
        kept = await fetch_value(conn, "SELECT count(*) FROM post")
        assert kept >= total, f"{kept} posts of {total}"
        seconds: float = await fetch_value(
            conn, "SELECT extract(epoch FROM max(finished_at) - min(finished_at))::float8 FROM received"
        )
    return int(kept) / seconds


def _print(result: Result) -> None:
    assert set(result.statuses) == {202}, result.statuses
    figure("accepted, verified, committed", result.rate, "/s", at_least=1500)
    figure("answer, p50", result.milliseconds(0.5), "ms")
    figure("answer, p99", result.milliseconds(0.99), "ms")


async def run(folder: Path) -> None:
    """Accept with a server that does not process, then let a worker process."""
    heading(f"(b) {CREATES:,} signed Creates from {ORIGINS} origins")
    async with running(folder / "inbound", "--no-worker") as server:
        await server.run("account", "create", "alice", "--email", "alice@example.org", "--password", PASSWORD)
        async with server.pool.acquire() as conn, conn.transaction():
            alice = await actors.get_local(conn, "alice")
            await prepare(conn, alice.id)
        site = Site(url=server.url, host=server.url.removeprefix("http://"))
        await send_all(server.port, sign_requests(site, 400))
        _print(await send_all(server.port, sign_requests(site, CREATES)))
    async with running(folder / "inbound", command="worker", port=server.port) as server:
        figure("processed", await _processed(server, CREATES), "/s", at_least=600)
