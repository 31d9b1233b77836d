"""What the page of a meeting shows: when, where, how many seats, and how it stands for the reader."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from aiohttp import web

from models import preferences
from models.errors import NotFound
from models.listings.listings import Listing
from models.meetings import agenda, meetings, registrations
from models.meetings.agenda import AgendaEntry
from models.meetings.meetings import Meeting
from models.meetings.occurrences import Occurrence
from models.meetings.registrations import Registration
from models.people import actors
from models.people.accounts import Account
from models.settings import Site
from models.store.database import Connection
from outbox.builders.texts.meetings import write_when, write_where
from web.http.app_keys import INSTANCE
from web.http.row_ids import find_id
from web.pages.components.people import is_reportable
from web.pages.exchanges.guests.contact_option import ContactOption
from web.pages.listings.listing_page import ListingView, load_listing_view
from web.pages.meetings.organisers import find_desk_of
from web.pages.meetings.rows import State, find_state
from web.rendering.paths import meeting_path
from web.rendering.render import reader_language
from web.security.session import current_account

NEXT_TIMES = 12
"""Of a meeting that comes again, so many are offered to choose from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeChoice:
    """One of several times: its address, when it is, and whether it is what the page shows."""

    href: str
    when: str
    cancelled: bool
    chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingView:
    """`listing` is what it shows as any listing does; `entry` is the time that is looked at, among `times`.

    `own` is the reader's registration for it and `place` hers in the line. `manage` is where whoever organises it looks
    after it, and `calendar` the file for one's own agenda.
    """

    listing: ListingView
    meeting: Meeting
    entry: AgendaEntry
    when: str
    where: str
    times: list[TimeChoice]
    state: State
    own: Registration | None
    place: int | None
    mail_door: ContactOption
    manage: str
    reportable: bool
    calendar: str
    path: str


async def load_meeting_view(
    conn: Connection, request: web.Request, listing: Listing, occurrence_id: int | None = None
) -> MeetingView:
    """Everything that the page shows. Raises NotFound where the reader may not see it."""
    view = await load_listing_view(conn, request, listing)
    full = await meetings.find_full(conn, listing.id)
    entries = await _list_times(conn, listing.id)
    if full is None or not entries:
        raise NotFound
    entry = _choose(entries, occurrence_id or find_id(request.query.get("fois", "")))
    account, site, language = current_account(request), request.app[INSTANCE].site, reader_language(request)
    one = entry.occurrence
    own = await registrations.find_of(conn, one.id, actor_id=account.actor_id) if account else None
    several = full.meeting.rrule is not None
    page = MeetingPath(site=site, listing=listing, language=language)
    return MeetingView(
        listing=view,
        meeting=full.meeting,
        entry=entry,
        when=write_when(one.begins_at, one.ends_at, full.meeting.timezone, language),
        where=write_where(full.listing.details, full.meeting, one.venue),
        times=_list_choices(entries, one, page) if several else [],
        state=find_state(entry, own, datetime.now(UTC)),
        own=own,
        place=await registrations.find_place(conn, own) if own is not None else None,
        mail_door=await _find_mail_door(conn, request, listing, full.meeting),
        manage=await _find_manage(conn, account, listing, one),
        reportable=is_reportable(await actors.get(conn, listing.post.author_id), account.actor_id if account else None),
        calendar=f"{view.path}.ics",
        path=meeting_path(site, listing, one.id, several=several),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingPath:
    """Where a meeting stands, and in which language it is read there."""

    site: Site
    listing: Listing
    language: str


def _list_choices(entries: Sequence[AgendaEntry], shown: Occurrence, page: MeetingPath) -> list[TimeChoice]:
    timezone = entries[0].meeting.meeting.timezone
    return [
        TimeChoice(
            href=meeting_path(page.site, page.listing, each.occurrence.id, several=True),
            when=write_when(each.occurrence.begins_at, each.occurrence.ends_at, timezone, page.language),
            cancelled=each.cancelled,
            chosen=each.occurrence.id == shown.id,
        )
        for each in entries[:NEXT_TIMES]
    ]


async def _find_manage(conn: Connection, account: Account | None, listing: Listing, shown: Occurrence) -> str:
    if account is None or not listing.post.local:
        return ""
    desk = await find_desk_of(conn, account, listing.post.author_id)
    return f"{desk}/d/{listing.id}?fois={shown.id}" if desk is not None else ""


async def _list_times(conn: Connection, meeting_id: int) -> list[AgendaEntry]:
    """Those that are not over; of one that is over, its last."""
    coming = await agenda.list_entries(conn, meeting_id, since=datetime.now(UTC))
    return coming or (await agenda.list_entries(conn, meeting_id))[-1:]


def _choose(entries: Sequence[AgendaEntry], wanted: int | None) -> AgendaEntry:
    """The one that is asked for, else the next that takes place."""
    asked = next((one for one in entries if one.occurrence.id == wanted), None)
    return asked or next((one for one in entries if not one.cancelled), entries[0])


async def _find_mail_door(conn: Connection, request: web.Request, listing: Listing, meeting: Meeting) -> ContactOption:
    """Whether somebody without any account may ask for a seat by mail."""
    open_to_all = meeting.registration == "everybody" and listing.post.audience == "network"
    if not listing.post.local or not open_to_all or not (await preferences.load(conn)).guests:
        return ""
    return "no_mail" if request.app[INSTANCE].settings.smtp_url is None else "open"
