"""(j) A backup, its verification and a restore: 50,000 listings and 5,000 pictures, beside the server that runs."""

import asyncio
import os
import secrets
import time
from pathlib import Path

from tests.bench.form import Sized
from tests.bench.report import figure, heading
from tests.bench.server import BenchServer, running
from tests.large_database import fill
from tests.servers import PASSWORD

LISTINGS = Sized(long=50_000, short=5_000)
PICTURES = Sized(long=5_000, short=500)

FULL_BYTES = 120_000
THUMBNAIL_BYTES = 20_000
"""What photos weigh once they are reduced; noise, as JPEG is to whoever packs it."""

ADD_PICTURES = """
    INSERT INTO media (id, owner_id, mime_type, file_key, thumbnail_key, byte_size)
    SELECT 1000000 + n, alice.id, 'image/jpeg', keys[1], keys[2], $2
    FROM actor alice, unnest($1::text[]) WITH ORDINALITY AS line (text, n), string_to_array(line.text, ' ') AS keys
    WHERE alice.username = 'alice' AND alice.local
"""


async def run(folder: Path) -> None:
    """Fill an instance, then time the commands of an administrator."""
    heading(f"(j) backup with {LISTINGS.now:,} listings and {PICTURES.now:,} pictures")
    async with running(folder / "data") as server:
        await server.run("account", "create", "alice", "--email", "alice@example.org", "--password", PASSWORD)
        async with server.pool.acquire() as conn:
            await fill(conn, LISTINGS.now)
            keys = await asyncio.to_thread(_fill_store, folder / "data" / "media")
            await conn.execute(ADD_PICTURES, keys, FULL_BYTES + THUMBNAIL_BYTES)
            size = await conn.fetchval("SELECT pg_database_size(current_database())")
        figure("database", size / 1e6, "MB")
        first = await _time(server, "backup", "backup", str(folder / "backups"))
        figure("size of it", _weigh(Path(first), set()) / 1e6, "MB")
        seen: set[int] = set()
        _weigh(Path(first), seen)
        second = await _time(server, "the next one (pictures are links)", "backup", str(folder / "backups"))
        figure("size that it adds", _weigh(Path(second), seen) / 1e6, "MB")
        await _time(server, "verify", "backup", "verify", first)
        server.env["DECLIC_DATA"] = str(folder / "restored")
        await _time(server, "restore into an empty instance", "restore", first)


def _fill_store(media: Path) -> list[str]:
    """The keys of each picture, its thumbnail's behind it."""
    noise = os.urandom(FULL_BYTES + 4096)
    found = []
    for number in range(PICTURES.now):
        pair = [f"{secrets.token_hex(16)}.jpg" for _ in range(2)]
        for key, size in zip(pair, (FULL_BYTES, THUMBNAIL_BYTES), strict=True):
            (media / key[:2]).mkdir(parents=True, exist_ok=True)
            (media / key[:2] / key).write_bytes(noise[number % 4096 :][:size])
        found.append(" ".join(pair))
    return found


async def _time(server: BenchServer, name: str, *arguments: str) -> str:
    begun = time.monotonic()
    out = await server.run(*arguments)
    figure(name, time.monotonic() - begun, "s")
    return out


def _weigh(folder: Path, seen: set[int]) -> int:
    """Bytes on the disk of files that were not `seen` before."""
    total = 0
    for path in folder.rglob("*"):
        found = path.stat()
        if path.is_file() and found.st_ino not in seen:
            seen.add(found.st_ino)
            total += found.st_size
    return total
