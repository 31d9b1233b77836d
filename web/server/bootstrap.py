"""What every command needs first: the database there, migrated and furnished, and the instance on it."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TypeVar

import msgspec
import structlog

from federation.http_client.federation_policy import FederationPolicy
from federation.http_client.signature_schemes import ServerSignatureSchemes
from federation.http_client.transport import AiohttpTransport
from federation.instance import Instance
from federation.media_store import FolderStore
from federation.own_keys.key_pairs import make_key_pairs
from federation.own_keys.secret_box import encrypt_calendar_addresses
from federation.uris import actor_uri, origin_of
from models.coop import opening
from models.errors import DeclicError, Unavailable
from models.people import actors
from models.places.communes import load_communes
from models.searches.language.everyday_words import load_everyday_words
from models.settings import Settings
from models.store import unfinished_restores
from models.store.database import open_pool, transaction
from models.store.migrate import NotMigrated, migrate, require_migrated
from models.store.postgres import list_clusters, open_database
from models.store.slow_statements import SlowStatements
from outbox.people.built_in_actors import create_built_in_actors, list_missing
from web.server.first_run import Progress, print_nothing

log = structlog.get_logger(__name__)

Result = TypeVar("Result")


PAUSE_SECONDS = 1.0


class AddressChanged(DeclicError):
    """The address of an instance is permanent."""


class OtherInstance(DeclicError):
    """Another instance would be founded where there is one already."""


@asynccontextmanager
async def open_ready_instance(
    settings: Settings,
    *,
    patience: float = 0,
    stopping: asyncio.Event | None = None,
    migrating: bool = True,
    progress: Progress = print_nothing,
) -> AsyncIterator[Instance]:
    """The instance on a database that is there, migrated and furnished: what every command needs.

    `patience` is how many seconds an external database may take to come up beside us, unless `stopping` is set. Only
    what serves is `migrating`: beside a server that runs, the schema of another version would fail it. Then a database
    that is not there is not made either. `progress` hears what takes long.
    """
    unfinished_restores.require_none(settings.data)
    require = partial(require_only_instance, settings)
    if migrating and settings.database_url is None and not list_clusters(settings.data):
        require()
        progress("database")
    async with open_database(settings, creating=migrating) as url:
        if migrating:
            await migrate_patiently(url, patience, stopping, progress, require)
        else:
            await await_migrated(url, patience, stopping)
        async with open_instance(settings, url) as instance:
            await seed_instance(instance, progress, require)
            yield instance


async def migrate_patiently(
    url: str,
    patience: float = 0,
    stopping: asyncio.Event | None = None,
    progress: Progress = print_nothing,
    require: Callable[[], None] = lambda: None,
) -> list[str]:
    """Apply what is missing, once the database answers; the names of what was applied. Raises Unavailable.

    An empty database stays so, for a backup that is brought back, where `require` refuses to found an instance.
    """
    attempt = partial(migrate, url, begin=partial(progress, "schema"), on_empty=require)
    applied = await _await(attempt, (Unavailable,), patience, stopping)
    if applied:
        log.info("migrated", count=len(applied), migrations=applied[-20:])  # a first start has them all
    return applied


async def await_migrated(url: str, patience: float = 0, stopping: asyncio.Event | None = None) -> None:
    """Wait until the database answers and a server has migrated it. Raises Unavailable, MigrationError."""
    await _await(partial(require_migrated, url), (Unavailable, NotMigrated), patience, stopping)


async def _await(
    attempt: Callable[[], Awaitable[Result]],
    passing: tuple[type[DeclicError], ...],
    patience: float,
    stopping: asyncio.Event | None,
) -> Result:
    """Try again each second after an error that may pass, for so many seconds, unless `stopping` is set."""
    end = time.monotonic() + patience
    stopping = stopping or asyncio.Event()
    while True:
        try:
            return await attempt()
        except passing as error:
            if time.monotonic() >= end or stopping.is_set():
                raise
            log.info("database_awaited", cause=str(error))
            with suppress(TimeoutError):
                await asyncio.wait_for(stopping.wait(), PAUSE_SECONDS)


def require_only_instance(settings: Settings) -> None:
    """Raise OtherInstance where an empty database would begin an instance beside what is left of one.

    It would have the same address and other keys, which other servers refuse, and no member. A line of the settings
    that was added, lost or misspelt is all it takes.
    """
    if (left := _find_left(settings)) is None:
        return
    named = "the database of DECLIC_DATABASE_URL" if settings.database_url else "its new database"
    raise OtherInstance(
        f"{left} belongs to an instance, and {named} is empty, so nothing is founded beside it. Correct "
        f"DECLIC_DATABASE_URL; to bring a backup back (`declic restore`), or for another instance, put {left} away "
        "first."
    )


def _find_left(settings: Settings) -> Path | None:
    """What an instance left in the folder of the data: a database that is not the one we use, or pictures."""
    media, clusters = settings.data / "media", list_clusters(settings.data)
    if clusters and settings.database_url is not None:
        return clusters[0]
    kept = any(any((media / group).glob("*")) for group in FolderStore.list_groups())
    return media if kept else None


async def seed_instance(
    instance: Instance, progress: Progress = print_nothing, require: Callable[[], None] = lambda: None
) -> None:
    """Bring the lists of communes and words, and the built-in actors; after the first start there is nothing to do.

    Before it is founded `require` may refuse that. Addresses of calendars that were kept before they were sealed,
    or before there was a key file, are sealed.
    """
    async with transaction(instance.pool) as conn:
        await load_communes(conn, begin=partial(progress, "communes"))
        await load_everyday_words(conn)
        await encrypt_calendar_addresses(conn, instance.settings)
        missing = await list_missing(conn)
        known = await actors.find_local(conn, "instance")
    if known is not None and known.uri != actor_uri(instance.site, "instance"):
        raise AddressChanged(
            f"This database belongs to {origin_of(known.uri)}, and DECLIC_URL says {instance.site.url}: "
            "an address is permanent, since other servers know everybody here by it."
        )
    if not missing:
        return
    if known is None:
        await asyncio.to_thread(require)
    progress("keys")
    pairs = {name: await make_key_pairs(instance.settings) for name in missing}
    async with transaction(instance.pool) as conn:
        created = await create_built_in_actors(conn, instance.site, pairs)
        if known is None:
            await opening.close_site(conn)
    log.info("founded", actors=created)


@asynccontextmanager
async def open_instance(settings: Settings, database_url: str) -> AsyncIterator[Instance]:
    """The instance with its pool and its way to other servers, closed in the end.

    Its settings name the database even when that is the embedded one. Raises Unavailable when it cannot be reached.
    """
    settings = msgspec.structs.replace(settings, database_url=database_url)
    slow = SlowStatements()
    pool = await open_pool(database_url, size=settings.database_pool, notice=slow.notice)
    policy = FederationPolicy(pool)
    transport = AiohttpTransport(settings, schemes=ServerSignatureSchemes(pool), hosts=policy)
    instance = Instance(
        site=settings.site,
        settings=settings,
        pool=pool,
        transport=transport,
        policy=policy,
        slow_statements=slow,
    )
    try:
        yield instance
    finally:
        await transport.close()
        await instance.pictures.close()
        await instance.jsonld.close()
        await instance.linked_data.close()
        with suppress(TimeoutError):
            await asyncio.wait_for(pool.close(), 2)
        pool.terminate()
