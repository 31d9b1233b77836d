"""An account becomes that of a local authority, such as a town hall, or is no more: whoever follows it is told."""

from models.communities import members
from models.errors import Conflict
from models.people.actors import Actor
from models.people.invitations import invitations
from models.people.team import authorities
from models.settings import Site
from models.store.database import Connection
from outbox.people.profiles import announce_update


async def change(conn: Connection, site: Site, actor: Actor, *, authority: bool) -> bool:
    """Say so, or say it no more; False where that was said already.

    It lets nobody in anywhere: what it invited by is over, and it raises Conflict for who manages a community, and as
    `authorities.set_authority`.
    """
    if authority and await members.leads_any(conn, actor.id):
        raise Conflict("authority_of_manager", field="authority")
    if not await authorities.set_authority(conn, actor.id, authority=authority):
        return False
    if authority:
        await invitations.revoke_all(conn, actor.id)
    await announce_update(conn, site, actor)
    return True
