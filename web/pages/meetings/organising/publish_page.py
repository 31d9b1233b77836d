"""Announce a meeting, change one, or begin another like it: a form that comes back as it was typed, and a preview."""

from dataclasses import dataclass
from datetime import UTC, datetime

from aiohttp import web

from federation.sandbox.pictures import MAX_BYTES
from models.errors import Conflict, Invalid, NotFound
from models.meetings import agenda, meetings
from models.meetings.meetings import FullMeeting
from models.moderation import held_posts
from models.moderation.held_posts import HeldPost
from models.people import actors
from models.people.accounts import Account
from models.people.actors import Actor
from models.people.team.public_places import PublicPlace, list_public_places
from models.places import places
from models.store.database import Connection, connection, transaction
from outbox.builders.texts.meetings import write_when, write_where
from outbox.meetings import meetings as outbox
from outbox.meetings.meeting_limits import (
    PICTURES_LIMIT,
    MeetingDraft,
    describe,
    list_spans,
    make_meeting,
    require_draft,
)
from outbox.meetings.organiser_news import LEADING
from web.forms.form import Form, blank_form, read_form
from web.http.app_keys import INSTANCE
from web.http.row_ids import find_id
from web.pages.components.flash_messages import redirect_with_message
from web.pages.components.listing_cards import Picture, draw_pictures
from web.pages.components.photo_upload import LIMITS, take_photos
from web.pages.meetings.organisers import (
    COOP,
    Organiser,
    find_desk,
    find_organiser,
    get_organised,
    list_organisers,
    note_act,
    require_organiser,
)
from web.pages.meetings.organising.meeting_form import (
    FIELDS,
    REGISTRATIONS,
    first_values,
    list_audiences,
    read_draft,
    values_of,
)
from web.pages.meetings.organising.repeats import REPEATS
from web.rendering.paths import listing_path
from web.rendering.render import reader_language, render

PREVIEWED = 6
"""Times that the preview lists."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingPreview:
    """How it will look: its facts in words, its pictures, and its first times."""

    draft: MeetingDraft
    where: str
    times: list[str]
    pictures: list[Picture]


@dataclass(frozen=True, slots=True, kw_only=True)
class Acting:
    """Who of the team acts for whom; `editing` is what is changed, `held` what of it waits for a look, `registered` how
    many people are told.
    """

    by: Account
    organiser: Organiser
    others: list[Organiser]
    desk: str
    editing: FullMeeting | None = None
    registered: int = 0
    held: HeldPost | None = None


async def show_new(request: web.Request) -> web.Response:
    """GET …/nouvelle?pour=&copie=: for the cooperative, a place or a community; like one that there was."""
    acting = await _find_acting(request)
    if acting is None:
        return await render(request, "meetings/no_place.html", desk=find_desk(request))
    async with connection(request.app[INSTANCE].pool) as conn:
        known = await list_public_places(conn)
        code = acting.by.default_commune_code
        commune = await places.find_commune(conn, code) if code else None
        values = first_values(acting.organiser.username, known, commune.label if commune else "")
        values["audience"] = "community" if acting.organiser.hidden else "network"
        copied = await _find_copied(conn, request, acting)
        if copied is not None:
            values = await values_of(conn, copied, known)
            values.update(day="", until="", exceptions="")
    return await _show(request, acting, blank_form(request, values), [])


async def _find_copied(conn: Connection, request: web.Request, acting: Acting) -> FullMeeting | None:
    id = find_id(request.query.get("copie", ""))
    full = await meetings.find_full(conn, id) if id is not None else None
    if full is None or full.listing.post.author_id != acting.organiser.actor_id:
        return None
    return full if full.listing.post.deleted_at is None else None


async def post_new(request: web.Request) -> web.Response:
    """POST …/nouvelle?pour=: keep the photos, show what is wrong or how it will look, or announce it."""
    acting = await _find_acting(request)
    if acting is None:
        raise NotFound
    form = await read_form(request, LIMITS)
    return await _take(request, acting, form)


async def show_edit(request: web.Request) -> web.Response:
    """GET …/d/ID/modifier: as its organiser filled it in last, be it that this still waits for a look."""
    acting = await _find_editing(request)
    assert acting.editing is not None
    instance = request.app[INSTANCE]
    async with connection(instance.pool) as conn:
        latest = await outbox.find_latest(conn, acting.editing)
        values = await values_of(conn, latest.full, await list_public_places(conn))
    photos = draw_pictures(instance.site, latest.attached)
    for photo in photos:
        values.add("media", str(photo.id))
    return await _show(request, acting, blank_form(request, values), photos)


async def post_edit(request: web.Request) -> web.Response:
    """POST …/d/ID/modifier: whoever is registered is told where its day, hour or place changed."""
    acting = await _find_editing(request)
    form = await read_form(request, LIMITS)
    return await _take(request, acting, form)


async def _take(request: web.Request, acting: Acting, form: Form) -> web.Response:
    instance = request.app[INSTANCE]
    photos = await take_photos(instance, form, acting.organiser.actor_id)
    if form.typed("act") == "add":
        return await _show(request, acting, form, photos)
    async with connection(instance.pool) as conn:
        known = await list_public_places(conn)
        media_ids = tuple(photo.id for photo in photos)
        draft = await read_draft(conn, form, known, media_ids, reader_language(request))
    preview = await _preview(request, acting, form, draft, photos) if form.ok else None
    if preview is None or form.typed("act") == "preview":
        return await _show(request, acting, form, photos, preview=preview)
    try:
        async with transaction(instance.pool) as conn:
            organiser = await actors.get(conn, acting.organiser.actor_id)
            full = await _save(conn, request, acting, organiser, draft)
            waits = await held_posts.find(conn, full.id) is not None
    except (Conflict, Invalid) as error:
        _note(form, error)
        return await _show(request, acting, form, photos)
    if waits:
        raise redirect_with_message(acting.desk, "held")
    done = "changed" if acting.editing else "published"
    raise redirect_with_message(listing_path(instance.site, full.listing), done)


async def _save(
    conn: Connection, request: web.Request, acting: Acting, organiser: Actor, draft: MeetingDraft
) -> FullMeeting:
    site = request.app[INSTANCE].site
    by = await actors.get(conn, acting.by.actor_id) if acting.desk == LEADING else None
    if acting.editing is None:
        full = await outbox.publish(conn, site, organiser, draft, by=by)
    else:
        full = await outbox.edit(conn, site, organiser, acting.editing.id, draft, by=by)
    what = "changed" if acting.editing else "published"
    await note_act(conn, request, acting.by, (organiser, full.listing.uri), what)
    return full


async def _preview(
    request: web.Request, acting: Acting, form: Form, draft: MeetingDraft, photos: list[Picture]
) -> MeetingPreview | None:
    """How it will look; None where it is refused, which the form says."""
    at, language = datetime.now(UTC), reader_language(request)
    begun_at = acting.editing.meeting.begins_at if acting.editing is not None else None
    try:
        draft = require_draft(draft, at=at, begun_at=begun_at)
    except Invalid as error:
        _note(form, error)
        return None
    meeting = make_meeting(0, draft)
    spans = list_spans(meeting, since=at)
    if not spans:
        form.refuse("repeats", Invalid("meeting_rule_empty"))
        return None
    async with connection(request.app[INSTANCE].pool) as conn:
        organiser = await actors.get(conn, acting.organiser.actor_id)
    details = describe(request.app[INSTANCE].site, organiser, draft, spans[0])
    return MeetingPreview(
        draft=draft,
        where=write_where(details, meeting),
        times=[write_when(one.begins_at, one.ends_at, draft.timezone, language) for one in spans[:PREVIEWED]],
        pictures=photos,
    )


def _note(form: Form, error: Conflict | Invalid) -> None:
    named = getattr(error, "field", None) or ""
    form.refuse(FIELDS.get(named, named), error)


async def _find_acting(request: web.Request) -> Acting | None:
    """For whom the address says; None where there is nobody she may act for. Raises NotFound for another's place."""
    account, desk = require_organiser(request), find_desk(request)
    async with connection(request.app[INSTANCE].pool) as conn:
        found = [one for one in await list_organisers(conn, account, desk) if one.appears]
    wanted = request.query.get("pour", "")
    organiser = next((one for one in found if one.username == wanted), None)
    if wanted and organiser is None:
        raise NotFound
    if not found:
        return None
    return Acting(by=account, organiser=organiser or found[0], others=found, desk=desk)


async def _find_editing(request: web.Request) -> Acting:
    account, desk = require_organiser(request), find_desk(request)
    async with connection(request.app[INSTANCE].pool) as conn:
        full, actor = await get_organised(conn, request, account)
        organiser = await find_organiser(conn, account, actor.id, desk)
        coming = await agenda.list_entries(conn, full.id, since=datetime.now(UTC))
        held = await held_posts.find(conn, full.id)
    assert organiser is not None
    registered = sum(one.counts.taken + one.counts.waiting for one in coming)
    return Acting(by=account, organiser=organiser, others=[], desk=desk, editing=full, registered=registered, held=held)


async def _show(
    request: web.Request,
    acting: Acting,
    form: Form,
    photos: list[Picture],
    *,
    preview: MeetingPreview | None = None,
) -> web.Response:
    async with connection(request.app[INSTANCE].pool) as conn:
        known: list[PublicPlace] = await list_public_places(conn)
    action = (
        f"{acting.desk}/d/{acting.editing.id}/modifier"
        if acting.editing
        else f"{acting.desk}/nouvelle?pour={acting.organiser.username}"
    )
    return await render(
        request,
        "meetings/form.html",
        status=422 if form.errors else 200,
        form=form,
        acting=acting,
        photos=photos,
        preview=None if form.errors else preview,
        known=known,
        repeats=REPEATS,
        registrations=REGISTRATIONS,
        audiences=list_audiences(community=acting.organiser.community, hidden=acting.organiser.hidden),
        desk=acting.desk,
        most=PICTURES_LIMIT,
        heaviest=MAX_BYTES,
        owner=acting.organiser.actor_id,
        photos_url="",
        action_url=action,
        coop_name=COOP,
    )
