"""A server was made again of a backup: another one says so, or names of ours that were lost with it are taken again."""

import re

import structlog

from federation.instance import Instance
from federation.json.fields import Json
from models.people.accounts import USERNAME
from models.settings import Site
from models.store.database import connection, transaction
from models.traffic import restorations

log = structlog.get_logger(__name__)

LOST = "lost"
"""How `Instance.restored` remembers whether this one lost something lately: for a minute, by each process."""


def tells_of_loss(document: Json) -> bool:
    """Whether this activity is the word of a server that was made again of a backup."""
    told = document.get("object")
    return isinstance(told, dict) and "restoredAt" in told and told.get("id") == document.get("actor")


async def keep_names(instance: Instance, body: bytes) -> None:
    """For a while after this instance was made again: of our actors that others name, those whom nobody here knows had
    accounts that were lost. Nobody else gets their names.
    """
    if not await has_lost(instance):
        return
    if named := list_named(instance.site, body):
        async with transaction(instance.pool) as conn:
            taken = await restorations.take_names(conn, named)
        if taken:
            log.info("lost_names_taken", count=len(taken))


async def keep_name(instance: Instance, host: str, name: str) -> None:
    """The same for the name of an inbox that is not here, to which a server spoke that is known here."""
    async with transaction(instance.pool) as conn:
        if USERNAME.fullmatch(name) is not None and await restorations.is_peer(conn, host):
            await restorations.take_names(conn, [name])


async def has_lost(instance: Instance) -> bool:
    """Whether this instance was made again of a backup lately."""
    found = instance.restored.find(LOST)
    if found is None:
        async with connection(instance.pool) as conn:
            found = await restorations.find_latest(conn) is not None
        instance.restored.keep(LOST, found)
    return found


def list_named(site: Site, body: bytes) -> set[str]:
    """The usernames of our actors that stand in a document, as parts of their addresses."""
    pattern = re.compile(re.escape(f"{site.url}/users/".encode()) + rb"([a-z0-9_]{1,30})(?![A-Za-z0-9_.-])")
    return {found.decode() for found in pattern.findall(body)}
