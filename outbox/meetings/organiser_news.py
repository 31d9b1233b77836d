"""Those who organise are told who registered: of each meeting once a day, however many did."""

from datetime import UTC, datetime
from functools import partial

from federation.instance import Instance
from models.communities import communities, members
from models.meetings import due, meetings
from models.meetings.due import RegistrationNews
from models.meetings.meetings import FullMeeting
from models.people import actors, roles
from models.people.actors import Actor
from models.people.team import place_keepers
from models.repairs.shops import shops, staff
from models.settings import Site
from models.store.background.periodic_tasks import require_whole
from models.store.database import Connection, connection
from outbox.builders.texts.meetings import write_registered
from outbox.each_in_transaction import run_each
from outbox.threads.cooperative_messages import write_to_member

AT_ONCE = 50

TEAM, LEADING = "/coop/rencontres", "/rencontres/organiser"
"""Below which addresses one organises and sees who comes: for the cooperative and its places, and for communities and
repair shops.
"""


async def tell_organisers(instance: Instance, *, at: datetime | None = None) -> int:
    """A chore; of how many meetings. Raises Unfinished for what could not be told, once all had their turn."""
    now, total = at or datetime.now(UTC), 0
    while True:
        async with connection(instance.pool) as conn:
            found = await due.list_registered(conn, at=now, limit=AT_ONCE)
        failed = await run_each(
            instance.pool,
            "news of meeting",
            {one.meeting_id: one for one in found},
            partial(_tell, instance.site, now),
        )
        total += len(found) - len(failed)
        if len(found) < AT_ONCE or failed:
            require_whole(failed)
            return total


async def _tell(site: Site, at: datetime, conn: Connection, registered: RegistrationNews) -> None:
    await due.note_told(conn, registered.meeting_id, at)
    full = await meetings.find_full(conn, registered.meeting_id)
    if full is None:
        return
    organiser = await actors.get(conn, full.listing.post.author_id)
    desk, told = await _list_organisers(conn, organiser)
    page = f"{site.url}{desk}/d/{full.id}"
    words = {language: _write(full, registered, page, language) for language in ("fr", "en")}
    for person in await actors.list_by_ids(conn, told):
        if person.local and person.suspended_at is None:
            await write_to_member(conn, site, person, words)


def _write(full: FullMeeting, registered: RegistrationNews, page: str, language: str) -> str:
    counts = (registered.come, registered.wait, registered.gone)
    return write_registered(full.listing.details.title, counts, page, language)


async def _list_organisers(conn: Connection, organiser: Actor) -> tuple[str, list[int]]:
    """Where they organise, and who they are: who leads the community, or manages the shop; who keeps the place; of the
    cooperative, and of a place that nobody keeps, the team.
    """
    if await communities.find(conn, organiser.id) is not None:
        return LEADING, [one.actor_id for one in await members.list_leading(conn, organiser.id)]
    managers = await _list_managers(conn, organiser)
    if managers:
        return LEADING, managers
    keepers = [one.actor_id for one in await place_keepers.list_keepers(conn, organiser.id)]
    return TEAM, keepers or await roles.list_holders(conn, "meetings_of_coop")


async def _list_managers(conn: Connection, organiser: Actor) -> list[int]:
    """Of a repair shop; nobody of any other place."""
    if await shops.find(conn, organiser.id) is None:
        return []
    return [one.actor_id for one in await staff.list_staff(conn, organiser.id) if one.role == "manager"]
