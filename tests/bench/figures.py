"""(s) The figures after ten years: 5,000 members, 60,000 exchanges in thirty communes, closed, recounted and read."""

import time
from pathlib import Path

from models.coop.figures import closing, sums
from models.store.database import connection, transaction
from tests.bench.form import Sized
from tests.bench.load import Request, send_all
from tests.bench.report import figure, heading
from tests.bench.server import BenchServer, running
from tests.large_cooperative import EXCHANGES, MEMBERS, fill
from tests.large_database import unchecked, unindexed
from tests.today import today

ROUNDS = Sized(long=200, short=30)

COMMUNES = 30


async def run(folder: Path) -> None:
    """Fill a database, close ten years as the nights would, count them again, and open the page as a visitor."""
    heading(f"(s) figures, {MEMBERS:,} members, {EXCHANGES:,} exchanges, {COMMUNES} communes")
    async with running(folder / "figures") as server:
        async with server.pool.acquire() as conn:
            await fill(conn)
            async with unchecked(conn), unindexed(conn, "listing"):
                # Few are where most are not: the first communes have many, the last ones next to none.
                await conn.execute(
                    """
                    UPDATE listing l SET
                        commune_code = c.codes[1 + floor($1::int * power(mod(l.post_id, 9973) / 9973.0, 3))::int],
                        mode = (ARRAY['loan', 'gift', 'service', 'swap'])[1 + mod(l.post_id, 4)],
                        kind = (ARRAY['offer', 'offer', 'request'])[1 + mod(l.post_id, 3)]
                    FROM (SELECT array_agg(code ORDER BY population DESC) AS codes FROM (
                        SELECT code, population FROM commune WHERE epci_code = '200093201' AND kind = 'commune'
                        ORDER BY population DESC LIMIT $1::int) AS largest) AS c
                    """,
                    COMMUNES,
                    timeout=600,
                )
            await conn.execute(
                "INSERT INTO preference (key, value) VALUES ('figures_published', 'true') ON CONFLICT DO NOTHING"
            )
            await conn.execute("VACUUM ANALYZE", timeout=600)
        begin = time.perf_counter()
        async with transaction(server.pool) as conn:
            months = await closing.close_due(conn, today())
        figure(f"{len(months)} months counted and closed", time.perf_counter() - begin, "s")
        begin = time.perf_counter()
        async with transaction(server.pool) as conn:
            wrong = await closing.recount(conn)
            assert not wrong and not await sums.list_differences(conn)
        figure("all of them counted again, and equal", time.perf_counter() - begin, "s")
        begin = time.perf_counter()
        async with connection(server.pool) as conn:
            years = [await closing.load_year(conn, year) for year in await closing.list_undecided(conn)]
        for year in years:
            cells = closing.decide(year)
            async with transaction(server.pool) as conn:
                await closing.save_year(conn, year, cells)
        async with transaction(server.pool) as conn:
            await closing.save_whole(conn)
            await conn.execute("ANALYZE figure_cell")
        figure("what is shown of a year decided", (time.perf_counter() - begin) / len(years), "s")
        headers = {"Host": server.url.removeprefix("http://"), "Accept": "text/html"}
        last = months[-1]
        for name, path in (
            ("last month", "/chiffres"),
            ("a year", f"/chiffres?periode={last.year - 1}"),
            ("all of it", "/chiffres?periode=tout"),
            ("a commune", f"/chiffres?periode={last.year - 1}&lieu=59350"),
        ):
            await _read(server, name, [Request("GET", path, headers)] * ROUNDS.now, warm=20)
        each = [f"{month:%Y-%m}{also}" for month in months[-ROUNDS.now // 2 :] for also in ("", "&mode=loan")]
        pages = [Request("GET", f"/chiffres?periode={one}", headers) for one in each]
        await _read(server, f"each of {len(pages)} once", pages, warm=0)


async def _read(server: BenchServer, name: str, requests: list[Request], *, warm: int) -> None:
    """Open these pages one after the other, by a visitor."""
    if warm:
        await send_all(server.port, requests[:warm], connections=1)
    worked = server.processor_seconds()
    result = await send_all(server.port, requests, connections=1)
    worked = server.processor_seconds() - worked
    assert set(result.statuses) == {200}, (name, set(result.statuses))
    figure(f"/chiffres, {name}, p50", result.milliseconds(0.5), "ms", at_most=30, by="bare page")
    figure(f"/chiffres, {name}, p99", result.milliseconds(0.99), "ms")
    figure(f"/chiffres, {name}, processor time", 1000 * worked / len(requests), "ms")
