"""The place of somebody without any account, under the private address that a mail brought her."""

from aiohttp import web

from models.errors import Conflict, Gone
from models.meetings import meetings, occurrences, registrations
from models.meetings.registrations import Registration
from models.store.database import connection, transaction
from outbox.builders.texts.meetings import write_when, write_where
from outbox.meetings.guests import confirm, withdraw
from web.forms.form import Form, blank_form, read_form
from web.http.app_keys import INSTANCE
from web.mail.meeting_mails import find_registration
from web.pages.components.flash_messages import find_flash_message, redirect_with_message
from web.pages.exchanges.guests.private_link import answer
from web.rendering.paths import listing_path
from web.rendering.render import N_, reader_language

ACTS = ("confirm", "leave")

SAID = {
    "seat": N_("Votre place est gardée. Le fichier pour votre agenda arrive par courriel."),
    "waiting": N_("C’est complet : vous êtes sur la liste d’attente. Nous vous écrivons dès qu’une place se libère."),
    "left": N_("C’est noté : vous ne venez pas. Votre place est libre pour quelqu’un d’autre."),
}


async def show_place(request: web.Request) -> web.Response:
    """GET /rencontres/place/TOKEN: opening it changes nothing, since programs that check mails open links too."""
    held = await _find(request)
    return await _show(request, held, blank_form(request)) if held is not None else await _show_gone(request)


async def post_place(request: web.Request) -> web.Response:
    """POST /rencontres/place/TOKEN: she comes, or comes no more."""
    form = await read_form(request)
    act = form.choice("act", ACTS, default="confirm")
    held = await _find(request)
    if held is None:
        return await _show_gone(request)
    instance = request.app[INSTANCE]
    try:
        async with transaction(instance.pool) as conn:
            if act == "leave":
                await withdraw(conn, instance.site, held.id, held.turn)
            else:
                held = await confirm(conn, instance.site, held.id, held.turn)
    except Gone:
        return await _show_gone(request)
    except Conflict as error:
        form.refuse("", error)
        return await _show(request, held, form)
    raise redirect_with_message(request.path, "left" if act == "leave" else held.state)


async def _find(request: web.Request) -> Registration | None:
    instance = request.app[INSTANCE]
    async with connection(instance.pool) as conn:
        return await find_registration(conn, instance, request.match_info["token"])


async def _show_gone(request: web.Request) -> web.Response:
    return await answer(request, "meetings/gone.html", status=410)


async def _show(request: web.Request, held: Registration, form: Form) -> web.Response:
    instance, language = request.app[INSTANCE], reader_language(request)
    async with connection(instance.pool) as conn:
        occurrence = await occurrences.find(conn, held.occurrence_id)
        full = await meetings.find_full(conn, occurrence.meeting_id) if occurrence is not None else None
        place = await registrations.find_place(conn, held)
    if occurrence is None or full is None or full.listing.post.deleted_at is not None:
        return await _show_gone(request)
    return await answer(
        request,
        "meetings/place.html",
        status=200 if form.ok else 422,
        form=form,
        held=held,
        place=place,
        title=full.listing.details.title,
        cancelled=occurrence.cancelled or full.meeting.status == "cancelled",
        when=write_when(occurrence.begins_at, occurrence.ends_at, full.meeting.timezone, language),
        where=write_where(full.listing.details, full.meeting, occurrence.venue),
        page=listing_path(instance.site, full.listing),
        path=request.path,
        said=find_flash_message(request, SAID),
    )
