"""Who can help without being called: workshops with hours, and the next evenings on which people repair together."""

from dataclasses import dataclass
from datetime import UTC, datetime

from aiohttp import web

from models.meetings import agenda
from models.meetings.agenda import AgendaFilter
from models.repairs.diagnostic.tree import Node, OtherEnd, SafetyStop
from models.store.database import Connection
from web.http.app_keys import INSTANCE
from web.pages.components.opening_hours import OpenPlace, list_open_places
from web.pages.components.reader_location import find_reader_commune
from web.pages.meetings.rows import MeetingRow, list_rows
from web.rendering.render import find_branding
from web.security.session import current_account, reader_of

REPAIRING = ("répar",)
"""What the title, text or place of an evening says on which one repairs: réparation, réparer, autoréparation."""

MEETINGS_SHOWN = 3

NEAR_KM = 50.0


@dataclass(frozen=True, slots=True, kw_only=True)
class NearbyHelp:
    """What is shown where a walk ends."""

    workshops: list[OpenPlace]
    meetings: list[MeetingRow]


async def find_help(conn: Connection, request: web.Request, node: Node) -> NearbyHelp:
    """Workshops where the end leads to one or to a call, the next evenings where it leads to one or to a workshop."""
    kind = node.kind if isinstance(node, OtherEnd) else None
    commune = await find_reader_commune(conn, current_account(request), await find_branding(request, conn))
    latitude, longitude = (commune.latitude, commune.longitude) if commune else (None, None)
    workshops: list[OpenPlace] = []
    if kind in ("call", "booking") or (isinstance(node, SafetyStop) and node.workshops):
        workshops = await list_open_places(conn, latitude, longitude)
    meetings: list[MeetingRow] = []
    if kind in ("visit", "booking"):
        meetings = await _list_evenings(conn, request, latitude, longitude)
    return NearbyHelp(workshops=workshops, meetings=meetings)


async def _list_evenings(
    conn: Connection, request: web.Request, latitude: float | None, longitude: float | None
) -> list[MeetingRow]:
    reader_id = reader_of(request)
    wanted = AgendaFilter(
        reader_id=reader_id,
        reader_local=reader_id is not None,
        latitude=latitude,
        longitude=longitude,
        radius=NEAR_KM,
        words=REPAIRING,
    )
    found = await agenda.list_upcoming(conn, wanted, since=datetime.now(UTC), limit=MEETINGS_SHOWN)
    return await list_rows(conn, request.app[INSTANCE].site, found, {})
