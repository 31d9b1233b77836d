"""Where shops come by next, in words, for their pages, `/depannage` and who calls."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from models.listings import listings
from models.repairs.tours.passages import Passage, PassageFilter, list_coming
from models.settings import Site
from models.store.database import Connection
from web.rendering.formats import format_in
from web.rendering.paths import listing_path

SHOWN_AHEAD = timedelta(days=60)
"""Of a shop, on its page."""

NEAR_AHEAD = timedelta(days=14)
NEAR_KM = 15.0
NEAR_SHOWN = 5
"""Around whoever looks for help."""

CALL_AHEAD = timedelta(days=7)
"""In the commune of a call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PassageLine:
    """Who comes by, « à Nieppe », from when to when; `href` is the meeting's page."""

    shop: str
    at: str
    title: str
    begins_at: datetime
    ends_at: datetime | None
    href: str


async def list_of_shop(conn: Connection, site: Site, shop_id: int, language: str) -> list[PassageLine]:
    """Where this shop comes by next."""
    return await _list(conn, site, PassageFilter(shop_id=shop_id), SHOWN_AHEAD, language)


async def list_near(
    conn: Connection, site: Site, reader_id: int | None, point: tuple[float | None, float | None], language: str
) -> list[PassageLine]:
    """Which shops come by near a point in the days to come; none where nobody knows where that is."""
    latitude, longitude = point
    if latitude is None or longitude is None:
        return []
    wanted = PassageFilter(reader_id=reader_id, latitude=latitude, longitude=longitude, radius=NEAR_KM)
    return (await _list(conn, site, wanted, NEAR_AHEAD, language))[:NEAR_SHOWN]


async def list_in_commune(
    conn: Connection, site: Site, reader_id: int | None, commune_code: str | None, language: str
) -> list[PassageLine]:
    """Which shops come by in this commune within the week."""
    if commune_code is None:
        return []
    return await _list(conn, site, PassageFilter(reader_id=reader_id, commune_code=commune_code), CALL_AHEAD, language)


async def _list(
    conn: Connection, site: Site, wanted: PassageFilter, ahead: timedelta, language: str
) -> list[PassageLine]:
    now = datetime.now(UTC)
    found: Sequence[Passage] = await list_coming(conn, wanted, since=now, until=now + ahead)
    about = await listings.list_by_posts(conn, sorted({one.meeting_id for one in found}))
    return [
        PassageLine(
            shop=one.shop,
            at=format_in(one.place, language),
            title=one.title,
            begins_at=one.begins_at,
            ends_at=one.ends_at,
            href=listing_path(site, about[one.meeting_id]),
        )
        for one in found
    ]
