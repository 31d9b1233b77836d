"""That a member agrees, or no longer, that the cooperatives which hold her community know her, as they are told it."""

from federation.community_uris import circle_uri
from models.communities import holders
from models.people import actors
from models.people.actors import Actor
from models.settings import Site
from models.store.database import Connection
from outbox.builders.activities.add import build_add_person
from outbox.builders.activities.remove import build_remove_person
from outbox.traffic.send import Recipients, send


async def tell_home(conn: Connection, site: Site, person: Actor, group: Actor, *, yes: bool) -> None:
    """One of ours says it to the home of a community elsewhere."""
    build = build_add_person if yes else build_remove_person
    said = build(site, person, person.uri, circle_uri(group.uri, "kept"), (group.uri,))
    await send(conn, person, said, Recipients(named_ids=(group.id,)), listed=False)


async def tell_holders(conn: Connection, site: Site, group: Actor, person: Actor, *, yes: bool) -> None:
    """A community of ours says it to those that hold it."""
    for holder in await actors.list_by_ids(conn, await holders.list_holding_ids(conn, group.id)):
        await tell_holder(conn, site, group, person, holder, yes=yes)


async def tell_holder(
    conn: Connection, site: Site, group: Actor, person: Actor, holder: Actor, *, yes: bool = True
) -> None:
    """The same to one of them, which knows its own people."""
    if person.host != holder.host:
        build = build_add_person if yes else build_remove_person
        said = build(site, group, person.uri, circle_uri(group.uri, "kept"), (holder.uri,))
        await send(conn, group, said, Recipients(named_ids=(holder.id,)), listed=False)
