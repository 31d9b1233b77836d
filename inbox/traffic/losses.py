"""A server was made again of a backup: another one says so, or names of ours that were lost with it are taken again."""

import re
from collections.abc import Iterator
from itertools import islice

import structlog

from federation.instance import Instance
from federation.json.fields import Json, each, uri
from federation.uris import host_of
from models.people.accounts import USERNAME
from models.settings import Site
from models.store.database import connection, transaction
from models.traffic import restoration_words, restorations

log = structlog.get_logger(__name__)

MOST_ADDRESSES = 200

LOST = "lost"
"""How `Instance.restored` remembers whether this one lost something lately: for a minute, by each process."""


def tells_of_loss(document: Json) -> bool:
    """Whether this activity is the word of a server that was made again of a backup."""
    told = document.get("object")
    return isinstance(told, dict) and "restoredAt" in told and told.get("id") == document.get("actor")


async def keep_names(instance: Instance, actor_uri: str, document: Json) -> None:
    """For a while after this instance was made again: of our actors that others name, those whom nobody here knows had
    accounts that were lost. Nobody else gets their names.
    """
    if not await has_lost(instance):
        return
    if named := list_named(instance.site, document):
        async with transaction(instance.pool) as conn:
            taken = await restoration_words.take_names(conn, host_of(actor_uri), named)
        if taken:
            log.info("lost_names_taken", names=taken, told_by=host_of(actor_uri))


async def keep_name(instance: Instance, host: str, name: str) -> None:
    """The same for the name of an inbox that is not here, to which a server spoke that is known here."""
    async with transaction(instance.pool) as conn:
        if USERNAME.fullmatch(name) is not None:
            await restoration_words.take_names(conn, host, [name])


async def has_lost(instance: Instance) -> bool:
    """Whether this instance was made again of a backup lately."""
    found = instance.restored.find(LOST)
    if found is None:
        async with connection(instance.pool) as conn:
            found = await restorations.find_latest(conn) is not None
        instance.restored.keep(LOST, found)
    return found


def list_named(site: Site, document: Json) -> set[str]:
    """The usernames of our actors to whom it is addressed, whom it names, or whose things it is about."""
    pattern = re.compile(re.escape(f"{site.url}/users/") + r"([a-z0-9_]{1,30})(?![A-Za-z0-9_.-])")
    found = (pattern.match(said) for said in islice(_list_addresses(document), MOST_ADDRESSES))
    return {one[1] for one in found if one is not None}


def _list_addresses(document: Json) -> Iterator[str]:
    """What an activity says of others, and its object beside: never what stands in a text."""
    held = document.get("object")
    for part in (document, *(one for one in each(held) if isinstance(one, dict))):
        for name in ("to", "cc", "object", "inReplyTo"):
            yield from filter(None, map(uri, each(part.get(name))))
        for tag in each(part.get("tag")):
            if isinstance(tag, dict) and isinstance(href := tag.get("href"), str):
                yield href
