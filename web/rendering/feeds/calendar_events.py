"""Agreements on the calendar: what stands there of each, and a member's own calendar as one file."""

from collections.abc import Sequence

from models.exchanges.agreements import Agreement, State
from models.listings import listings
from models.listings.listings import Listing
from models.people import actors
from models.people.actors import Actor
from models.settings import Site
from models.store.database import Connection
from web.rendering.feeds.icalendar import CalendarEvent, Status
from web.rendering.i18n import Say
from web.rendering.paths import exchange_path
from web.rendering.render import N_

STATUSES: dict[State, Status] = {
    "requested": "TENTATIVE",
    "countered": "TENTATIVE",
    "agreed": "CONFIRMED",
    "done": "CONFIRMED",
}
"""Everything else ended without coming about."""


async def list_calendar_events(
    conn: Connection, site: Site, say: Say, reader_id: int, found: Sequence[Agreement]
) -> list[CalendarEvent]:
    """What stands on the calendar of one side of these agreements; those without a date stand nowhere."""
    mine = [one for one in found if one.role_of(reader_id) is not None]
    about = await listings.list_by_posts(conn, [one.listing_id for one in mine])
    people = await actors.map_by_ids(conn, sorted({one.other_of(reader_id) for one in mine}))
    made = [
        make_calendar_event(site, say, one, about[one.listing_id], people[one.other_of(reader_id)])
        for one in mine
        if one.listing_id in about and one.other_of(reader_id) in people
    ]
    return [occasion for occasion in made if occasion is not None]


def make_calendar_event(
    site: Site, say: Say, agreement: Agreement, listing: Listing, other: Actor
) -> CalendarEvent | None:
    """One agreement as one side sees it. Both sides' calendars know it by the same name: the request's."""
    if agreement.begins_at is None:
        return None
    title = listing.details.title
    loan = listing.details.mode == "loan"
    return CalendarEvent(
        uid=agreement.request_uri,
        title=say(N_("%(what)s, avec %(who)s"), what=title, who=other.display_name),
        begins_at=agreement.begins_at,
        ends_at=agreement.ends_at,
        status=STATUSES.get(agreement.state, "CANCELLED"),
        sequence=max(int((agreement.updated_at - agreement.created_at).total_seconds()), 0),
        updated_at=max(agreement.updated_at, agreement.created_at),
        place=agreement.place,
        description=agreement.note,
        url=site.url + exchange_path(agreement.exchange_id),
        end_words=say(N_("À rendre : %(what)s"), what=title) if loan else "",
    )
