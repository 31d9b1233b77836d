"""What the database cannot keep, since it takes nothing any more: seen when somebody looks, whoever looked before."""

import asyncio

from models.store import database_health, disk_space
from models.store.disk_space import MEGABYTE
from web.pages.coop.pending_lines import PendingLine, Reader
from web.rendering.render import N_


async def find_full_disk(reader: Reader) -> PendingLine | None:
    """The disk of the data, where it is full: of one that filled within a minute no chore could note it."""
    space = await asyncio.to_thread(disk_space.measure, reader.data)
    if space.holds(0):
        return None
    return PendingLine(
        what=reader.say(N_("Il n’y a presque plus de place sur le disque")),
        details=[reader.say(N_("il reste %(count)s Mo"), count=space.free // MEGABYTE)],
        href="/coop/sante",
        button=reader.say(N_("Voir quoi faire")),
    )


async def find_closed_database(reader: Reader) -> PendingLine | None:
    """The database, where it may only be read."""
    if not await database_health.is_read_only(reader.conn):
        return None
    return PendingLine(
        what=reader.say(N_("La base de données ne garde plus rien")),
        details=[reader.say(N_("on peut y lire, et plus rien y écrire"))],
        href="/coop/sante",
        button=reader.say(N_("Voir quoi faire")),
    )
