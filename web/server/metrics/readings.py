"""What is looked at when somebody asks: the database, the disk, memory; the certificate only each hour."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime

from federation.errors import FetchFailed
from federation.http_client.own_address import ask_ourselves
from federation.instance import Instance
from models.errors import Unavailable
from models.store import backup_runs, database_health, disk_space, health_troubles
from models.store.background import heartbeats, periodic_tasks
from models.store.backup_runs import BackupState
from models.store.database import connection
from models.store.database_health import DatabaseHealth
from models.store.disk_space import DiskSpace
from models.store.health_troubles import Trouble
from models.traffic import queue_lengths
from models.traffic.queue_lengths import QueueLengths
from web.actions.doctor.machine import read_free_memory
from web.actions.doctor.outside import CERTIFICATE_FAILS

SECONDS = 5.0
"""A database that takes longer counts as away: Prometheus gives up after ten."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseReading:
    """What the database tells, for all processes."""

    queues: QueueLengths
    health: DatabaseHealth
    backups: BackupState
    troubles: list[Trouble]
    workers: int
    failing: list[str]
    chores_failing: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What was seen now; what is None could not be seen."""

    database: DatabaseReading | None
    disk: DiskSpace | None
    memory: int | None


async def read(instance: Instance) -> Reading:
    """Look at everything but what another machine would have to answer."""
    return Reading(
        database=await _read_database(instance),
        disk=await asyncio.to_thread(_read_disk, instance),
        memory=await asyncio.to_thread(read_free_memory),
    )


async def _read_database(instance: Instance) -> DatabaseReading | None:
    try:
        async with asyncio.timeout(SECONDS), connection(instance.pool) as conn:
            return DatabaseReading(
                queues=await queue_lengths.measure(conn),
                health=await database_health.look(conn),
                backups=await backup_runs.find_state(conn),
                troubles=await health_troubles.list_troubles(conn),
                workers=await heartbeats.count_alive(conn),
                failing=await heartbeats.list_failing(conn),
                chores_failing=len(await periodic_tasks.list_failing(conn)),
            )
    except (Unavailable, TimeoutError):
        return None


def _read_disk(instance: Instance) -> DiskSpace | None:
    try:
        return disk_space.measure(instance.settings.data)
    except OSError:
        return None


async def read_certificate(instance: Instance) -> datetime | None:
    """Until when the certificate at our address is good; `now` where it is not any more, None where nobody can tell."""
    if not instance.site.url.startswith("https:"):
        return None
    try:
        answer = await ask_ourselves(instance.site, "/healthz", ca_file=instance.settings.ca_file)
    except FetchFailed as failed:
        return datetime.now(UTC) if failed.cause in CERTIFICATE_FAILS else None
    return answer.certificate_until
