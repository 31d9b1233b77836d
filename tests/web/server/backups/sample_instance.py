"""An instance with a few pictures, whose backups tests make, break and restore."""

import hashlib
import json
import secrets
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import msgspec

from models.settings import Settings
from models.store.database import prepare_connection
from models.store.postgres.binaries import Binaries, find_clients
from tests.databases import with_database
from tests.factories import make_local_actor
from web.server.backups.manifest import CHECKSUM, MANIFEST
from web.server.backups.restoring import check_source, check_target, restore_backup

OWN = ("a" * 32 + ".jpg", "b" * 32 + ".jpg")
CACHED = "c" * 32 + ".jpg"


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """Settings of an instance, on a database of its own."""

    settings: Settings

    @property
    def url(self) -> str:
        """Its database."""
        assert self.settings.database_url is not None
        return self.settings.database_url

    async def fill(self) -> None:
        """An actor, two pictures of its own, and the copy of one from elsewhere."""
        conn = await asyncpg.connect(self.url)
        await prepare_connection(conn)
        await make_local_actor(conn)
        await conn.close()
        for number, key in enumerate((*OWN, CACHED)):
            await self.add_picture(10 + number, key, remote="https://henin.test/1.jpg" if key == CACHED else None)

    async def add_picture(self, id: int, key: str, *, remote: str | None = None) -> None:
        """A picture in the store, and its row."""
        path = self.place(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(key.encode() * 20)
        await run(
            self.url,
            """
            INSERT INTO media (id, owner_id, mime_type, file_key, remote_url)
            SELECT $1, actor.id, 'image/jpeg', $2, $3 FROM actor WHERE username = 'alice'
            """,
            id,
            key,
            remote,
        )

    def place(self, key: str) -> Path:
        """Where the store has this key."""
        return self.settings.data / "media" / key[:2] / key


async def run(url: str, sql: str, *values: object) -> Any:
    """The first value that a statement gives."""
    conn = await asyncpg.connect(url)
    try:
        return await conn.fetchval(sql, *values)
    finally:
        await conn.close()


@asynccontextmanager
async def empty_database(postgres_url: str) -> AsyncIterator[str]:
    """A database without a single table."""
    name = f"declic_test_empty_{secrets.token_hex(4)}"
    await run(postgres_url, f"CREATE DATABASE {name}")
    try:
        yield with_database(postgres_url, name)
    finally:
        await run(postgres_url, f"DROP DATABASE {name} WITH (FORCE)")


def copy_backup(backup: Path, folder: Path) -> Path:
    """The same backup in another folder, to be spoilt."""
    return Path(shutil.copytree(backup, folder / backup.name))


def rewrite_manifest(backup: Path, **changes: Any) -> None:
    """Another manifest, with the right checksum."""
    data = json.dumps(json.loads((backup / MANIFEST).read_bytes()) | changes).encode()
    (backup / MANIFEST).write_bytes(data)
    (backup / CHECKSUM).write_text(f"{hashlib.sha256(data).hexdigest()}  {MANIFEST}\n")


async def restore(settings: Settings, folder: Path, *, without_media: bool = False) -> None:
    """What `declic restore` does."""
    source = check_source(settings, folder, without_media=without_media, without_manifest=False)
    check_target(settings, source)
    await restore_backup(settings, source)


def elsewhere(settings: Settings, data: Path, url: str, **changes: Any) -> Settings:
    """The same instance on another machine."""
    return msgspec.structs.replace(settings, data=data, database_url=url, **changes)


def wrap_programs(folder: Path, script: str) -> Binaries:
    """Stand-ins for PostgreSQL's programs: `script` runs first, and then the real one, $REAL, as it was called."""
    real = next(found for found in find_clients() if found.major >= 18)
    folder.mkdir()
    for name in ("pg_dump", "pg_restore", "psql"):
        path = folder / name
        path.write_text(f'#!/bin/sh\nREAL={real.program(name)}\n{script}\nexec "$REAL" "$@"\n')
        path.chmod(0o755)
    return Binaries(folder=folder, version=real.version)
