"""Report a listing, a message or somebody: one form for members and for visitors without any account (DSA art. 16)."""

from dataclasses import dataclass
from typing import get_args

from aiohttp import web

from federation.texts.html_cleaner import to_text
from models import posts, preferences
from models.errors import NotFound
from models.listings import listings
from models.moderation import reports
from models.moderation.reports import ReportCategory
from models.people import actors
from models.people.actors import BUILT_IN, Actor
from models.store.database import Connection, connection, transaction
from outbox.moderation import reports as outbox
from outbox.moderation.reports import Complaint
from web.forms.form import Form, blank_form, read_form
from web.forms.throttle import may_try, refuse_try
from web.http.app_keys import INSTANCE
from web.http.row_ids import read_id
from web.mail.staff_mails import queue_receipt
from web.pages.access.login import has_mail
from web.pages.components.flash_messages import find_flash_message, redirect_with_message
from web.pages.components.people import Person, person_of
from web.pages.moderation.reports import make_lines
from web.rendering.open_graph import shorten
from web.rendering.paths import profile_path
from web.rendering.render import N_, reader_language, render
from web.security.session import current_account, require_account

CONTENT_LIMIT = 2000

CATEGORIES: tuple[ReportCategory, ...] = get_args(ReportCategory)

SAID = {
    "reported": N_(
        "Merci. Les personnes qui veillent sur la coop sont prévenues. Quand ce sera réglé, vous l’apprendrez dans vos "
        "nouvelles."
    ),
    "reported_as_visitor": N_("Merci. Les personnes qui veillent sur la coop sont prévenues."),
    "reported_with_email": N_(
        "Merci. Les personnes qui veillent sur la coop sont prévenues. Un courriel vous le confirme, un autre vous "
        "dira quand ce sera réglé."
    ),
    "reported_unread": N_(
        "Votre signalement est gardé. Mais la seule personne qui veille sur la coop est celle que vous signalez, et "
        "elle ne le voit pas. Écrivez aussi à qui publie ce site : l’adresse est dans les mentions légales."
    ),
}
"""What becomes of a report, by who made it and who reads it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """What is reported: somebody, or one of their posts. `href` is where it stands here."""

    person: Person
    actor: Actor
    post_id: int | None
    title: str
    extract: str
    href: str


async def show_form(request: web.Request) -> web.Response:
    """GET /signaler/annonce/ID, /signaler/message/ID, /signaler/compte/ID."""
    return await _show(request, blank_form(request), await _find(request))


async def post_form(request: web.Request) -> web.Response:
    """POST the same: the report is kept and told at once."""
    form, account = await read_form(request), current_account(request)
    instance, reported = request.app[INSTANCE], await _find(request)
    category = form.choice("reason", CATEGORIES, missing="Choisissez une raison.")
    content = form.lines("content", limit=CONTENT_LIMIT, missing="Dites en quelques mots ce qui ne va pas.")
    email = form.email("email") if account is None and has_mail(request) else ""
    if form.ok and not await may_report(request, email):
        refuse_try(form, "", "report")
        return await _show(request, form, reported, status=429)
    if not form.ok:
        return await _show(request, form, reported, status=422)
    async with transaction(instance.pool) as conn:
        made = await outbox.report(
            conn,
            instance.site,
            await actors.get(conn, account.actor_id) if account else None,
            Complaint(
                target=reported.actor,
                post_ids=(reported.post_id,) if reported.post_id else (),
                content=content,
                forward=form.flag("forward"),
                category=category or "other",
                email=email or None,
                language=reader_language(request),
            ),
        )
        await queue_receipt(conn, made)
        done = await choose_sentence(conn, reported.actor.id, member=account is not None, email=bool(email))
    raise redirect_with_message("/signaler/merci", done)


async def may_report(request: web.Request, email: str = "") -> bool:
    """Whether not too many came from there, and not too many for whoever would be written to."""
    account = current_account(request)
    if account is not None:
        return await may_try(request, "report", account.username)
    if not await may_try(request, "visitor_report", ""):
        return False
    return not email or await may_try(request, "receipt", email)


async def choose_sentence(conn: Connection, target_id: int, *, member: bool, email: bool = False) -> str:
    """Which of SAID is true."""
    if not await outbox.is_read_by_somebody(conn, target_id):
        return "reported_unread"
    if member:
        return "reported"
    return "reported_with_email" if email else "reported_as_visitor"


async def show_thanks(request: web.Request) -> web.Response:
    """GET /signaler/merci: what becomes of the report."""
    said = find_flash_message(request, SAID)
    if not said:
        raise NotFound
    return await render(request, "reports/sent.html", said=said)


async def list_own(request: web.Request) -> web.Response:
    """GET /compte/signalements: what the member reported herself, and what became of it."""
    account = require_account(request)
    async with connection(request.app[INSTANCE].pool) as conn:
        lines = await make_lines(conn, await reports.list_made(conn, account.actor_id), account.actor_id)
        shown = (await preferences.load(conn)).journal_shown
    return await render(request, "reports/own.html", lines=lines, journal_shown=shown)


async def _find(request: web.Request) -> Reported:
    """What the address names, if the reader may see it. Raises NotFound, also for her own."""
    account, id = current_account(request), read_id(request.match_info["id"])
    reader_id = account.actor_id if account else None
    async with connection(request.app[INSTANCE].pool) as conn:
        if request.match_info["what"] == "compte":
            return _about_actor(next(iter(await actors.list_by_ids(conn, [id])), None), reader_id)
        post = await posts.find_visible(conn, id, reader_id)
        if post is None or post.kind == "notice":
            raise NotFound
        listing = await listings.find_by_post(conn, post.id) if post.kind == "listing" else None
        author = await actors.get(conn, post.author_id)
    about = _about_actor(author, reader_id)
    return Reported(
        person=about.person,
        actor=author,
        post_id=post.id,
        title=listing.details.title if listing else "",
        extract=post.warning or shorten(listing.details.description if listing else post.content),
        href=f"/notes/{post.id}",
    )


def _about_actor(actor: Actor | None, reader_id: int | None) -> Reported:
    if actor is None or actor.id == reader_id or actor.guest or actor.deleted_at or actor.suspended_at:
        raise NotFound
    if actor.local and actor.username in BUILT_IN:
        raise NotFound
    return Reported(
        person=person_of(actor),
        actor=actor,
        post_id=None,
        title="",
        extract=to_text(actor.summary)[:200],
        href=profile_path(actor),
    )


async def _show(request: web.Request, form: Form, reported: Reported, *, status: int = 200) -> web.Response:
    return await render(
        request,
        "reports/form.html",
        status=status,
        form=form,
        reported=reported,
        here_url=request.path,
        mail=has_mail(request),
    )
