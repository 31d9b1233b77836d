"""Where a place is and when it is open, for its profile and for what it lends."""

from dataclasses import dataclass
from datetime import UTC, datetime, time

from models.moments import PARIS
from models.people import actors
from models.people.actors import Actor
from models.people.opening_hours import Closure, Hours, find_opening, read_hours
from models.places.geometry import CELL
from models.repairs.calls import workshops
from models.store.database import Connection
from web.rendering.paths import profile_path


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenDay:
    """A day of the week (0 is Monday) and its spans."""

    day: int
    spans: list[tuple[time, time]]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceView:
    """`open_now` with `changes_at`: until when it is open, or when it opens next; None of it where nothing says."""

    street: str
    week: list[OpenDay]
    closures: list[Closure]
    open_now: bool
    changes_at: datetime | None
    opens_today: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPlace:
    """A place with hours, and how far it is in metres where that may be told."""

    name: str
    href: str
    place: PlaceView
    distance: float | None


def find_opening_hours(actor: Actor) -> PlaceView | None:
    """For places that tell their address or their hours; None for everybody else."""
    hours = read_hours(actor.hours) if actor.type != "Person" else None
    if hours is None or not (hours or actor.street):
        return None
    now = datetime.now(UTC)
    today = now.astimezone(PARIS).date()
    opening = find_opening(hours, now)
    return PlaceView(
        street=actor.street or "",
        week=_list_week(hours),
        closures=[one for one in hours.closures if one.last >= today],
        open_now=opening.open,
        changes_at=opening.at,
        opens_today=opening.at is not None and opening.at.astimezone(PARIS).date() == today,
    )


def _list_week(hours: Hours) -> list[OpenDay]:
    """The days on which it opens."""
    days = sorted({span.day for span in hours.weekly})
    return [OpenDay(day=day, spans=[(s.opens, s.closes) for s in hours.weekly if s.day == day]) for day in days]


async def list_open_places(
    conn: Connection, latitude: float | None, longitude: float | None, *, limit: int = 3
) -> list[OpenPlace]:
    """Places of ours that say when they are open, the nearest to a point first."""
    found = await workshops.list_open_places(conn, latitude, longitude, limit=limit)
    known = await actors.map_by_ids(conn, [one.actor_id for one in found])
    opened: list[OpenPlace] = []
    for one in found:
        actor = known[one.actor_id]
        place = find_opening_hours(actor)
        if place is not None:
            far = one.distance if one.distance is not None and one.distance > CELL else None
            opened.append(OpenPlace(name=actor.display_name, href=profile_path(actor), place=place, distance=far))
    return opened
