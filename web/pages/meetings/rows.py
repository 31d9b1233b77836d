"""Times of meetings as lists show them: when, what, where, whose, and how it stands for the reader."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Literal

from models.meetings.agenda import AgendaEntry
from models.meetings.registrations import Registration
from models.moments import PARIS
from models.settings import Site
from models.store.database import Connection
from outbox.builders.texts.meetings import write_where
from web.pages.components.listing_cards import CoopBadge, Picture, draw_pictures, list_coop_badges
from web.rendering.feeds.listing_bundles import ListingBundle, load_listing_bundles
from web.rendering.paths import meeting_path

State = Literal[
    "cancelled", "over", "seat", "waiting", "asked", "refused", "walk_in", "external", "full", "line", "free"
]
"""How a time stands for a reader: what became of it, else of her, else what she can do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingRow:
    """One time of one meeting; `plate` for what comes from elsewhere, `place` is the reader's in the line.

    `inside`: it stays in a community.
    """

    day: date
    begins_at: datetime
    ends_at: datetime | None
    title: str
    href: str
    where: str
    organiser: str
    plate: CoopBadge | None
    picture: Picture | None
    free: int | None
    state: State
    place: int | None
    language: str | None
    inside: bool


def find_state(entry: AgendaEntry, own: Registration | None, at: datetime) -> State:
    """How it stands at this moment."""
    if entry.cancelled:
        return "cancelled"
    if (entry.occurrence.ends_at or entry.occurrence.begins_at) <= at:
        return "over"
    if own is not None and own.state != "cancelled":
        return own.state
    return _find_way(entry)


def _find_way(entry: AgendaEntry) -> State:
    meeting = entry.meeting.meeting
    if meeting.registration in ("none", "external"):
        return "walk_in" if meeting.registration == "none" else "external"
    if entry.free == 0 or entry.counts.lines:
        return "line" if meeting.waiting_list else "full"
    return "free"


async def list_rows(
    conn: Connection,
    site: Site,
    entries: Sequence[AgendaEntry],
    own: Mapping[int, Registration],
    places: Mapping[int, int | None] | None = None,
) -> list[MeetingRow]:
    """The lines of these times, in their order; `own` are the reader's registrations by their time, `places` hers in
    the lines."""
    bundles = {one.listing.id: one for one in await load_listing_bundles(conn, {one.meeting.id for one in entries})}
    shown = [one for one in entries if one.meeting.id in bundles]
    origins = [(one.author, one.listing.details.territory_uri) for one in bundles.values()]
    plates = await list_coop_badges(conn, origins) if origins else {}
    at, held = datetime.now(UTC), places or {}
    return [
        _make_row(
            site,
            entry,
            bundles[entry.meeting.id],
            plates[bundles[entry.meeting.id].author.id, entry.meeting.listing.details.territory_uri],
            (find_state(entry, own.get(entry.occurrence.id), at), held.get(entry.occurrence.id)),
        )
        for entry in shown
    ]


def _make_row(
    site: Site,
    entry: AgendaEntry,
    bundle: ListingBundle,
    plate: CoopBadge | None,
    stands: tuple[State, int | None],
) -> MeetingRow:
    details, one = entry.meeting.listing.details, entry.occurrence
    return MeetingRow(
        day=one.begins_at.astimezone(PARIS).date(),
        begins_at=one.begins_at,
        ends_at=one.ends_at,
        title=details.title,
        href=meeting_path(site, entry.meeting.listing, one.id, several=_repeats(entry)),
        where=write_where(details, entry.meeting.meeting, one.venue),
        organiser=bundle.author.display_name,
        plate=plate,
        picture=next(iter(draw_pictures(site, bundle.pictures, details.title)), None),
        free=entry.free,
        state=stands[0],
        place=stands[1],
        language=bundle.listing.post.language,
        inside=bundle.listing.post.community_id is not None,
    )


def _repeats(entry: AgendaEntry) -> bool:
    return entry.meeting.meeting.rrule is not None
