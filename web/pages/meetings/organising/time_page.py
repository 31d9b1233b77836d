"""One time alone of a meeting that comes again: at another moment, in another hall, or with other seats."""

from dataclasses import dataclass
from datetime import UTC, datetime

from aiohttp import web
from multidict import MultiDict

from models.errors import Conflict, Invalid, NotFound
from models.meetings import agenda
from models.meetings.agenda import AgendaEntry
from models.meetings.meetings import FullMeeting
from models.people import actors
from models.people.actors import Actor
from models.store.database import connection, transaction
from outbox.builders.texts.meetings import write_when, write_where
from outbox.meetings.meeting_limits import PLACE_LIMIT
from outbox.meetings.occurrences import TimeDraft, change_time
from outbox.meetings.organiser_news import LEADING
from web.forms.form import Form, blank_form, read_form
from web.http.app_keys import INSTANCE
from web.http.row_ids import find_id
from web.pages.components.flash_messages import redirect_with_message
from web.pages.meetings.organisers import find_desk, get_organised, note_act, require_organiser
from web.pages.meetings.organising.meeting_form import FIELDS, read_capacity, read_times
from web.pages.meetings.organising.repeats import find_local
from web.rendering.render import reader_language, render


@dataclass(frozen=True, slots=True, kw_only=True)
class OneTime:
    """The time that is changed, its meeting, and who organises it."""

    full: FullMeeting
    organiser: Actor
    entry: AgendaEntry

    @property
    def registered(self) -> int:
        """How many people are told."""
        return self.entry.counts.taken + self.entry.counts.waiting


async def show_time(request: web.Request) -> web.Response:
    """GET …/d/ID/date?fois=, else of the next. What does not come again is changed as a whole. Raises NotFound."""
    found = await _find(request, request.query.get("fois", ""))
    return await _show(request, found, blank_form(request, _write_values(found)))


async def post_time(request: web.Request) -> web.Response:
    """POST …/d/ID/date: whoever is registered for it is told where its day, hour or hall changed."""
    account, form = require_organiser(request), await read_form(request)
    found = await _find(request, form.typed("fois"))
    begins_at, ends_at = read_times(form)
    venue, capacity = form.text("venue", limit=PLACE_LIMIT), read_capacity(form)
    draft = TimeDraft(begins_at=begins_at, ends_at=ends_at, venue=venue, capacity=capacity)
    if not form.ok:
        return await _show(request, found, form)
    instance, id = request.app[INSTANCE], found.entry.occurrence.id
    try:
        async with transaction(instance.pool) as conn:
            by = await actors.get(conn, account.actor_id) if find_desk(request) == LEADING else None
            await change_time(conn, instance.site, found.organiser, id, draft, by=by)
            await note_act(conn, request, account, (found.organiser, found.full.listing.uri), "changed_time")
    except (Conflict, Invalid) as error:
        named = getattr(error, "field", None) or ""
        form.refuse(FIELDS.get(named, named), error)
        return await _show(request, found, form)
    raise redirect_with_message(f"{find_desk(request)}/d/{found.full.id}?fois={id}", "changed_time")


async def _find(request: web.Request, wanted: str) -> OneTime:
    account, id = require_organiser(request), find_id(wanted)
    async with connection(request.app[INSTANCE].pool) as conn:
        full, organiser = await get_organised(conn, request, account)
        coming = await agenda.list_entries(conn, full.id, since=datetime.now(UTC))
    if full.meeting.rrule is None:
        raise web.HTTPSeeOther(f"{find_desk(request)}/d/{full.id}/modifier")
    standing = [one for one in coming if not one.cancelled]
    entry = next((one for one in standing if one.occurrence.id == id or not wanted), None)
    if entry is None:
        raise NotFound
    return OneTime(full=full, organiser=organiser, entry=entry)


def _write_values(found: OneTime) -> MultiDict[str]:
    one, timezone = found.entry.occurrence, found.full.meeting.timezone
    begins = find_local(one.begins_at, timezone)
    return MultiDict(
        day=begins.date().isoformat(),
        begins=f"{begins:%H:%M}",
        ends=f"{find_local(one.ends_at, timezone):%H:%M}" if one.ends_at else "",
        venue=one.venue,
        capacity=str(one.capacity or ""),
    )


async def _show(request: web.Request, found: OneTime, form: Form) -> web.Response:
    one, meeting, details = found.entry.occurrence, found.full.meeting, found.full.listing.details
    return await render(
        request,
        "meetings/time.html",
        status=200 if form.ok else 422,
        desk=find_desk(request),
        form=form,
        found=found,
        details=details,
        when=write_when(one.begins_at, one.ends_at, meeting.timezone, reader_language(request)),
        where=write_where(details, meeting),
        path=request.path,
    )
