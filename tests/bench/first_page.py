"""(o) The first page for the first time, on a slow network: what is transferred, and when its largest part stands."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from playwright.async_api import Browser, CDPSession, async_playwright

from federation.media_store import FolderStore
from federation.sandbox.pictures import PicturePool
from models.people import actors
from models.settings import Site
from models.store.database import transaction
from tests.bench.form import Sized
from tests.bench.report import figure, heading
from tests.bench.server import BenchServer, running
from tests.factories import make_remote_actor
from tests.sample_village import publish
from tests.servers import PASSWORD
from tests.web.chromium import CHROMIUM, FLAGS

ROUNDS = Sized(long=3, short=1)

SLOW = {"offline": False, "latency": 562, "downloadThroughput": 1_440_000 / 8, "uploadThroughput": 675_000 / 8}
"""Chromium's own "slow 3G" of the audits: milliseconds, then bytes a second. The processor is this one's."""

PHOTOS = ["perceuse", "tente", "plants", "raclette", "velo", "echelle"]

PAGES = {"first page": "/", "annonces": "/annonces"}

LARGEST = """
() => new Promise((resolve) => {
  new PerformanceObserver((list) => resolve(list.getEntries().at(-1).startTime))
    .observe({ type: "largest-contentful-paint", buffered: true });
})
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One cold look: milliseconds until the largest part stood, requests, bytes on the wire and of pictures alone."""

    largest: float
    requests: int
    bytes: int
    pictures: int


@dataclass(slots=True, kw_only=True)
class Transferred:
    """One answer: what it is, and how much came."""

    type: str
    bytes: int = 0


async def run(folder: Path) -> None:
    """Fill a village, open its pages in a new browser each time; without Chromium, say so."""
    heading("(o) first look at 562 ms, 1.44 Mbit/s down, 675 kbit/s up")
    if not Path(CHROMIUM).exists():
        print(f"left out: there is no {CHROMIUM}")
        return
    async with running(folder / "first") as server, async_playwright() as playwright:
        await _fill(server)
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for name, path in PAGES.items():
            await _look(browser, server.url + path, slow=False)  # compiles it: what is measured is the network
            visits = [await _look(browser, server.url + path) for _ in range(ROUNDS.now)]
            figure(f"{name}: largest contentful paint", median(one.largest for one in visits), "ms", at_most=2500)
            figure(f"{name}: transferred", median(one.bytes for one in visits) / 1000, "kB", at_most=100)
            figure(f"{name}: of it pictures", median(one.pictures for one in visits) / 1000, "kB")
            figure(f"{name}: requests", median(one.requests for one in visits), "")
        await browser.close()


async def _fill(server: BenchServer) -> None:
    """Ours and a neighbour's listings with the photos of the tests, and their copies as an upload makes them."""
    await server.run("account", "create", "odile", "--email", "odile@example.org", "--password", PASSWORD)
    store = FolderStore(server.data / "media")
    site = Site(url=server.url, host=server.url.removeprefix("http://"))
    async with transaction(server.pool) as conn:
        await conn.execute("UPDATE account SET roles = '{admin}' WHERE email = 'odile@example.org'")
        odile = await actors.get(
            conn, await conn.fetchval("SELECT actor_id FROM account WHERE email = 'odile@example.org'")
        )
        henin = await make_remote_actor(conn, "coop", "henin.test", type="Organization", place_name="Hénin-Carvin")
        bob = await make_remote_actor(conn, "bob", "henin.test", territory_uri=henin.uri)
        await conn.execute("INSERT INTO server (host, level) VALUES ('henin.test', 'friend')")
        for number, name in enumerate(PHOTOS * 2):
            author = odile if number % 2 else bob
            there = {"territory_uri": henin.uri} if author is bob else {}
            await publish(
                conn, site, author, f"{name} {number}", "<p>À prendre.</p>", photos=(name,), store=store, **there
            )
        keys = [row["file_key"] for row in await conn.fetch("SELECT file_key FROM media WHERE file_key IS NOT NULL")]
    pool = PicturePool()
    for key in keys:
        path = store.find(key)
        assert path is not None
        picture = await pool.check_and_reduce(await asyncio.to_thread(path.read_bytes))
        for name, data in picture.copies.items():
            await store.save_copy(key, name, data)
    await pool.close()


async def _look(browser: Browser, url: str, *, slow: bool = True) -> Visit:
    context = await browser.new_context(viewport={"width": 390, "height": 844}, device_scale_factor=2, locale="fr-FR")
    page = await context.new_page()
    session = await context.new_cdp_session(page)
    answers = await _count_bytes(session)
    if slow:
        await session.send("Network.emulateNetworkConditions", SLOW)
    await page.goto(url, wait_until="networkidle")
    largest = await page.evaluate(LARGEST)
    pictures = sum(one.bytes for one in answers.values() if one.type.startswith("image/") and "svg" not in one.type)
    await context.close()
    total = sum(one.bytes for one in answers.values())
    return Visit(largest=largest, requests=len(answers), bytes=total, pictures=pictures)


async def _count_bytes(session: CDPSession) -> dict[str, Transferred]:
    """Bytes on the wire by request, filled as they come; headers count too."""
    answers: dict[str, Transferred] = {}

    def note_type(event: dict[str, Any]) -> None:
        answers[event["requestId"]] = Transferred(type=event["response"]["mimeType"])

    def note_weight(event: dict[str, Any]) -> None:
        answers[event["requestId"]].bytes = int(event["encodedDataLength"])

    session.on("Network.responseReceived", note_type)
    session.on("Network.loadingFinished", note_weight)
    await session.send("Network.enable")
    return answers
