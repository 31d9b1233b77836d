"""Join the cooperative, or ask to."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from urllib.parse import quote

from aiohttp import web

from models import preferences
from models.errors import Conflict
from models.people import accounts
from models.people.sign_ups import ANSWER_LIMIT, SignUpAnswer
from models.places.places import Commune
from models.store.database import connection, transaction
from web.actions.sign_up import NewMember, ask_to_join, create_member
from web.forms.commune_field import read_commune
from web.forms.form import Form, blank_form, read_form
from web.forms.phone_field import PHONE_MISSING, read_phone
from web.forms.throttle import may_try, refuse_try
from web.forms.way_in import INVITATION_FIELD, WayIn, find_way_in, find_way_of, read_entry
from web.http.app_keys import INSTANCE
from web.http.caching import forbid_caching
from web.mail.account_mails import queue_mail
from web.pages.access.login import has_mail, log_in
from web.pages.access.login_second_step import RETURN_FIELD, read_asked_return, read_return
from web.pages.components.flash_messages import redirect_with_message
from web.pages.people.dues.price import tell_price
from web.pages.people.registration_form import fail_taken, read_answers, read_newcomer
from web.rendering.render import reader_language, render, say
from web.security.session import current_account

CLOSED = ("invitation", "closed")
"""The ways in which nobody joins by this form."""


WAITING = "/compte/attente"
"""Where whoever asks waits."""


async def show_registration(request: web.Request) -> web.Response:
    """GET /inscription; where the cooperative is closed, how to get in touch."""
    return_to = read_asked_return(request)
    if current_account(request) is not None:
        raise web.HTTPSeeOther(return_to)
    return await show_form(request, blank_form(request, {RETURN_FIELD: return_to}))


async def post_registration(request: web.Request) -> web.Response:
    """POST /inscription."""
    form = await read_form(request)
    way = await _find_way(request, form)
    if way.mode in CLOSED:
        return await show_form(request, form, status=403)
    newcomer = read_newcomer(form, reader_language(request))
    newcomer = replace(newcomer, entry=read_entry(form, way))
    async with connection(request.app[INSTANCE].pool) as conn:
        chosen = await preferences.load(conn)
        newcomer = replace(newcomer, phone=read_phone(form, missing=PHONE_MISSING) if chosen.phone_required else "")
        commune = await read_commune(conn, form)
        if chosen.commune_required and commune is None:
            form.fail("commune", "Donnez votre commune.")
        questions = chosen.questions if way.mode == "approval" else ()
        way = await find_way_of(conn, way, newcomer.email)
    answers = read_answers(form, questions)
    if form.ok and not await may_try(request, "register", ""):
        refuse_try(form, "", "register")
        return await show_form(request, form, status=429)
    if not form.ok:
        return await show_form(request, form, status=422)
    if way.mode == "approval":
        return await _ask(request, form, newcomer, commune, answers)
    return await _create(request, form, newcomer, commune)


async def _ask(
    request: web.Request,
    form: Form,
    newcomer: NewMember,
    commune: Commune | None,
    answers: Sequence[SignUpAnswer],
) -> web.Response:
    """Where mails can be sent, an address is confirmed first, and only the mail tells that it had an account."""
    instance, mail = request.app[INSTANCE], has_mail(request)
    try:
        asked = await ask_to_join(instance, newcomer, commune, answers)
    except Conflict as conflict:
        if not conflict.field:
            form.fail("", "Beaucoup de personnes attendent déjà. Revenez dans quelques jours, ou passez nous voir.")
            return await show_form(request, form, status=503)
        if conflict.field != "email" or not mail:
            fail_taken(form, conflict)
            return await show_form(request, form, status=422)
        await _write_to_known(request, newcomer.email)
        return await render(request, "login/confirm.html", email=newcomer.email, asked=True)
    assert asked.actor_id is not None, "whoever asks waits with an account"
    async with transaction(instance.pool) as conn:
        if mail:
            await queue_mail(conn, "confirm", asked.actor_id, WAITING)
        account = await accounts.get(conn, asked.actor_id)
    if mail:
        return await render(request, "login/confirm.html", email=newcomer.email, asked=True)
    await log_in(request, account)
    raise redirect_with_message(WAITING, "asked")


async def _create(request: web.Request, form: Form, newcomer: NewMember, commune: Commune | None) -> web.Response:
    """Where mails can be sent, an address is confirmed first, and only the mail tells that it had an account.

    One to which her invitation was sent is proven: she is in at once.
    """
    mail = has_mail(request) and not newcomer.is_proven
    try:
        account = await create_member(request.app[INSTANCE], newcomer, roles=(), commune=commune, confirmed=not mail)
    except Conflict as conflict:
        if conflict.field != "email" or not mail:
            fail_taken(form, conflict)
            return await show_form(request, form, status=422)
        await _write_to_known(request, newcomer.email)
        return await render(request, "login/confirm.html", email=newcomer.email)
    if not mail:
        await log_in(request, account)
        raise web.HTTPSeeOther(read_return(form))
    async with transaction(request.app[INSTANCE].pool) as conn:
        await queue_mail(conn, "confirm", account.actor_id, read_return(form))
    return await render(request, "login/confirm.html", email=newcomer.email)


async def _write_to_known(request: web.Request, email: str) -> None:
    if not await may_try(request, "mail", email):
        return
    async with transaction(request.app[INSTANCE].pool) as conn:
        account = await accounts.find_by_email(conn, email)
        if account is not None and account.disabled_at is None:
            await queue_mail(conn, "known", account.actor_id)


async def _find_way(request: web.Request, form: Form) -> WayIn:
    async with connection(request.app[INSTANCE].pool) as conn:
        return await find_way_in(conn, request.app[INSTANCE], form.typed(INVITATION_FIELD))


async def show_form(request: web.Request, form: Form, status: int = 200) -> web.Response:
    """The form as it was filled in; where nobody joins by herself, how to get in touch."""
    way = await _find_way(request, form)
    async with connection(request.app[INSTANCE].pool) as conn:
        chosen = await preferences.load(conn)
    if way.mode in CLOSED:
        return await render(
            request,
            "registration/closed.html",
            status=410 if way.lost else status,
            lost=way.lost,
            words=chosen.closed_words,
            invited=way.mode == "invitation",
        )
    waiting = way.mode == "approval"
    page = await render(
        request,
        "registration/show.html",
        status=status,
        form=form,
        way=way,
        mail=has_mail(request),
        waiting=waiting,
        questions=chosen.questions if waiting else (),
        answer_limit=ANSWER_LIMIT,
        phone_required=chosen.phone_required,
        commune_required=chosen.commune_required,
        own_notice=chosen.notice_sign_up,
        dues=tell_price(partial(say, request), chosen, reader_language(request)) if chosen.dues else "",
        dues_free=chosen.dues_free,
        return_to=read_return(form),
        return_query=quote(read_return(form), safe=""),
    )
    return forbid_caching(page) if form.secret("password") else page
