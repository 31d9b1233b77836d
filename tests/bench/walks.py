"""(k) How long the ways through the source are: our functions and files on nine walks, and the chain to the store.

Counts, not timings, so that one run says all. `python -m tests.bench.walks` prints the figures, and with `--names` also
each chain and each call that goes up the layers (a function of `models` that calls one of `inbox`: a callback).
Each walk is made twice and the second one counted, since the first fills caches.
"""

import asyncio
import logging
import os
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import structlog
from aiohttp import ClientResponse, FormData, web
from aiohttp.test_utils import TestClient, TestServer

from federation.instance import Instance
from federation.json.fields import PUBLIC
from federation.signatures import Envelope
from inbox.processing.process import process_due
from models import posts, searches
from models.access import sessions, tokens
from models.access.sessions import Session
from models.exchanges import agreements
from models.listings import listings
from models.relations import follows
from models.settings import Settings, Site
from models.store.database import execute, open_pool, transaction
from models.store.migrate import migrate
from models.store.postgres import embedded
from models.traffic.inbound import received
from tests import sample_village
from tests.bench.load import Request
from tests.bench.report import figure, heading
from tests.bench.tracing import Trace, name_of, tracing
from tests.fediverse import FakeFediverse, Person, public_pem, sign_post
from tests.sample_village import Village
from web.activitypub.inbox import post_inbox
from web.activitypub.inbox_shortcut import InboxShortcut
from web.api.mastodon.posts.posting import post_status
from web.api.mastodon.posts.statuses import show_status
from web.middlewares.connections import Connection, Server, Timeouts, connection_middleware
from web.pages.listings.listing_page import show_local
from web.pages.listings.publish.publish_page import post_publish
from web.pages.searches.search import list_listings
from web.security.session import cookie_name
from web.server.app import make_app

SITE = Site(url="http://lomme.test", host="lomme.test")

_numbers = count(1)

Function = Callable[..., Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A connection to the server as `declic serve` makes it, on which a first request was answered."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def post(self, envelope: Envelope) -> None:
        """In one piece, accepted."""
        self.writer.write(Request("POST", envelope.path, dict(envelope.headers), envelope.body).to_bytes())
        assert b" 202 " in (await self.read()).partition(b"\r\n")[0]

    async def read(self) -> bytes:
        """The head of an answer; there is no body behind it."""
        return await asyncio.wait_for(self.reader.readuntil(b"\r\n\r\n"), 10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """A village whose server answers in this process; Bob is elsewhere, and Alice has a session and a token."""

    instance: Instance
    lomme: Village
    bob: Person
    client: "TestClient[Any, Any]"
    line: Line
    session: Session
    cookie: str
    token: str

    async def ask(self, method: str, path: str, **options: Any) -> ClientResponse:
        """A request that succeeds."""
        answer = await self.client.request(method, path, allow_redirects=False, **options)
        assert answer.status < 400, (path, answer.status, await answer.text())
        await answer.read()
        return answer

    def sign(self, type: str, object: dict[str, Any], to: list[str]) -> Envelope:
        """An activity of Bob's."""
        activity = {
            "@context": "https://www.w3.org/ns/activitystreams",
            "id": f"{self.bob.uri}/activities/{next(_numbers)}",
            "type": type,
            "actor": self.bob.uri,
            "to": to,
            "object": object,
        }
        return sign_post(SITE, "/inbox", activity, self.bob.signer)

    async def deliver(self, envelope: Envelope) -> None:
        """To our inbox, by a client that sends it in pieces: the ordinary way."""
        await self.ask("POST", "/inbox", data=envelope.body, headers=envelope.headers)

    async def send(self, envelope: Envelope) -> None:
        """To our inbox, whole, as nearly all come."""
        await self.line.post(envelope)

    def sign_note(self) -> Envelope:
        """A public note of Bob's, whom Alice follows."""
        id = f"{self.bob.uri}/notes/{next(_numbers)}"
        note = {"id": id, "type": "Note", "attributedTo": self.bob.uri, "to": [PUBLIC], "content": "<p>Bonjour</p>"}
        return self.sign("Create", note, [PUBLIC])

    def sign_offer(self) -> Envelope:
        """Bob asks for Alice's tent, for days that nobody wants yet."""
        begins = datetime.now(UTC).replace(microsecond=0) + timedelta(days=20 + 7 * next(_numbers))
        wanted = {
            "type": "Commitment",
            "satisfies": f"{self.lomme.tent.uri}#primary",
            "resourceQuantity": {"hasUnit": "one", "hasNumericalValue": "1"},
            "hasBeginning": begins.isoformat(),
            "hasEnd": (begins + timedelta(days=2)).isoformat(),
        }
        return self.sign("Offer", {"type": "Agreement", "stipulates": wanted}, [self.lomme.alice.uri])

    async def process(self) -> None:
        """What the worker does with what came."""
        assert await process_due(self.instance)

    async def open_page(self, path: str) -> None:
        """Alice looks at a page."""
        await self.ask("GET", path, headers={"Accept": "text/html", "Cookie": self.cookie})

    async def publish(self) -> None:
        """Alice sends the form of a listing."""
        form = FormData(default_to_multipart=True)
        fields = {"kind": "offer", "mode": "loan", "category": "outillage", "place": "Lomme", "where": "commune"}
        fields |= {"title": f"Échelle {next(_numbers)}", "text": "Solide.", "audience": "network", "quantity": "1"}
        for name, value in {"csrf_token": self.session.csrf_token, "act": "publish", **fields}.items():
            form.add_field(name, value)
        answer = await self.ask("POST", "/publier", data=form, headers={"Cookie": self.cookie})
        assert answer.status == 303, await answer.text()

    async def call(self, method: str, path: str, **options: Any) -> None:
        """An app of Alice's calls."""
        await self.ask(method, path, headers={"Authorization": f"Bearer {self.token}"}, **options)


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """Traced below `root`; the chain counts from `door` to `store`. `before` is done first and not counted."""

    name: str
    root: Function
    door: Function
    store: Function
    go: Callable[[Ground], Awaitable[None]]
    before: Callable[[Ground], Awaitable[None]] | None = None


def _page(name: str, door: Function, store: Function, go: Callable[[Ground], Awaitable[None]]) -> Walk:
    return Walk(name=name, root=connection_middleware, door=door, store=store, go=go)


WALKS = (
    Walk(
        name="Create, received",
        root=Connection.data_received,
        door=Connection.data_received,
        store=received.enqueue_many,
        go=lambda ground: ground.send(ground.sign_note()),
    ),
    _page(
        "Create, in pieces",
        post_inbox,
        received.enqueue_many,
        lambda ground: ground.deliver(ground.sign_note()),
    ),
    Walk(
        name="Create, processed",
        root=process_due,
        door=process_due,
        store=posts.create_many,
        before=lambda ground: ground.deliver(ground.sign_note()),
        go=lambda ground: ground.process(),
    ),
    Walk(
        name="Offer, processed",
        root=process_due,
        door=process_due,
        store=agreements.create,
        before=lambda ground: ground.deliver(ground.sign_offer()),
        go=lambda ground: ground.process(),
    ),
    _page("GET a page of listings", list_listings, searches.list_network, lambda ground: ground.open_page("/annonces")),
    _page(
        "GET one listing",
        show_local,
        listings.find_by_url,
        lambda ground: ground.open_page(ground.lomme.tent.post.url.removeprefix(SITE.url)),
    ),
    _page("POST a listing", post_publish, posts.create, lambda ground: ground.publish()),
    _page(
        "API POST a status",
        post_status,
        posts.create,
        lambda ground: ground.call("POST", "/api/v1/statuses", json={"status": "Bonjour"}),
    ),
    _page(
        "API GET a status",
        show_status,
        posts.find_visible,
        lambda ground: ground.call("GET", f"/api/v1/statuses/{ground.lomme.tent.id}"),
    ),
)


@asynccontextmanager
async def prepare(folder: Path) -> AsyncIterator[Ground]:
    """The village on a database of its own."""
    async with embedded(folder) as url:
        await migrate(url)
        pool = await open_pool(url)
        fediverse = FakeFediverse()
        bob = fediverse.add_person()
        settings = Settings(url=SITE.url, data=folder, test_federation=True)
        instance = Instance(site=SITE, settings=settings, pool=pool, transport=fediverse)
        async with transaction(pool) as conn:
            lomme = await sample_village.build(conn, SITE, instance.store)
            await execute(
                conn,
                "INSERT INTO public_key (uri, actor_id, algorithm, pem) VALUES ($1, $2, 'rsa', $3)",
                bob.signer.key_id,
                lomme.bob.id,
                public_pem(bob.signer),
            )
            await execute(conn, "UPDATE server SET first_seen_at = now() - interval '1 year'")
            await follows.save(
                conn,
                uri=f"{lomme.alice.uri}#to-bob",
                follower_id=lomme.alice.id,
                followed_id=lomme.bob.id,
                state="accepted",
            )
            secret = await sessions.create(conn, lomme.alice.id, "walks")
            session = await sessions.find(conn, secret)
            token = await tokens.create(conn, actor_id=lomme.alice.id, scopes=["read", "write"])
        assert session is not None
        app = make_app(instance)
        async with TestClient(TestServer(app)) as client, _open_line(client, app) as line:
            yield Ground(
                instance=instance,
                lomme=lomme,
                bob=bob,
                client=client,
                line=line,
                session=session,
                cookie=f"{cookie_name(SITE)}={secret}",
                token=token,
            )
        await pool.close()


@asynccontextmanager
async def _open_line(client: "TestClient[Any, Any]", app: web.Application) -> AsyncIterator[Line]:
    """To the same application, past the test client."""
    assert isinstance(client.server, TestServer) and isinstance(client.server.runner, web.AppRunner)
    made = Server(client.server.runner, Timeouts(), InboxShortcut(app))
    server = await asyncio.get_running_loop().create_server(made, "127.0.0.1", 0)
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
    line = Line(reader=reader, writer=writer)
    writer.write(b"HEAD /healthz HTTP/1.1\r\nHost: lomme.test\r\n\r\n")
    await line.read()
    yield line
    writer.close()
    server.close()


async def trace(ground: Ground, walk: Walk) -> Trace:
    """The second time that somebody goes this way."""
    for _ in range(2):
        if walk.before is not None:
            await walk.before(ground)
        with tracing(walk.root, walk.door, walk.store) as found:
            await walk.go(ground)
    assert found.functions, f"{walk.name}: nobody came through {name_of(found.root)}"
    return found


async def run(folder: Path, *, naming: bool = False) -> None:
    """Print a line for each walk."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    heading("(k) Our functions on nine walks")
    print(f"{'':<22} {'functions':>9} {'files':>6} {'spine':>6} {'up':>4} {'connections':>12} {'statements':>11}")
    async with prepare(folder) as ground:
        for walk in WALKS:
            found = await trace(ground, walk)
            counted = [len(one) for one in (found.functions, found.files, found.spine, found.up)]
            sizes = [*counted, found.connections, found.statements]
            print("{:<22} {:>9} {:>6} {:>6} {:>4} {:>12} {:>11}".format(walk.name, *sizes), flush=True)
            if walk.name.startswith("Create"):
                assert found.spine, f"{walk.name}: nobody came to {walk.store.__name__}"
                figure(f"{walk.name}: functions from door to store", len(found.spine), "", at_most=14)
                figure(f"{walk.name}: turns back", len(found.up), "", at_most=0)
            if naming:
                print("    " + " → ".join(name_of(code) for code in found.spine))
                for caller, called in sorted((name_of(caller), name_of(called)) for caller, called in found.up):
                    print(f"    up: {caller} → {called}")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="declic-walks-") as name:
        os.chmod(name, 0o711)  # as root, PostgreSQL runs as another account and has to pass
        asyncio.run(run(Path(name), naming="--names" in sys.argv))
