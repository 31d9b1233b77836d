"""Stops of a tour on the calendar: those of one day in their order, or of the shops in which somebody works."""

from datetime import UTC, datetime, timedelta

from models.people.accounts import Account
from models.repairs.shops import shops, staff
from models.repairs.tours.stops import TourStop, list_stops
from models.settings import Site
from models.store.database import Connection
from web.rendering.feeds.icalendar import CalendarEvent
from web.rendering.i18n import Say
from web.rendering.render import N_

TOLD_BEFORE = timedelta(days=7)
TOLD_AHEAD = timedelta(days=60)
MOST_TOLD = 500


async def list_shop_stops(conn: Connection, site: Site, say: Say, account: Account) -> list[CalendarEvent]:
    """Where the shops in which she works go, around today; nothing where people come to a workshop."""
    if account.standing != "full":
        return []
    now, found = datetime.now(UTC), list[CalendarEvent | None]()
    own = await staff.list_own(conn, account.actor_id)
    known = await shops.map_by_ids(conn, [one.actor_id for one in own])
    for one in own:
        span = (now - TOLD_BEFORE, now + TOLD_AHEAD)
        stops = await list_stops(conn, one.actor_id, known[one.actor_id], span, most=MOST_TOLD)
        href = f"/ateliers/{one.username}/gerer/tournee"
        found += [make_stop_event(site, say, stop, href=href, shop=one.name) for stop in stops]
    return [one for one in found if one is not None]


def make_stop_event(
    site: Site, say: Say, stop: TourStop, *, number: int | None = None, href: str = "", shop: str = ""
) -> CalendarEvent | None:
    """One stop; None where it has no day. `number` is its place in the day's order, `shop` whose it is."""
    if stop.begins_at is None:
        return None
    return CalendarEvent(
        uid=stop.uri or f"{site.url}/tournee/{stop.key}",
        title=_name(say, stop, number),
        begins_at=stop.begins_at,
        ends_at=stop.ends_at,
        status="CANCELLED" if stop.state == "missed" else "CONFIRMED",
        sequence=stop.sequence,
        updated_at=stop.changed_at,
        place=stop.place or stop.listing_place,
        description=_describe(stop, shop),
        url=f"{site.url}{href}" if href else "",
        reminds=False,
    )


def _name(say: Say, stop: TourStop, number: int | None) -> str:
    if number is None:
        return say(N_("Réparer le vélo de %(who)s"), who=stop.name)
    return say(N_("%(number)s. %(name)s"), number=number, name=stop.name)


def _describe(stop: TourStop, shop: str) -> str:
    lines = [stop.title if stop.how == "call" else "", stop.note, stop.phone, shop]
    return "\n".join(line for line in lines if line)
