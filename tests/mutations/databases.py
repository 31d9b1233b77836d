"""The databases of a run, made once by a process of its own: the others import nothing of ours."""

import asyncio
import json
import os
import secrets
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit


async def keep(told: int, done: int) -> None:
    """Make the databases, write their names to `told` as JSON, and drop them when `done` is closed."""
    async with _serve() as url, _templates(url) as names:
        os.write(told, (json.dumps(names) + "\n").encode())
        await asyncio.to_thread(os.read, done, 1)


@asynccontextmanager
async def _serve() -> AsyncIterator[str]:
    from models.store.postgres import embedded  # noqa: PLC0415
    from tests import conftest  # noqa: PLC0415

    url = os.environ.get("DECLIC_TEST_DATABASE_URL")
    if url is not None:
        yield url
        return
    with tempfile.TemporaryDirectory(prefix="declic-mutations-", dir=conftest.find_memory()) as folder:
        Path(folder).chmod(0o711)
        async with embedded(Path(folder) / "data") as own:
            url = own.replace("/declic?", "/postgres?", 1)
            await conftest.forget_about_disks(url)
            conftest.open_to_all_accounts(Path(parse_qs(urlsplit(own).query)["host"][0]))
            yield url


@asynccontextmanager
async def _templates(url: str) -> AsyncIterator[dict[str, str]]:
    """A migrated database, and one with the communes, under a name that no other run has."""
    import asyncpg  # noqa: PLC0415

    from models.places.communes import load_communes  # noqa: PLC0415
    from models.searches.language.everyday_words import load_everyday_words  # noqa: PLC0415
    from models.store.database import prepare_connection  # noqa: PLC0415
    from models.store.migrate import migrate  # noqa: PLC0415
    from tests.databases import copy_database, with_database  # noqa: PLC0415

    name = f"declic_mutants_{secrets.token_hex(4)}"
    admin = await asyncpg.connect(url)
    try:
        await admin.execute(f"CREATE DATABASE {name}")
        await migrate(with_database(url, name))
        await copy_database(admin, name, f"{name}_furnished")
        conn = await asyncpg.connect(with_database(url, f"{name}_furnished"))
        await prepare_connection(conn)
        async with conn.transaction():
            await load_communes(conn)
            await load_everyday_words(conn)
        await conn.close()
        yield {"postgres_url": url, "template": name, "furnished": f"{name}_furnished"}
    finally:
        for row in await admin.fetch("SELECT datname FROM pg_database WHERE datname LIKE $1", f"{name}%"):
            await admin.execute(f"DROP DATABASE IF EXISTS {row['datname']} WITH (FORCE)")
        await admin.close()


async def drop_leftovers(names: dict[str, str]) -> None:
    """Drop what a killed run has left of copies."""
    import asyncpg  # noqa: PLC0415

    admin = await asyncpg.connect(names["postgres_url"])
    rows = await admin.fetch("SELECT datname FROM pg_database WHERE datname LIKE $1", f"{names['template']}_%")
    for row in rows:
        if row["datname"] != names["furnished"]:
            await admin.execute(f"DROP DATABASE IF EXISTS {row['datname']} WITH (FORCE)")
    await admin.close()
