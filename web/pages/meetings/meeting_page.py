"""The page of one meeting, ours or a copy; a listing that is a meeting is shown here and nowhere else."""

from functools import partial

from aiohttp import web

from federation.uris import meeting_url
from models import posts
from models.errors import NotFound
from models.listings import listings
from models.listings.listings import Listing
from models.store.database import connection
from outbox.meetings.registrations import MESSAGE_LIMIT, PEOPLE_LIMIT
from web.forms.form import Form, blank_form
from web.http.app_keys import INSTANCE
from web.pages.components.comments import Comment
from web.pages.components.flash_messages import find_flash_message
from web.pages.components.listing_by_id import get_listing
from web.pages.meetings.meeting_view import MeetingView, load_meeting_view
from web.pages.traffic.failure_causes import explain_stop
from web.rendering.alternate_links import name_document
from web.rendering.paths import listing_path
from web.rendering.render import N_, render, say
from web.security.session import reader_of

SAID = {
    "seat": N_("Votre place est gardée. Un rappel part la veille."),
    "waiting": N_("C’est complet : vous êtes sur la liste d’attente. Nous vous écrivons dès qu’une place se libère."),
    "asked": N_("C’est demandé. La réponse arrive ici et dans vos nouvelles."),
    "left": N_("C’est noté : vous ne venez pas. Votre place est libre pour quelqu’un d’autre."),
    "sent": N_("Votre message est parti. Vous voyez dessous s’il est arrivé."),
    "held": N_("C’est envoyé. Quelqu’un de l’équipe va le relire, puis tout le monde le verra."),
    "published": N_("C’est annoncé, ici et chez les coops qui vous suivent."),
    "changed": N_(
        "C’est changé. Si le jour, l’heure ou le lieu n’est plus le même, les personnes inscrites sont prévenues."
    ),
}
"""What the page says after something was done, by the word in its address."""


async def show_local(request: web.Request) -> web.Response:
    """GET /rencontres/UUID?fois=. Raises Gone for what was withdrawn, NotFound for what the reader may not see."""
    instance = request.app[INSTANCE]
    async with connection(instance.pool) as conn:
        listing = await listings.find_by_url(conn, meeting_url(instance.site, request.match_info["uuid"]))
        if listing is None:
            raise NotFound
        posts.require_standing(listing.post, reader_of(request))
        view = await load_meeting_view(conn, request, listing)
    return name_document(await _show(request, view), listing.uri)


async def show_by_id(request: web.Request) -> web.Response:
    """GET /rencontres/d/ID: a copy; ours has its own address, and what is no meeting its own page."""
    instance = request.app[INSTANCE]
    async with connection(instance.pool) as conn:
        listing = await get_listing(conn, request)
        if listing.post.local or not listing.details.meeting:
            raise web.HTTPSeeOther(listing_path(instance.site, listing))
        view = await load_meeting_view(conn, request, listing)
    return await _show(request, view)


async def show_again(
    request: web.Request,
    listing: Listing,
    *,
    form: Form | None = None,
    answer: Form | None = None,
    occurrence_id: int | None = None,
) -> web.Response:
    """The page with a form as it came back with something wrong: for a seat, or an `answer` to all."""
    async with connection(request.app[INSTANCE].pool) as conn:
        view = await load_meeting_view(conn, request, listing, occurrence_id)
    return await _show(request, view, form=form, answer=answer)


async def _show(
    request: web.Request, view: MeetingView, *, form: Form | None = None, answer: Form | None = None
) -> web.Response:
    taken, reply = form or blank_form(request), answer or blank_form(request, {"audience": "tous"})
    return await render(
        request,
        "meetings/show.html",
        status=422 if form or answer else 200,
        meeting=view,
        view=view.listing,
        form=answer or taken,
        reply=reply,
        seat_form=taken,
        refused=taken.errors,
        answered=_find_answered(view, reply.typed("reply_to") or request.query.get("a", "")),
        explain_stop=partial(explain_stop, partial(say, request)),
        people_limit=PEOPLE_LIMIT,
        message_limit=MESSAGE_LIMIT,
        said=find_flash_message(request, SAID),
    )


def _find_answered(view: MeetingView, wanted: str) -> Comment | None:
    """What of the others' words is answered."""
    remarks = (*view.listing.questions, *view.listing.messages)
    return next((one for one in remarks if str(one.id) == wanted), None)
