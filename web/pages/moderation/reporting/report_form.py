"""Report a listing, a message or somebody: one form for members and for visitors without any account (DSA art. 16)."""

from dataclasses import replace
from typing import get_args

from aiohttp import web

from models.errors import NotFound
from models.moderation.reports import Report, ReportCategory
from models.people import actors
from models.people.accounts import Account
from models.store.database import Connection, transaction
from outbox.moderation import reports as outbox
from outbox.moderation.reports import Complaint
from web.forms.form import Form, blank_form, read_form
from web.forms.throttle import may_try, refuse_try
from web.http.app_keys import INSTANCE
from web.mail.staff_mails import queue_receipt, write_follow_path
from web.pages.access.login import has_mail
from web.pages.components.flash_messages import find_flash_message, redirect_with_message
from web.pages.moderation.reporting.reported import Reported, find_reported
from web.rendering.render import N_, reader_language, render
from web.security.session import current_account

CONTENT_LIMIT = 2000

LAW_LIMIT = 1000

NAME_LIMIT = 100

CATEGORIES: tuple[ReportCategory, ...] = get_args(ReportCategory)

SAID = {
    "reported": N_(
        "Merci. Les personnes qui veillent sur la coop sont prévenues. Quand ce sera réglé, vous l’apprendrez dans vos "
        "nouvelles."
    ),
    "reported_again": N_(
        "Vous l’aviez déjà signalé, et l’équipe ne l’a pas encore réglé. Ce que vous venez d’écrire est ajouté à "
        "votre premier signalement."
    ),
    "reported_as_visitor": N_(
        "Merci. Les personnes qui veillent sur la coop sont prévenues. Gardez l’adresse de cette page : elle dira ce "
        "que devient votre signalement."
    ),
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


async def show_form(request: web.Request) -> web.Response:
    """GET /signaler/annonce/ID, /signaler/message/ID, /signaler/compte/ID, /signaler/page?adresse=."""
    return await _show(request, blank_form(request), await find_reported(request))


async def post_form(request: web.Request) -> web.Response:
    """POST the same: the report is kept and told at once."""
    form, account = await read_form(request), _find_member(request)
    instance, reported = request.app[INSTANCE], await find_reported(request)
    complaint = _read_complaint(request, form, reported, account)
    if form.ok and not await may_report(request, complaint.email or ""):
        refuse_try(form, "", "report")
        return await _show(request, form, reported, status=429)
    if not form.ok:
        return await _show(request, form, reported, status=422)
    async with transaction(instance.pool) as conn:
        reporter = await actors.get(conn, account.actor_id) if account else None
        made = await outbox.report(conn, instance.site, reporter, complaint)
        done = await choose_sentence(conn, made)
        follow = ""
        if account is None:
            follow = await write_follow_path(conn, instance.settings, made)
            await queue_receipt(conn, made)
    raise redirect_with_message(follow or "/signaler/merci", done)


def _read_complaint(request: web.Request, form: Form, reported: Reported, account: Account | None) -> Complaint:
    """What was typed; what is wrong with it stands in the form."""
    category = form.choice("reason", CATEGORIES, missing="Choisissez une raison.") or "other"
    complaint = Complaint(
        target=reported.actor,
        post_ids=(reported.post_id,) if reported.post_id else (),
        around_ids=tuple(int(id) for id in form.many("around", [str(one.id) for one in reported.around])),
        page="" if reported.actor else reported.href,
        content=form.lines("content", limit=CONTENT_LIMIT, missing="Dites en quelques mots ce qui ne va pas."),
        law=_read_law(form) if category == "legal" else "",
        forward=form.flag("forward"),
        category=category,
        language=reader_language(request),
    )
    return complaint if account is not None else _sign(request, form, complaint)


def _find_member(request: web.Request) -> Account | None:
    """Who is logged in and has news to be answered in; whoever is suspended reports as visitors do."""
    account = current_account(request)
    return account if account is not None and account.standing == "full" else None


def _read_law(form: Form) -> str:
    return form.lines("law", limit=LAW_LIMIT, missing="Dites pourquoi vous pensez que la loi l’interdit.")


def _sign(request: web.Request, form: Form, complaint: Complaint) -> Complaint:
    """With what a visitor says of herself, all of which she may leave out."""
    email = form.email("email") if has_mail(request) else ""
    return replace(complaint, name=form.text("name", limit=NAME_LIMIT), email=email or None)


async def may_report(request: web.Request, email: str = "") -> bool:
    """Whether not too many came from there about the same, and not too many for whoever would be written to."""
    account = _find_member(request)
    if account is not None:
        return await may_try(request, "report", account.username)
    if not await may_try(request, "visitor_report", request.path_qs):
        return False
    return not email or await may_try(request, "receipt", email)


async def choose_sentence(conn: Connection, made: Report) -> str:
    """Which of SAID is true."""
    if made.times > 1:
        return "reported_again"
    if not await outbox.is_read_by_somebody(conn, made.target_id):
        return "reported_unread"
    if made.reporter_id is not None:
        return "reported"
    return "reported_with_email" if made.reporter_email else "reported_as_visitor"


async def show_thanks(request: web.Request) -> web.Response:
    """GET /signaler/merci: what becomes of a member's report."""
    said = find_flash_message(request, SAID)
    if not said:
        raise NotFound
    return await render(request, "reports/sent.html", said=said)


async def _show(request: web.Request, form: Form, reported: Reported, *, status: int = 200) -> web.Response:
    return await render(
        request,
        "reports/form.html",
        status=status,
        form=form,
        reported=reported,
        here_url=request.path_qs,
        mail=has_mail(request),
        member=_find_member(request),
    )
