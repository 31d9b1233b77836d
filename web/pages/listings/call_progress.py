"""How far a repair call has got, for its author: who was told and opened it, what follows, what remains."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from models.listings.listings import Listing
from models.repairs.calls import figures, waves
from models.repairs.calls.figures import CallFigures
from models.repairs.calls.reaches import Reach, widen
from models.repairs.calls.waves import CallWave
from models.settings import Site
from models.store.database import Connection
from outbox.repairs.calls import telling
from outbox.repairs.calls.unanswered import find_what_remains
from outbox.repairs.calls.waves import RENEWED_AFTER
from web.pages.components.opening_hours import OpenPlace, list_open_places
from web.rendering.paths import listing_path

NAMED = 3
"""Workshops that are named where nobody comes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RepairEvening:
    """The next meeting at which things are repaired."""

    title: str
    href: str
    begins_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CallProgress:
    """`reach` is how far it is told, None before its first wave; `next_at` when the next follows by itself.

    `proposed` where somebody came forward; `unanswered` where its author was told that nobody did, with what remains.
    """

    figures: CallFigures
    reach: Reach | None
    next_at: datetime | None = None
    proposed: bool = False
    unanswered: bool = False
    may_widen: bool = False
    may_renew: bool = False
    places: Sequence[OpenPlace] = ()
    evening: RepairEvening | None = None


async def load_call_progress(conn: Connection, site: Site, listing: Listing) -> CallProgress:
    """As its author sees it now."""
    at, told = datetime.now(UTC), await figures.load(conn, listing.id)
    wave = await waves.find(conn, listing.id)
    if wave is None or not await telling.may_be_told(conn, listing):
        return CallProgress(figures=told, reach=wave.reach if wave is not None else None)
    urgency = (listing.details.repair or {}).get("urgency")
    proposed = await waves.has_proposals(conn, listing.id, urgency, at)
    progress = CallProgress(
        figures=told,
        reach=wave.reach,
        next_at=None if proposed or widen(wave.reach) is None else wave.next_at,
        proposed=proposed,
        may_widen=wave.unanswered_at is None and widen(wave.reach) is not None,
        may_renew=_may_renew(wave, at),
    )
    return progress if proposed or wave.unanswered_at is None else await _add_rest(conn, site, listing, progress, at)


def _may_renew(wave: CallWave, at: datetime) -> bool:
    """Whether it went as far as it goes, and was not asked once more a moment ago."""
    over = wave.unanswered_at is not None or widen(wave.reach) is None
    return over and (wave.renewed_at is None or wave.renewed_at <= at - RENEWED_AFTER)


async def _add_rest(
    conn: Connection, site: Site, listing: Listing, progress: CallProgress, at: datetime
) -> CallProgress:
    """What remains where nobody came."""
    details = listing.details
    places = await list_open_places(conn, details.latitude, details.longitude, limit=NAMED)
    evening = await _find_evening(conn, site, listing, at)
    return replace(progress, unanswered=True, places=places, evening=evening)


async def _find_evening(conn: Connection, site: Site, listing: Listing, at: datetime) -> RepairEvening | None:
    found = (await find_what_remains(conn, listing, at=at)).evening
    if found is None:
        return None
    meeting = found.meeting.listing
    return RepairEvening(
        title=meeting.details.title, href=listing_path(site, meeting), begins_at=found.occurrence.begins_at
    )
