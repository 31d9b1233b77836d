"""What a server's work costs as it grows: `make growth`, or `python -m tests.bench.growth [SIZE…]` with some sizes.

Size 1 is 50,000 posts; 1, 10 and 100 are measured unless others are named. The database of one size is removed before
the next is made. Prints a table: each step at each size, how many rows of large tables were read from end to end for
it, and whether what must not grow did.
"""

import asyncio
import math
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from models.store.database import prepare_connection
from models.store.postgres import embedded
from tests.bench.growth.filling import POSTS, count_rows, fill_to_size, loosen
from tests.bench.growth.steps import Step, measure_median, preparing
from tests.bench.report import write_number
from tests.bench.server import running

SIZES = (1, 10, 100)

MOST = 2.5
"""What must not grow may take so many times as long at the largest size as at the smallest: trees are deeper then."""

LEAST = 3.0
"""What takes fewer milliseconds than that is not judged: the clock of a busy machine varies by as much."""

BACKED_UP = 10
"""A backup grows with what it holds: a larger one would take longer than all else here."""

LARGE = 20_000
"""A table with so many rows that are read one after the other is read from end to end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one step took, and which large tables were read from end to end for it, with how many rows each time."""

    milliseconds: float
    scanned: dict[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sized:
    """One size."""

    filled: float
    bytes: int
    rows: dict[str, int]
    costs: dict[str, Cost]
    may_grow: frozenset[str]


async def measure_size(size: int) -> Sized:
    """Fill a database and take every step."""
    with tempfile.TemporaryDirectory(prefix="declic-growth-", dir=os.environ.get("DECLIC_GROWTH_FOLDER")) as name:
        os.chmod(name, 0o711)  # as root, PostgreSQL runs as another account and has to pass
        folder = Path(name)
        async with running(folder / "data", "--no-worker") as server, server.pool.acquire() as first:
            await loosen(first)
        filled = await _fill(server.data, size)
        async with (
            running(server.data, "--no-worker", port=server.port) as server,
            embedded(server.data) as url,
        ):
            conn = await asyncpg.connect(url)  # one of a pool would not wait for so long
            await prepare_connection(conn)
            rows = await count_rows(conn)
            bytes = await conn.fetchval("SELECT pg_database_size(current_database())")
            print(f"size {size}: {bytes / 1e9:.1f} GB", file=sys.stderr, flush=True)
            costs, may_grow = dict[str, Cost](), set[str]()
            async with preparing(server, folder, backup=size <= BACKED_UP) as steps:
                for step in steps:
                    costs[step.name] = await _measure(conn, step)
                    print(f"  {step.name}: {costs[step.name]}", file=sys.stderr, flush=True)
                    if step.may_grow:
                        may_grow.add(step.name)
            await conn.close()
    return Sized(filled=filled, bytes=bytes, rows=rows, costs=costs, may_grow=frozenset(may_grow))


async def _fill(data: Path, size: int) -> float:
    """Seconds until the database in `data`, which nobody else uses, is filled and at rest."""
    begun = time.monotonic()
    async with embedded(data) as url:
        conn, beside = await asyncpg.connect(url), await asyncpg.connect(url)
        await prepare_connection(conn)
        clock = await fill_to_size(conn, beside, size)
        await beside.close()
        await conn.close()
    filled = time.monotonic() - begun
    print(f"size {size}: filled in {filled:.0f} s: {clock.write()}", file=sys.stderr, flush=True)
    return filled


async def _measure(conn: asyncpg.Connection, step: Step) -> Cost:
    before = await _read_scans(conn)
    try:
        took = await measure_median(step)
    except (TimeoutError, asyncpg.PostgresError) as error:
        print(f"  {step.name} failed: {error!r}", file=sys.stderr, flush=True)
        took = math.inf
    await asyncio.sleep(1.2)  # a backend that rests tells what it read only after a second
    after = await _read_scans(conn)
    scans = {table: (scans - before[table][0], rows - before[table][1]) for table, (scans, rows) in after.items()}
    found = {table: rows // times for table, (times, rows) in scans.items() if times and rows // times > LARGE}
    return Cost(milliseconds=took, scanned=found)


async def _read_scans(conn: asyncpg.Connection) -> dict[str, tuple[int, int]]:
    """How often each table was read from end to end so far, and how many rows that were."""
    rows = await conn.fetch(
        "SELECT relname, seq_scan, seq_tup_read FROM pg_stat_user_tables WHERE schemaname = 'public'"
    )
    return {row["relname"]: (row["seq_scan"], row["seq_tup_read"]) for row in rows}


def judge(first: Cost, last: Cost, *, may_grow: bool) -> str:
    """What is said of one step."""
    ratio = last.milliseconds / max(first.milliseconds, LEAST)
    scanned = "; reads whole: " + ", ".join(sorted(last.scanned)) if last.scanned else ""
    if last.milliseconds == math.inf:
        return f"FAILS{scanned}"
    if may_grow:
        return f"may grow{scanned}"
    return f"{'GROWS' if ratio > MOST or scanned else 'stays'}{scanned}"


def _write(cost: Cost | None) -> str:
    if cost is None:
        return "–"
    return "fails" if cost.milliseconds == math.inf else write_number(cost.milliseconds)


def print_table(found: dict[int, Sized]) -> None:
    """A line for each step, the sizes beside one another."""
    sizes = list(found.values())
    print(f"| milliseconds with … posts | {' | '.join(f'{POSTS * size:,}' for size in found)} | |")
    print(f"|---|{'---:|' * len(found)}---|")
    print(f"| database, GB | {' | '.join(f'{one.bytes / 1e9:.2f}' for one in sizes)} | may grow |")
    for name in sizes[0].costs:
        known = [one.costs.get(name) for one in sizes]
        cells = " | ".join(_write(cost) for cost in known)
        costs = [cost for cost in known if cost is not None]
        said = judge(costs[0], costs[-1], may_grow=name in sizes[0].may_grow)
        print(f"| {name} | {cells} | {said} |")
    for size, one in found.items():
        print(f"\nsize {size}, filled in {one.filled:.0f} s: " + ", ".join(f"{n:,} {t}" for t, n in one.rows.items()))


async def main(sizes: Sequence[int]) -> None:
    """One after the other."""
    print_table({size: await measure_size(size) for size in sizes})


if __name__ == "__main__":
    asyncio.run(main([int(size) for size in sys.argv[1:]] or SIZES))
